"""A report as one HTML page, and as files in `reports/`: it asks nobody for anything, runs no script, and shows what others wrote as text."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pygal
from jinja2 import Environment, StrictUndefined
from pygal.style import Style

from crawler.archive import write_all
from crawler.archive.layout import REPORTS
from crawler.catalog.queries.statistics import FIELDS, RunRow
from crawler.items import Outcome
from crawler.monitoring.disk import megabytes
from crawler.monitoring.exit_code import MEANINGS
from crawler.monitoring.notice import shown
from crawler.monitoring.report import Report, SiteReport, as_json

TEMPLATE = Path(__file__).with_name("report.html")


def page(report: Report) -> str:
    """Return the page of a report."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_fit, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["web_address"] = _web_address
    environment.filters["percent"] = _percent
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        report=report,
        outcomes=[outcome for outcome in Outcome if report.outcomes.get(outcome)],
        outcome_names=OUTCOMES,
        fields=FIELDS,
        field_names=FIELD_NAMES,
        meanings=MEANINGS,
        visits=_visits,
        free=megabytes(report.free_bytes),
        plots={
            "days": articles_by_day(report),
            "outcomes": outcomes_by_site(report),
            "times": response_times(report),
            "missing": missing_by_run(report),
        },
    )


def save(root: Path, report: Report) -> tuple[Path, Path]:
    """Write a report as JSON and as a page, each whole or not at all; return where they are. OSError if they cannot be written."""
    paths = f"{REPORTS}/{report.name}.json", f"{REPORTS}/{report.name}.html"
    write_all(root, {paths[0]: as_json(report).encode(), paths[1]: page(report).encode()})
    return root / paths[0], root / paths[1]


def _fit(value: Any) -> Any:
    """Make every text that is printed fit to be shown; Jinja escapes it afterwards. The plots are marked safe: pygal escapes."""
    return value if hasattr(value, "__html__") or isinstance(value, int | float) else shown(str(value))


def _web_address(url: str) -> str | None:
    """Return a URL if a browser may be led there."""
    return url if url.lower().startswith(("https://", "http://")) else None


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _visits(run: RunRow, *outcomes: str) -> int:
    """Return how many visits of a run ended so; without outcomes, all of them."""
    return sum(
        number for found in run.counts.values() for name, number in found.items() if not outcomes or name in outcomes
    )


MOST_SITES = 12  # of a plot, those with most; the tables have all of them
FONTS = "system-ui, 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
COLOURS = ("#2f6f9f", "#d9822b", "#4b9b57", "#b5485d", "#7b61a8", "#8a6d4b", "#c9699e", "#6b7785", "#a8a337", "#3aa6a6", "#1f3d5a",
           "#e0b04c", "#999999")  # fmt: skip
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    font_family=FONTS,
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=13,
    no_data_font_size=18,
    colors=COLOURS,
    transition="0s",
)
WIDTH, HEIGHT = 900, 320
LEGEND_COLUMNS, LEGEND_ROW = 4, 22
ROW_HEIGHT = 26  # of one site in a plot with a row a site
OTHERS = "others 其他"
OUTCOMES = {
    Outcome.NEW: "new 新增",
    Outcome.CHANGED: "changed 修改",
    Outcome.UNCHANGED: "unchanged 未变",
    Outcome.NOT_MODIFIED: "not modified 未修改",
    Outcome.DUPLICATE: "duplicate 重复",
    Outcome.LISTED: "listed 列表",
    Outcome.NOT_ARTICLE: "not article 非文章",
    Outcome.GONE: "gone 已删除",
    Outcome.REFUSED: "refused 被拒",
    Outcome.FAILED: "failed 失败",
}
FIELD_NAMES = {
    "date": "date 日期",
    "source": "source 来源",
    "people": "people 人员",
    "section": "section 栏目",
    "body": "body 正文",
}


