"""Plots of the pages on sites and campaigns; what they show, the page says in words or a table, too."""

from collections.abc import Mapping, Sequence
from datetime import date

import pygal

from crawler.browse.drawing import draw, svg_of
from crawler.catalog.queries.campaigns import Campaign

WIDTH, HEIGHT = 900, 280
ROW = 34
WIDER = 6  # pixels that an ideograph is wider than pygal takes a letter for
LABELS = 4  # of the time axis
MOST_ROWS = 25  # universities in one plot


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> str:
    """Return stacked bars: one for each label, a colour for each series."""
    chart = draw(pygal.StackedBar, HEIGHT, width=WIDTH, x_label_rotation=-40, show_minor_x_labels=False)
    chart.x_labels = list(labels)
    chart.x_labels_major = list(labels)[:: max(1, len(labels) // 12)]
    for name, values in series.items():
        chart.add(name, list(values))
    return svg_of(chart, title)


def timeline(campaign: Campaign, title: str) -> str | None:
    """Return who published when: a row a university, the first above, a dot an article. None where no two days are known."""
    dated = [
        (row["university"], date.fromisoformat((row["published"] or row["archived"])[:10])) for row in campaign.articles
    ]
    rows = list(dict.fromkeys(university for university, _ in dated))[:MOST_ROWS]
    if len({day for _, day in dated}) < 2:
        return None
    start = min(day for _, day in dated)
    chart = draw(
        pygal.XY,
        90 + ROW * len(rows),
        width=WIDTH,
        show_legend=False,
        margin_left=8 + WIDER * max(map(len, rows)),
        margin_right=48,  # half of the last date
        stroke=False,
        dots_size=5,
        show_y_guides=True,
        range=(0, len(rows) + 1),
        x_value_formatter=lambda days: date.fromordinal(start.toordinal() + round(days)).isoformat(),
    )
    last = max((day - start).days for _, day in dated)
    chart.x_labels = [round(last * part / (LABELS - 1)) for part in range(LABELS)]
    chart.y_labels = [{"label": name[:14], "value": len(rows) - place} for place, name in enumerate(rows)]
    for place, name in enumerate(rows):
        chart.add(name, [((day - start).days, len(rows) - place) for university, day in dated if university == name])
    return svg_of(chart, title)
