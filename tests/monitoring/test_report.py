"""Reports and their command: true figures, hostile texts shown as texts, and a check for monitoring systems."""

import argparse
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.catalog import group
from crawler.catalog.queries import statistics
from crawler.catalog.tables import issues
from crawler.catalog.tables.issues import Alarm, Issue
from crawler.commands.report import Command, Health, age_of, check
from crawler.items import Outcome, Reason, Site
from crawler.monitoring.page import page, save
from crawler.monitoring.report import Report, as_json, report_of
from tests.report_harness import LAKE, NOW, Past

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m[red]{{ 7*7 }}&\"'"
EVIL = Site(key="evil", name=HOSTILE, hosts=("news.evil.example",))
DAY = timedelta(days=1)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    past = Past(tmp_path, LAKE, EVIL)
    yield past
    past.db.close()


def last(past: Past, now: datetime = NOW) -> Report:
    run = statistics.run_row(past.db)
    return report_of(past.db, [run] if run else [], name=run.run if run else "none", now=now, free=1)


def test_a_report_holds_what_the_visits_tell(past: Past) -> None:
    past.run(NOW - DAY, past.article(NOW - 3 * DAY, at=NOW - DAY))
    visits = (past.visit(Outcome.LISTED), past.visit(Outcome.REFUSED, Reason.ROBOTS))
    past.run(NOW, past.article(NOW - DAY), past.article(None), *visits)
    (lake,) = last(past).sites
    assert lake.outcomes == {"new": 2, "listed": 1, "refused": 1}
    assert lake.reasons == {"refused, robots": 1}
    assert (lake.written, lake.missing["date"], lake.missing["source"], lake.missing["body"]) == (2, 1, 2, 0)
    assert {day.isoformat(): number for day, number in lake.days.items()} == {
        "2026-11-20": 1, "2026-11-22": 1, "2026-11-23": 1,
    }  # fmt: skip
    assert lake.documents == {"live": 3}
    assert lake.times
    assert lake.times.visits == 4


def test_a_date_in_the_future_counts_when_it_was_archived(past: Past) -> None:
    past.run(NOW, past.article(NOW + 90 * DAY))
    assert list(last(past).sites[0].days) == [NOW.date()]


def test_the_json_says_the_same(past: Past) -> None:
    past.run(NOW, past.article(NOW))
    told = json.loads(as_json(last(past)))
    assert (told["format"], told["outcomes"], told["sites"][0]["days"]) == (1, {"new": 1}, {"2026-11-23": 1})
    assert told["runs"][0]["started"] == NOW.isoformat()


def test_hostile_texts_are_texts(past: Past) -> None:
    run = past.run(NOW, past.article(NOW, site=EVIL, title=HOSTILE))
    with group(past.db):
        url = f"javascript:alert(3)//{HOSTILE}"
        issues.add(past.db, Issue(run=run, site="evil", url=url, level="error", code=HOSTILE, message=HOSTILE, at=NOW))
        issues.replace_alarms(past.db, [Alarm(site="evil", code="drift", message=HOSTILE)], [], now=NOW)
    text = page(last(past))
    tree = html.document_fromstring(text)
    assert tree.xpath("//script | //img | //iframe | //object | //link | //foreignObject | //@src | //@onerror") == []
    assert [name for element in tree.iter() for name in element.attrib if name.startswith("on")] == []
    assert tree.xpath("//a/@href") == ["https://news.evil.example/info/1/1.htm"]
    assert "alert(1)" in tree.text_content()
    assert "{{ 7*7 }}" in tree.text_content()
    assert not re.search("[\u202e\x1b]", text)


def test_a_page_asks_nobody_for_anything(past: Past) -> None:
    past.run(NOW, past.article(NOW))
    text = page(last(past))
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", text))
    assert addresses <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
        "https://news.lake.example/info/1/1.htm",
    }
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_plots_hold_chinese_as_text(past: Past) -> None:
    past.run(NOW, past.article(NOW))
    tree = html.document_fromstring(page(last(past)))
    plots = tree.xpath("//*[local-name() = 'svg']")
    assert len(plots) == 4
    assert "湖光大学" in " ".join(plots[0].xpath(".//*[local-name() = 'text']/text()"))