def articles_by_day(report: Report) -> str:
    """Return the articles that appeared, a bar a day, a colour a site."""
    days = [report.since + timedelta(days=n) for n in range((report.until - report.since).days + 1)]
    plot = _plot(pygal.StackedBar, x_label_rotation=45, show_minor_x_labels=False)
    plot.x_labels = [day.isoformat() for day in days]
    plot.x_labels_major = [day.isoformat() for day in days[:: max(1, len(days) // 10)]]
    largest, others = _largest(report.sites, lambda site: sum(site.days.values()))
    for site in largest:
        plot.add(_name(site), [site.days.get(day) for day in days])
    if any(site.days for site in others):
        plot.add(OTHERS, [_of_day(others, day) or None for day in days])
    return _svg(plot)


def outcomes_by_site(report: Report) -> str:
    """Return how the visits of each site ended, a bar a site, a colour an outcome."""
    largest, others = _largest(report.sites, lambda site: sum(site.outcomes.values()))
    rows = [(_name(site), site.outcomes) for site in largest]
    if others:
        rows.append((OTHERS, {name: sum(site.outcomes.get(name, 0) for site in others) for name in OUTCOMES}))
    plot = _rows_plot(pygal.HorizontalStackedBar, [name for name, _ in rows])
    for outcome, name in OUTCOMES.items():
        if any(found.get(outcome) for _, found in rows):
            plot.add(name, [found.get(outcome) for _, found in reversed(rows)])
    return _svg(plot)


def response_times(report: Report) -> str:
    """Return median and 95th percentile of the response times, the slowest sites first."""
    timed = sorted((site for site in report.sites if site.times), key=_slowness, reverse=True)[:MOST_SITES]
    plot = _rows_plot(pygal.HorizontalBar, [_name(site) for site in timed])
    plot.add("median 中位数, s", [site.times.median for site in reversed(timed) if site.times])
    plot.add("95 %, s", [site.times.p95 for site in reversed(timed) if site.times])
    return _svg(plot)


def missing_by_run(report: Report) -> str:
    """Return the share of the documents of each run that lack a field: where a line leaps, a layout changed."""
    told = {run: (written, lacking) for run, (written, lacking) in report.missing.items() if written}
    plot = _plot(pygal.Line, x_label_rotation=45, range=(0, 100), show_minor_x_labels=False, dots_size=3)
    plot.x_labels = [_moment(run) for run in told]
    plot.x_labels_major = plot.x_labels[:: max(1, len(told) // 10)]
    for field in FIELDS:
        shares = [_hundredths(lacking[field], written) for written, lacking in told.values()]
        plot.add(f"{FIELD_NAMES[field]}, %", shares)
    return _svg(plot)


def _plot(kind: Callable[..., Any], **options: Any) -> Any:
    sizes = {"width": WIDTH, "height": HEIGHT, **options}
    return kind(style=STYLE, js=(), disable_xml_declaration=True, truncate_legend=-1, truncate_label=-1, no_data_text="–", margin=8,
                legend_at_bottom=True, legend_at_bottom_columns=LEGEND_COLUMNS, **sizes)  # fmt: skip


def _rows_plot(kind: Callable[..., Any], names: Sequence[str]) -> Any:
    plot = _plot(kind, height=130 + ROW_HEIGHT * max(1, len(names)))
    plot.x_labels = list(reversed(names))  # pygal draws the first one lowest
    return plot


def _svg(plot: Any) -> str:
    more = LEGEND_ROW * (len(plot.raw_series) // LEGEND_COLUMNS + 1)  # pygal leaves too little room for the legend
    plot.add_xml_filter(_without_scripts)
    return str(plot.render(is_unicode=True, height=plot.config.height + more, margin_bottom=more))


def _without_scripts(root: Any) -> Any:
    """Take out what is for pygal's JavaScript and its comments; let browsers show values as they do by themselves."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "desc" and child.get("class") == "value":
                child.tag = "title"
            elif child.tag in ("script", "desc") or not isinstance(child.tag, str):
                parent.remove(child)
    return root


def _largest(
    sites: Sequence[SiteReport], size: Callable[[SiteReport], int]
) -> tuple[Sequence[SiteReport], Sequence[SiteReport]]:
    """Return the sites of a plot, in the order of the report, and those that are too many for it."""
    kept = {site.key for site in sorted(sites, key=size, reverse=True)[:MOST_SITES] if size(site)}
    return [site for site in sites if site.key in kept], [site for site in sites if site.key not in kept]


def _of_day(sites: Sequence[SiteReport], day: date) -> int:
    return sum(site.days.get(day, 0) for site in sites)


def _name(site: SiteReport) -> str:
    return shown(site.name if site.name != site.key else site.key)


def _slowness(site: SiteReport) -> float:
    return site.times.median if site.times else 0.0


def _hundredths(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)


def _moment(run: str) -> str:
    """Return `11-23 04:59` of the name of a run."""
    return f"{run[4:6]}-{run[6:8]} {run[9:11]}:{run[11:13]}"
