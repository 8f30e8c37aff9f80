"""Plots of the first page.

Each comes with its numbers, which the page shows as a table to those who rather read, or have it read to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pygal

from crawler.browse.drawing import draw, svg_of
from crawler.browse.language import Language
from crawler.catalog.queries.standing import RunStanding, SiteStanding

MONTHS = 36
SERIES = 9  # colours people can tell apart; the rest is one series
WIDTH, HEIGHT, WHOLE = 560, 260, 1120
MARGIN = 40  # more than pygal thinks the names of outcomes need


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A picture with its numbers."""

    title: str
    svg: str  # markup, written from a tree: escaped, whatever names are in it
    heads: Sequence[str]  # of the columns of the table
    rows: Sequence[Sequence[str]]
    is_whole: bool  # as wide as the page


def articles_by_month(
    sites: Sequence[SiteStanding], months: Mapping[str, Mapping[str, int]], language: Language
) -> Plot:
    """Return the articles of the last months, a colour a university."""
    shown = sorted({month for counts in months.values() for month in counts})[-MONTHS:]
    largest, others = sites[: SERIES - 1], sites[SERIES - 1 :]
    series = [
        (site.name, [months.get(site.key, {}).get(month, 0) for month in shown]) for site in largest if site.articles
    ]
    rest = [sum(months.get(site.key, {}).get(month, 0) for site in others) for month in shown]
    if any(rest):
        series.append((language.gettext("others"), rest))
    return _stacked(
        language.gettext("Articles by month of publication"),
        shown,
        [language.month(month) for month in shown],
        series,
        language,
        is_whole=True,
    )


def runs(last: Sequence[RunStanding], language: Language) -> Plot:
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


def outcomes(run: RunStanding, language: Language) -> Plot:
    """Return how the visits of a run ended, a bar an outcome, the most frequent on top."""
    counts = sorted(
        ((number, outcome_name(name, language)) for name, number in run.outcomes.items() if number), reverse=True
    )
    plot = draw(pygal.HorizontalBar, 60 + 26 * max(2, len(counts)), width=WIDTH, show_legend=False, margin_left=MARGIN)
    plot.x_labels = [name for _, name in reversed(counts)]
    plot.add("", [number for number, _ in reversed(counts)])
    title = language.gettext("How the visits of the last run ended")
    heads = [language.gettext("Outcome"), language.gettext("Visits")]
    rows = [[name, language.number(number)] for number, name in counts]
    return Plot(title=title, svg=svg_of(plot, title), heads=heads, rows=rows, is_whole=False)


def outcome_name(outcome: str, language: Language) -> str:
    """Return how an outcome of a visit is called."""
    _ = language.gettext
    names = {
        "new": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "not_modified": _("not modified"),
        "duplicate": _("copies"),
        "listed": _("lists read"),
        "not_article": _("not articles"),
        "gone": _("gone"),
        "refused": _("refused"),
        "failed": _("failed"),
    }
    return names[outcome]


def _stacked(
    title: str,
    marks: Sequence[str],
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[int]]],
    language: Language,
    *,
    is_whole: bool = False,
) -> Plot:
    plot = draw(
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
    return Plot(title=title, svg=svg_of(plot, title), heads=heads, rows=rows, is_whole=is_whole)