def test_no_run_and_no_visits_make_a_report_too(past: Past) -> None:
    assert "No alarm stands" in page(last(past))
    past.run(NOW)
    assert "0 × " not in page(last(past))


def test_a_report_that_cannot_be_written_leaves_nothing_half(past: Past) -> None:
    past.run(NOW)
    (past.root / "reports").write_text("in the way")
    with pytest.raises(OSError, match="reports"):
        save(past.root, last(past))


@pytest.fixture
def command(past: Past) -> Command:
    command = Command()
    command.settings = Settings({"ARCHIVE_DIR": str(past.root), "CLOCK": lambda: NOW + timedelta(hours=1)})
    return command


def call(command: Command, *args: str, **options: object) -> None:
    given = {"days": None, "open": False, "check": False, "max_age": "26h", "acknowledge": None, **options}
    command.run(list(args), argparse.Namespace(**given))


def test_the_command_writes_the_files_anew(past: Past, command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    first = past.run(NOW - 3 * DAY, past.article(NOW, site=EVIL, title=HOSTILE))
    past.run(NOW, past.article(NOW))
    for _ in range(2):
        call(command)
        call(command, first)
        call(command, days=2)
    names = {file.name for file in (past.root / "reports").iterdir()}
    stems = {"20261123T030000Z-abc123", "20261120T030000Z-abc123", "last-2-days"}
    assert names == {f"{stem}.{kind}" for stem in stems for kind in ("json", "html")}
    assert "\x1b" not in capsys.readouterr().out


def test_the_command_says_what_is_not_there(past: Past, command: Command) -> None:
    with pytest.raises(UsageError, match="no run yet"):
        call(command)
    with pytest.raises(UsageError, match="nothing: no such run"):
        call(command, "nothing")
    with pytest.raises(UsageError, match="expected one RUN"):
        call(command, "nothing", days=3)
    command.settings.set("ARCHIVE_DIR", str(past.root / "nowhere"))
    with pytest.raises(UsageError, match="no catalog here"):
        call(command)


def test_a_report_that_cannot_be_written_is_an_exit_code(past: Past, command: Command) -> None:
    past.run(NOW)
    (past.root / "reports").write_text("in the way")
    call(command)
    assert command.exitcode == 1


@pytest.mark.parametrize(
    ("ago", "code", "health", "told"),
    [
        (timedelta(hours=25), 0, Health.OK, "ended with 0, all well"),
        (
            timedelta(hours=27),
            0,
            Health.CRITICAL,
            "no run ended within 1 day, 2:00:00: the last one at 2026-11-22 00:10 UTC",
        ),
        (timedelta(hours=1), 3, Health.WARNING, "some sites gave no usable page"),
        (timedelta(hours=1), 7, Health.WARNING, "something is missing or looks wrong"),
        (timedelta(hours=1), 6, Health.CRITICAL, "could not be written"),
        (timedelta(hours=1), None, Health.OK, "the first run goes on"),
        (timedelta(hours=60), None, Health.CRITICAL, "no run ended within 1 day, 2:00:00: none ever did"),
    ],
)
def test_the_check_tells_whether_runs_happen(
    past: Past, ago: timedelta, code: int | None, health: Health, told: str
) -> None:
    past.run(NOW - ago, code=code)
    answer, sentence = check(past.root, age_of("26h"), NOW)
    assert answer is health
    assert told in sentence


def test_the_check_tells_standing_alarms_and_a_missing_catalog(past: Past) -> None:
    past.run(NOW)
    with group(past.db):
        issues.replace_alarms(past.db, [Alarm(site="lake", code="expectation", message="no articles")], [], now=NOW)
    answer, sentence = check(past.root, age_of("1d"), NOW)
    assert (answer, sentence.endswith("; lake: no articles")) == (Health.WARNING, True)
    assert check(past.root / "nowhere", DAY, NOW)[0] is Health.UNKNOWN


def test_an_age_is_a_number_and_a_unit() -> None:
    assert [age_of(text) for text in ("90m", "26h", "8d")] == [
        timedelta(minutes=90), timedelta(hours=26), timedelta(days=8),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="expected a number and m, h or d"):
        age_of("tomorrow")


def test_times_are_ours() -> None:
    assert NOW.tzinfo is UTC
