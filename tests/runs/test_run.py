"""One run: it holds the archive alone, cleans up after dead runs, and says how it ended."""

import multiprocessing
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive.layout import CATALOG, LOCK
from crawler.catalog.tables import links
from crawler.errors import CatalogError, RunLockedError
from crawler.importing import find, import_files
from crawler.ingest import Visited, store
from crawler.items import Kind, Link, Outcome, Reading, Reason, Role, Site
from crawler.monitoring.exit_code import ExitCode
from crawler.runs.run import Run
from crawler.sites import site_from_url
from tests.crawl_harness import Archive
from tests.ingest.test_ingest import SITE, capture, seen, writer
from tests.mirror_files import cut_word

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OTHER = Site(key="other", name="另一所大学", hosts=("news.other.edu.cn",))


def begin(root: Path, *sites: Site, at: datetime = START, **arguments: str) -> Run:
    return Run.open(root, sites or (SITE,), arguments=arguments, clock=lambda: at)


@contextmanager
def dying(root: Path, *sites: Site) -> Iterator[Run]:
    """A run whose process dies where the block ends: nothing is closed or finished, only the system lets go of the lock."""
    run = begin(root, *sites)
    yield run
    assert run._lock._context.lock_file_fd is not None
    os.close(run._lock._context.lock_file_fd)  # what the system does; no other door leads there
    run._lock._context.lock_file_fd = None
    run.db.close()
    run.reader.close()
    if (warc := writer(run.archive)).file:
        warc.file.close()


def failed(name: str, site: Site = SITE, reason: Reason = Reason.TIMEOUT, role: Role = Role.ARTICLE) -> Visited:
    url = f"https://{site.hosts[0]}/{name}.htm"
    link = Link(url=url, fetch_url=url, role=role)
    return Visited(site=site, link=link, at=START, outcome=Outcome.FAILED, reason=reason)


def test_a_run_is_a_row_from_its_beginning(tmp_path: Path) -> None:
    run = begin(tmp_path, full="1")
    (row,) = Archive(tmp_path).rows("SELECT * FROM runs")
    assert (row["run"], row["state"], row["started"], row["arguments"]) == (
        run.id,
        "running",
        START.isoformat(),
        '{"full": "1"}',
    )
    run.close()
    (row,) = Archive(tmp_path).rows("SELECT * FROM runs")
    assert (row["state"], row["finished"], row["exit_code"]) == ("finished", START.isoformat(), 4)


def test_runs_sort_by_their_time_and_two_of_one_second_differ(tmp_path: Path) -> None:
    ids = []
    for seconds in (0, 0, 1):
        run = begin(tmp_path, at=START + timedelta(seconds=seconds))
        ids.append(run.id)
        run.close()
    assert len(set(ids)) == 3
    assert max(ids) == ids[2]


def test_the_seeds_are_links_before_anything_is_fetched(tmp_path: Path) -> None:
    site = replace(SITE, articles=("https://news.example.edu.cn/info/1/2.htm",))
    run = begin(tmp_path, site)
    due = links.due(run.reader, site.key, now=START, run=run.id, limit=10)
    run.close()
    assert [(link.url, link.role) for link in due] == [
        ("https://news.example.edu.cn/info/1/2.htm", Role.SEED),
        ("https://news.example.edu.cn/sitemap.xml", Role.OTHER),
    ]


def test_the_reader_sees_what_was_committed_and_writes_nothing(tmp_path: Path) -> None:
    run = begin(tmp_path)
    store(run.archive, [seen("a")])
    assert run.reader.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError):
        run.reader.execute("DELETE FROM documents")
    run.close()


def test_a_second_run_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    run = begin(tmp_path)
    staged = tmp_path / "tmp/0123.tmp"
    staged.parent.mkdir(exist_ok=True)
    staged.write_text("being written")
    with pytest.raises(RunLockedError, match="another run is writing"):
        begin(tmp_path)
    assert staged.exists()
    assert Archive(tmp_path).values("SELECT state FROM runs") == ["running"]
    run.close()
    begin(tmp_path).close()


def _hold(root: Path, held: "multiprocessing.synchronize.Event") -> None:
    run = begin(root)
    held.set()
    multiprocessing.Event().wait()
    run.close()


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=_hold, args=(tmp_path, held))
    process.start()
    assert held.wait(300)
    with pytest.raises(RunLockedError):
        begin(tmp_path)
    process.kill()
    process.join()
    process.close()
    begin(tmp_path).close()
    assert Archive(tmp_path).values("SELECT state FROM runs ORDER BY started, state DESC") == [
        "interrupted",
        "finished",
    ]


