"""Plots as SVG that stand inside a page: drawn by pygal, coloured by our style sheet alone, so that they turn dark with it.

Each comes with its numbers in words or a table, for those who rather read, or have it read to them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pygal
from lxml import etree

from crawler.browse.language import Language
from crawler.catalog.queries.campaigns import Campaign
from crawler.catalog.queries.frequency import Frequency, Months, months_between
from crawler.catalog.queries.overview import RunSummary

LEGEND_ROW = 22
BARE = dict.fromkeys(("style", "script", "desc"))  # elements that our policy forbids, or that are for pygal's script
MONTHS = 36
CURVES = 6  # universities whose words are drawn over time
SERIES = 9  # colours people can tell apart; the rest is one series
WIDTH, HEIGHT, WHOLE = 560, 260, 1120
MARGIN = 40  # more than pygal thinks the names of outcomes need
WIDE, LOW = 900, 280
ROW = 34
WIDER = 6  # pixels that an ideograph is wider than pygal takes a letter for
LABELS = 4  # of the time axis
MOST_WEEKS = 260
DOTS = 800  # of a plot
MOST_MARKED = 60  # months of a curve that have a dot each
MOST_ROWS = 25  # universities in one plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A picture with its numbers."""

    title: str
    svg: str  # markup, written from a tree: escaped, whatever names are in it
    heads: Sequence[str]  # of the columns of the table
    rows: Sequence[Sequence[str]]
    is_whole: bool  # as wide as the page


def articles_by_month(months: Months, language: Language, *, year: str | None = None) -> Plot:
    """Return the articles of the last months, or of a year, a colour a university."""
    there = sorted({month for counts in months.values() for month in counts})
    shown = [f"{year}-{number:02}" for number in range(1, 13)] if year else _last(there)
    ranked = sorted(months, key=lambda name: (-sum(months[name].get(month, 0) for month in shown), name))
    largest, others = ranked[: SERIES - 1], ranked[SERIES - 1 :]
    series = [(name, [months[name].get(month, 0) for month in shown]) for name in largest]
    series.append((language.gettext("others"), [sum(months[name].get(month, 0) for name in others) for month in shown]))
    labels = [language.month(month) for month in shown]
    return _stacked(
        language.gettext("Articles by month of publication"), labels, labels, series, language, is_whole=True
    )


def _last(there: Sequence[str]) -> Sequence[str]:
    """Return the last months up to the last with articles, those without any too, unless that one stands far behind the others: a wrong date."""
    some = there[-MONTHS:]
    whole = list(months_between(some[0], some[-1])) if some else []
    return whole[-MONTHS:] if len(whole) <= 2 * MONTHS else some


