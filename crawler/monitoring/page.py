"""A report as one HTML page, and as files in `reports/`: it asks nobody for anything, runs no script, and shows what others wrote as text."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from crawler.archive import write_all
from crawler.archive.layout import REPORTS
from crawler.catalog.queries.statistics import FIELDS, RunRow
from crawler.items import Outcome
from crawler.monitoring import plots
from crawler.monitoring.disk import megabytes
from crawler.monitoring.exit_code import MEANINGS
from crawler.monitoring.notice import shown
from crawler.monitoring.report import Report, as_json

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
        outcome_names=plots.OUTCOMES,
        fields=FIELDS,
        field_names=plots.FIELD_NAMES,
        meanings=MEANINGS,
        visits=_visits,
        free=megabytes(report.free_bytes),
        plots={
            "days": plots.articles_by_day(report),
            "outcomes": plots.outcomes_by_site(report),
            "times": plots.response_times(report),
            "missing": plots.missing_by_run(report),
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