def test_a_lock_file_without_its_process_refuses_nobody(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text(str(os.getpid()))
    begin(tmp_path).close()


def test_a_dead_run_is_closed_with_what_its_visits_tell(tmp_path: Path) -> None:
    with dying(tmp_path) as dead:
        store(dead.archive, [seen("a"), failed("b")])
    run = begin(tmp_path, at=START + timedelta(hours=1))
    (row,) = Archive(tmp_path).rows("SELECT * FROM runs WHERE run = ?", dead.id)
    assert (row["state"], row["exit_code"], row["visits"], row["new"], row["failed"]) == ("interrupted", None, 2, 1, 1)
    assert row["finished"] == run.info.started.isoformat()
    conclusion = run.close()
    assert (conclusion.code, conclusion.counts) == (ExitCode.WELL, {})


def test_temporary_files_of_a_dead_run_are_removed(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp/0123456789abcdef.tmp").write_text("half a f")
    begin(tmp_path).close()
    assert list(tmp_path.rglob("*.tmp")) == []


def test_half_a_record_of_a_dead_run_is_cut_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with dying(tmp_path) as dead:
        store(dead.archive, [seen("a")])
    (file,) = tmp_path.glob("warc/*.warc.gz")
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:300])
    begin(tmp_path).close()
    assert file.read_bytes() == whole
    with file.open("rb") as stream:
        assert [record.rec_type for record in ArchiveIterator(stream)] == ["warcinfo", "response", "request"]
    assert dead.id in caplog.text
    Archive(tmp_path).check()


def test_half_a_record_is_cut_off_however_its_run_ended(tmp_path: Path) -> None:
    run = begin(tmp_path)
    store(run.archive, [seen("a")])
    assert run.close().code is ExitCode.WELL
    (file,) = tmp_path.glob("warc/*.warc.gz")
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:300])
    begin(tmp_path, at=START + timedelta(hours=1)).close()
    assert file.read_bytes() == whole


def test_an_import_cleans_up_after_a_dead_run_too_and_one_that_is_broken_off_stays_open(tmp_path: Path) -> None:
    with dying(tmp_path) as dead:
        store(dead.archive, [seen("a")])
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/a.md").write_bytes(cut_word())
    found = find([tmp_path / "mirror"] * 60)
    imported = import_files(tmp_path, found, site_from_url, arguments=["mirror"], clock=lambda: START)
    assert next(imported).outcome is Outcome.NEW
    imported.close()  # type: ignore[attr-defined] # whoever asked goes away
    assert Archive(tmp_path).values("SELECT state FROM runs ORDER BY state") == ["interrupted", "running"]
    begin(tmp_path).close()
    assert Archive(tmp_path).values("SELECT state FROM runs ORDER BY state") == [
        "finished",
        "interrupted",
        "interrupted",
    ]


def test_evidence_and_a_file_without_a_row_are_no_obstacle(tmp_path: Path) -> None:
    """A run dies between the file and the row; the next one meets the same page."""
    with dying(tmp_path) as dead:
        dead.archive.warc.write(capture("a", "text", START))
        dead.archive.warc.flush()
        store(dead.archive, [seen("a")])
        dead.db.execute("DELETE FROM versions")
        dead.db.execute("DELETE FROM visits")
        dead.db.execute("DELETE FROM documents")
        dead.db.conn.commit()
    run = begin(tmp_path)
    assert [visit.outcome for visit in store(run.archive, [seen("a")])] == [Outcome.NEW]
    run.close()
    Archive(tmp_path).check()


@pytest.mark.parametrize(
    ("visits", "code"),
    [
        ([seen("a")], ExitCode.WELL),
        ([seen("a"), failed("b")], ExitCode.WELL),
        ([seen("a"), failed("b", OTHER)], ExitCode.SOME_SITES_FAILED),
        ([failed("b"), failed("b", OTHER)], ExitCode.NOTHING_ARCHIVED),
        ([], ExitCode.NOTHING_ARCHIVED),
        ([replace(seen("a"), reading=Reading(kind=Kind.LIST))], ExitCode.NOTHING_ARCHIVED),
        (
            [seen("a"), replace(failed("b", OTHER), outcome=Outcome.GONE, reason=Reason.NOT_FOUND)],
            ExitCode.SOME_SITES_FAILED,
        ),
        (
            [seen("a"), replace(failed("b", OTHER), outcome=Outcome.REFUSED, reason=Reason.ROBOTS)],
            ExitCode.SOME_SITES_FAILED,
        ),
    ],
)
def test_the_exit_code_says_how_it_went(tmp_path: Path, visits: Sequence[Visited], code: ExitCode) -> None:
    run = begin(tmp_path, SITE, OTHER)
    store(run.archive, visits)
    assert run.close().code is code
    assert Archive(tmp_path).values("SELECT exit_code FROM runs") == [code]