def words_over_time(found: Frequency, language: Language) -> Plot:
    """Return the share of each month's articles that hold some words: of all universities together, and of those with most of them."""
    shown, names = found.months, found.universities[:CURVES]
    of_all = language.gettext("all universities")
    curves: dict[str, list[float | None]] = {of_all: [found.share(month) for month in shown]}
    if len(found.universities) > 1:
        curves |= {name: [found.share(month, name) for month in shown] for name in names}
    title = language.gettext("Share of the articles of each month")
    labels = [language.month(month) for month in shown]
    plot = _draw(pygal.Line, HEIGHT + 60, width=WHOLE, show_minor_x_labels=False, show_y_guides=True, dots_size=3, margin_right=36,
                 value_formatter=lambda value: f"{value:.3g} %", include_x_axis=True, allow_interruptions=True,
                 show_dots=len(shown) <= MOST_MARKED)  # fmt: skip
    plot.x_labels = labels
    plot.x_labels_major = labels[:: max(1, -(-len(labels) // 12))]
    for name, shares in curves.items():
        plot.add(name, [None if share is None else round(share * 100, 4) for share in shares])
    rows = [
        [
            label,
            *("" if shares[n] is None else language.percent(shares[n] or 0, digits=1) for shares in curves.values()),
        ]
        for n, label in enumerate(labels)
    ]
    return Plot(
        title=title, svg=_svg_of(plot, title), heads=[language.gettext("Time"), *curves], rows=rows, is_whole=True
    )


def runs(last: Sequence[RunSummary], language: Language) -> Plot:
    """Return what each of the last runs brought, the latest on the right."""
    _ = language.gettext
    names = {
        "new": _("new"),
        "changed": _("changed"),
        "duplicate": _("copies"),
        "gone": _("gone"),
        "failed": _("failed"),
    }
    ordered = list(reversed(last))
    series = [(name, [run.outcomes.get(outcome, 0) for run in ordered]) for outcome, name in names.items()]
    labels = [language.date(run.started) for run in ordered]
    return _stacked(_("What the last runs brought"), [run.started[5:10] for run in ordered], labels, series, language)


def outcomes(run: RunSummary, language: Language) -> Plot:
    """Return how the visits of a run ended, a bar an outcome, the most frequent on top."""
    counts = sorted(((number, language.outcome(name)) for name, number in run.outcomes.items() if number), reverse=True)
    plot = _draw(pygal.HorizontalBar, 60 + 26 * max(2, len(counts)), width=WIDTH, show_legend=False, margin_left=MARGIN)
    plot.x_labels = [name for _, name in reversed(counts)]
    plot.add("", [number for number, _ in reversed(counts)])
    title = language.gettext("How the visits of the last run ended")
    heads = [language.gettext("Outcome"), language.gettext("Visits")]
    rows = [[name, language.number(number)] for number, name in counts]
    return Plot(title=title, svg=_svg_of(plot, title), heads=heads, rows=rows, is_whole=False)


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> str:
    """Return stacked bars: one for each label, a colour for each series."""
    chart = _draw(pygal.StackedBar, LOW, width=WIDE, x_label_rotation=-40, show_minor_x_labels=False)
    chart.x_labels = list(labels)
    chart.x_labels_major = list(labels)[:: max(1, len(labels) // 12)]
    for name, values in series.items():
        chart.add(name, list(values))
    return _svg_of(chart, title)


def articles_by_week(campaign: Campaign, language: Language) -> Plot | None:
    """Return how many articles of a campaign each week has, a colour a university; None of one that is over in a week, or has lasted too long."""
    mondays: dict[str, Counter[date]] = defaultdict(Counter)
    for row in campaign.articles:
        day = date.fromisoformat((row["published"] or row["archived"])[:10])
        mondays[row["university"]][day - timedelta(days=day.weekday())] += 1
    there = {monday for counts in mondays.values() for monday in counts}
    first, last = min(there), max(there)
    number = (last - first).days // 7 + 1
    if not 2 <= number <= MOST_WEEKS:
        return None
    shown = [first + timedelta(weeks=n) for n in range(number)]
    labels = [language.date(monday) for monday in shown]
    ranked = sorted(mondays, key=lambda name: -mondays[name].total())
    series = [(name, [mondays[name][monday] for monday in shown]) for name in ranked[: SERIES - 1]]
    rest = [sum(mondays[name][monday] for name in ranked[SERIES - 1 :]) for monday in shown]
    series.append((language.gettext("others"), rest))
    title = language.gettext("Articles by week of publication")
    return _stacked(title, [str(monday) for monday in shown], labels, series, language, is_whole=True)


def timeline(campaign: Campaign, title: str) -> str | None:
    """Return who published when: a row a university, the first above, a dot an article. None where no two days are known."""
    dated = [
        (row["university"], date.fromisoformat((row["published"] or row["archived"])[:10])) for row in campaign.articles
    ]
    rows = list(dict.fromkeys(university for university, _ in dated))[:MOST_ROWS]
    if len({day for _, day in dated}) < 2:
        return None
    start = min(day for _, day in dated)
    chart = _draw(
        pygal.XY,
        90 + ROW * len(rows),
        width=WIDE,
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
        days = {(day - start).days for university, day in dated if university == name}
        # Dots that nearly stand upon each other are one: the earliest.
        seen = {round(number * DOTS / len(rows) / last): number for number in sorted(days, reverse=True)}
        chart.add(name, [(number, len(rows) - place) for number in sorted(seen.values())])
    return _svg_of(chart, title)


def _stacked(
    title: str,
    marks: Sequence[str],
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[int]]],
    language: Language,
    *,
    is_whole: bool = False,
) -> Plot:
    plot = _draw(
        pygal.StackedBar, HEIGHT, width=WHOLE if is_whole else WIDTH, show_minor_x_labels=False, show_y_guides=True
    )
    plot.x_labels = list(marks)
    plot.x_labels_major = list(marks[:: max(1, -(-len(marks) // (12 if is_whole else 6)))])
    for name, numbers in series:
        if any(numbers):
            plot.add(name, [number or None for number in numbers])
    used = [(name, numbers) for name, numbers in series if any(numbers)]
    rows = [[label, *(language.number(numbers[n]) for _, numbers in used)] for n, label in enumerate(labels)]
    heads = [language.gettext("Time"), *(name for name, _ in used)]
    return Plot(title=title, svg=_svg_of(plot, title), heads=heads, rows=rows, is_whole=is_whole)


def _draw(kind: Callable[..., Any], height: int, *, width: int, **options: Any) -> Any:
    """Return a plot of a kind of pygal's, without its styles and scripts, to be filled."""
    return kind(js=(), css=(), disable_xml_declaration=True, truncate_legend=-1, truncate_label=-1, no_data_text="–", margin=6, width=width,
                height=height, legend_at_bottom=True, legend_at_bottom_columns=3, **options)  # fmt: skip


def _svg_of(plot: Any, title: str) -> str:
    """Return a filled plot as markup, written from a tree: escaped, whatever names are in it."""
    if plot.config.show_legend:
        more = LEGEND_ROW * (-(-len(plot.raw_series) // 3) + 1)  # pygal leaves too little room for the legend
        plot.config.height += more
        plot.config.margin_bottom = more
    plot.add_xml_filter(_bare)
    root = plot.render_tree()
    for child in list(root):
        if child.tag == "title":
            child.text = title
    root.set("role", "img")
    root.set("aria-label", title)
    return str(etree.tostring(root, encoding="unicode"))


def _bare(root: Any) -> Any:
    """Take out styles, scripts, comments and what is for pygal's script; let browsers show values as they do by themselves."""
    for element in list(root.iter()):
        for child in list(element):
            if child.tag == "desc" and child.get("class") == "value":
                child.tag = "title"
            elif child.tag in BARE or not isinstance(child.tag, str) or "tooltip-overlay" in (child.get("class") or ""):
                element.remove(child)
        element.attrib.pop("style", None)
        element.attrib.pop("id", None)
    return root
