"""Days of a served site: edits, removals, returns and additions become exactly that, a redesign becomes no version, and evidence tells all of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.archive import load
from crawler.monitoring.exit_code import ExitCode
from crawler.rebuild import remake
from crawler.runs.lock import lock
from tests import scrapy_process
from tests.ageing import AgeingSite, Ages, crawl_command, environment, state
from tests.crawl_harness import Archive
from tests.rebuild_harness import evidence_alone, files, tables

EDITED, REMOVED, BACK, ADDED = 4, 3, 2, 5
ONE_READER = ("-s", "READER_PROCESSES=1")
LATE = range(25, 27)  # articles of the other site that are newer than its redesign


@dataclass(frozen=True, slots=True)
class Aged:
    """Two sites after four crawls."""

    ages: Ages
    folder: Path
    days: dict[int, dict[str, object]]
    archive: Archive


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aged]:
    folder, days = tmp_path_factory.mktemp("aged"), {}
    with AgeingSite("湖光大学", 30) as site, AgeingSite("云台大学", 24, host="127.0.0.2") as redesigned:
        ages = Ages(site, redesigned, EDITED, REMOVED, BACK, ADDED)
        ages.write_seeds(folder / "seeds")
        for day in (0, 1, 3, 4):
            ages.dawn(day)
            if day == 3:
                redesigned.add(LATE)
            run([*crawl_command(folder / "archive", folder / "seeds"), *ONE_READER], day)
            days[day] = state(folder / "archive")
        yield Aged(ages, folder, days, Archive(folder / "archive"))


def run(command: list[str], day: int) -> str:
    ended = scrapy_process.run(*command, env=environment(day))
    assert ended.returncode == (ExitCode.ATTENTION if "looks wrong" in ended.stdout else 0), (
        ended.stdout,
        ended.stderr,
    )
    return ended.stdout


def test_what_happened_is_what_is_recorded(aged: Aged) -> None:
    aged.archive.check()
    third, fourth = aged.days[3], aged.days[4]
    assert (third["changed"], third["versions"], third["new"], third["returned"]) == (
        EDITED,
        EDITED,
        ADDED + len(LATE),
        BACK,
    )
    assert (third["gone"], fourth["gone"]) == (0, REMOVED)
    assert (fourth["changed"], fourth["new"], fourth["versions"]) == (0, 0, EDITED)
    assert (aged.days[1]["versions"], fourth["corrections"]) == (0, 0)


def test_a_redesign_makes_no_version_and_is_told_in_the_run_in_which_it_appears(aged: Aged) -> None:
    assert aged.days[1]["drifts"] == []
    for day, held in ((3, 24), (4, 26)):
        assert (aged.days[day]["drifts"], aged.days[day]["drift issues"]) == ([("redesigned", None)], 1)
        assert (aged.days[day]["false versions"], aged.days[day]["held"]) == (0, held)


def test_a_version_says_what_changed(aged: Aged) -> None:
    rows = aged.archive.rows("SELECT * FROM changes")
    assert [(row["kind"], row["field"], row["version"]) for row in rows] == [("version", "body", 2)] * EDITED
    assert all('["+", "，数字已经订正为' in row["diff"] for row in rows)


def test_what_is_gone_says_so_in_its_file(aged: Aged) -> None:
    gone = aged.archive.rows(
        "SELECT path, missed, confirmed FROM documents JOIN absences ON document = id WHERE status = 'gone'"
    )
    for row in gone:
        values, _ = load((aged.archive.root / row["path"]).read_bytes())
        assert values["params"]["version"] == 1
        assert {name: at.isoformat() for name, at in values["params"]["gone"].items()} == {
            name: row[name].partition(".")[0] + "+00:00" if "." in row[name] else row[name]
            for name in ("missed", "confirmed")
        }


def test_a_person_accepts_a_new_layout(aged: Aged) -> None:
    """This changes the archive."""
    command = crawl_command(aged.archive.root, aged.folder / "seeds")
    accept = ["sites", "--accept", "redesigned", *command[4:]]
    assert "redesigned: 26 changes had waited" in run(accept, 5)
    after = state(aged.archive.root)
    counted = "SELECT max(version) FROM documents WHERE url = ?"  # what differs in the counters of the new layout alone
    assert [aged.archive.values(counted, aged.ages.redesigned.url(number)) for number in LATE] == [[1], [1]]
    assert (after["held"], after["drifts"]) == (0, [("redesigned", "accepted")])
    aged.archive.check()
    run([*command, "-a", "site=redesigned"], 6)
    again = state(aged.archive.root)
    assert (again["drift issues"], again["drifts"], again["held"]) == (0, [("redesigned", "accepted")], 0)


def test_the_evidence_alone_tells_the_whole_history(aged: Aged, tmp_path: Path) -> None:
    """With a layout that waited, and a person's word on it."""
    before = tables(aged.archive.root)
    assert {len(before["drifts"]), len(before["held"])} == {1, 0}
    assert len(before["changes"]) > len(before["absences"]) > 2
    root = evidence_alone(aged.archive.root, tmp_path / "again")
    with lock(root):
        remake(root, processes=1)
    assert files(root) == files(aged.archive.root)
    again = tables(root)
    for name, rows in before.items():
        assert again[name] == rows, name
