"""A report as one HTML page: it asks nobody for anything, runs no script, and shows what others wrote as text."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from crawler.catalog.queries.statistics import FIELDS, RunRow
from crawler.items import Outcome
from crawler.monitoring import plots
from crawler.monitoring.disk import megabytes
from crawler.monitoring.exit_code import MEANINGS
from crawler.monitoring.report import Report
from crawler.monitoring.shown import shown, web_address

TEMPLATE = Path(__file__).with_name("report.html")


def page(report: Report) -> str:
    """Return the page of a report."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_fit, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["web_address"] = web_address
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


def _fit(value: Any) -> Any:
    """Make every text that is printed fit to be shown; Jinja escapes it afterwards. The plots are marked safe: pygal escapes."""
    return value if hasattr(value, "__html__") or isinstance(value, int | float) else shown(str(value))


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _visits(run: RunRow, *outcomes: str) -> int:
    """Return how many visits of a run ended so; without outcomes, all of them."""
    return sum(
        number for found in run.counts.values() for name, number in found.items() if not outcomes or name in outcomes
    )
