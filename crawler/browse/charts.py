"""Plots as SVG that stand inside a page: drawn by pygal, coloured by our style sheet, without script and without styles of their own."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pygal

from crawler.catalog.campaigns import Campaign

WIDTH, ROW = 900, 34
OWN = re.compile(r"<(script|style)\b.*?</\1>|\sstyle=\"[^\"]*\"|<\?xml[^>]*\?>", re.DOTALL)
WIDER = 6  # pixels that an ideograph is wider than pygal takes a letter for
LABELS = 4  # of the time axis
MOST_ROWS = 25  # universities in one plot


def bars(labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> str:
    """Return stacked bars: one for each label, a colour for each series."""
    chart = pygal.StackedBar(**_options(300), x_label_rotation=-40, show_minor_x_labels=False)
    chart.x_labels = list(labels)
    chart.x_labels_major = list(labels)[:: max(1, len(labels) // 12)]
    for name, values in series.items():
        chart.add(name, list(values))
    return _svg(chart)


def timeline(campaign: Campaign) -> str | None:
    """Return who published when: a row a university, the first above, a dot an article. None where no two days are known."""
    dated = [
        (row["university"], date.fromisoformat((row["published"] or row["archived"])[:10])) for row in campaign.articles
    ]
    rows = list(dict.fromkeys(university for university, _ in dated))[:MOST_ROWS]
    if len({day for _, day in dated}) < 2:
        return None
    start = min(day for _, day in dated)
    chart = pygal.XY(
        **_options(90 + ROW * len(rows)),
        margin_left=8 + WIDER * max(map(len, rows)),
        margin_right=48,  # half of the last date
        stroke=False,
        dots_size=5,
        show_y_guides=True,
        range=(0, len(rows) + 1),
        x_value_formatter=lambda days: date.fromordinal(start.toordinal() + round(days)).isoformat(),
    )
    chart.config.show_legend = False
    last = max((day - start).days for _, day in dated)
    chart.x_labels = [round(last * part / (LABELS - 1)) for part in range(LABELS)]
    chart.y_labels = [{"label": name[:14], "value": len(rows) - place} for place, name in enumerate(rows)]
    for place, name in enumerate(rows):
        chart.add(name, [((day - start).days, len(rows) - place) for university, day in dated if university == name])
    return _svg(chart)


def _options(height: int) -> dict[str, Any]:
    return {
        "width": WIDTH,
        "height": height,
        "js": [],
        "css": [],
        "margin": 8,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 4,
        "truncate_legend": -1,
        "truncate_label": -1,
        "disable_xml_declaration": True,
    }


def _svg(chart: Any) -> str:
    return OWN.sub("", chart.render(is_unicode=True))
