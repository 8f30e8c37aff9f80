"""An alarm says that most of a site is gone; a few removals, or many of long ago, are none."""

from datetime import timedelta
from pathlib import Path

import pytest

from crawler.catalog import group
from crawler.catalog.tables import documents, history
from crawler.items import Absence, Status
from crawler.monitoring.alarms import VANISHED, VANISHED_LEAST, VANISHED_WITHIN, assess
from tests import factories

KEY = factories.SITE.key


@pytest.mark.parametrize(
    ("gone", "whole", "days", "is_told"),
    [
        (VANISHED_LEAST, 2 * VANISHED_LEAST, 1, True),
        (VANISHED_LEAST, 2 * VANISHED_LEAST + 1, 1, False),
        (VANISHED_LEAST - 1, VANISHED_LEAST - 1, 1, False),
        (VANISHED_LEAST, 2 * VANISHED_LEAST, VANISHED_WITHIN.days + 1, False),
    ],
    ids=["half of it", "less than half", "few", "long ago"],
)
def test_that_most_of_a_site_is_gone_is_an_alarm(
    tmp_path: Path, gone: int, whole: int, days: int, is_told: bool
) -> None:
    at = factories.NOW - timedelta(days=days)
    made = [factories.document(f"https://{factories.HOST}/xw/{n}.htm") for n in range(whole)]
    with factories.catalog(tmp_path, factories.SITE) as db:
        factories.record(db, *made)
        with group(db):
            for document in made[:gone]:
                history.record_absence(db, document.id, Absence(missed=at, last_missed=at, run="r1", confirmed=at))
                documents.set_status(db, document.id, Status.GONE, markdown_digest=None)
        assessment = assess(db, "r1", [KEY], {}, failed=(), now=factories.NOW)
        assert (KEY, VANISHED) in assessment.looked_at
        assert [alarm.message for alarm in assessment.raised if alarm.code == VANISHED] == (
            [f"{gone} of its {whole} articles are gone since {VANISHED_WITHIN.days} days"] if is_told else []
        )