def test_a_later_run_that_only_looks_for_a_lost_page_went_well(tmp_path: Path) -> None:
    run = begin(tmp_path)
    store(run.archive, [seen("a")])
    run.close()
    later = begin(tmp_path)
    store(later.archive, [replace(failed("a"), outcome=Outcome.GONE, reason=Reason.NOT_FOUND)])
    assert later.close().code is ExitCode.WELL


def test_a_later_run_that_finds_nothing_new_went_well(tmp_path: Path) -> None:
    run = begin(tmp_path)
    store(run.archive, [seen("a")])
    run.close()
    assert begin(tmp_path).close().code is ExitCode.WELL


def test_a_failing_disk_outweighs_everything(tmp_path: Path) -> None:
    run = begin(tmp_path)
    store(run.archive, [seen("a")])
    run.storage_failed = True
    assert run.close().code is ExitCode.STORAGE_FAILED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_run_on_a_full_disk_is_finished_all_the_same(tmp_path: Path) -> None:
    run = begin(tmp_path)
    store(run.archive, [seen("a")])
    warc = writer(run.archive)
    assert warc.file
    warc.file.close()
    warc.file = Path("/dev/full").open("wb")  # noqa: SIM115 - the run closes it
    warc.file.write(b"what is still to be flushed")
    run.storage_failed = True
    try:
        assert run.close().code is ExitCode.STORAGE_FAILED
    finally:
        run.db.close()
        run.reader.close()
        with pytest.raises(OSError, match="No space"):
            warc.file.close()


def test_links_of_the_host_that_a_site_left_are_due_on_its_new_one(tmp_path: Path) -> None:
    old = replace(OTHER, hosts=("old.other.edu.cn",), lists=("https://old.other.edu.cn/xw.htm",))
    begin(tmp_path, old).close()
    moved = replace(OTHER, moved_from=old.hosts, lists=("https://news.other.edu.cn/xw.htm",))
    run = begin(tmp_path, moved, at=START + timedelta(days=1))
    due = links.due(run.reader, "other", now=START + timedelta(days=1), run=run.id, limit=9)
    run.close()
    assert {link.fetch_url for link in due} == {
        f"https://news.other.edu.cn/{name}" for name in ("xw.htm", "sitemap.xml")
    }


def test_full_makes_every_link_due(tmp_path: Path) -> None:
    run = begin(tmp_path)
    links.add(run.db, SITE.key, [seen("a").link], found=START, found_on=None)
    store(run.archive, [seen("a")])
    run.close()
    run = begin(tmp_path)
    assert seen("a").link.url not in {
        link.url for link in links.due(run.reader, SITE.key, now=START, run=run.id, limit=9)
    }
    run.close()
    run = begin(tmp_path, full="1")
    assert seen("a").link.url in {link.url for link in links.due(run.reader, SITE.key, now=START, run=run.id, limit=9)}
    run.close()


def test_what_a_wrong_clock_put_off_for_years_is_due_again(tmp_path: Path) -> None:
    name = seen("a").link.url
    run = begin(tmp_path, at=START + timedelta(days=9000))
    links.add(run.db, SITE.key, [seen("a").link], found=START, found_on=None)
    store(run.archive, [seen("a")])
    run.db.execute("UPDATE links SET next_visit = '2099-01-01T00:00:00+00:00' WHERE url = ?", [name])
    run.db.execute(
        "INSERT INTO hosts VALUES ('a.example', '2099-01-01T00:00:00+00:00', 1, NULL, '2098-01-01T00:00:00+00:00')"
    )
    run.db.conn.commit()
    run.close()
    run = begin(tmp_path)
    assert name in {link.url for link in links.due(run.reader, SITE.key, now=START, run=run.id, limit=9)}
    assert run.reader.execute("SELECT not_before FROM hosts").fetchall() == [(None,)]
    conclusion = run.close()
    assert [alarm.code for alarm in conclusion.assessment.raised] == ["clock"]
    assert conclusion.code is ExitCode.ATTENTION


def test_a_catalog_that_is_none_refuses_the_run_and_leaves_no_lock(tmp_path: Path) -> None:
    (tmp_path / CATALOG).write_text("not a database, and longer than the hundred bytes of a header" * 10)
    for _ in range(2):
        with pytest.raises(CatalogError, match=CATALOG):
            begin(tmp_path)
