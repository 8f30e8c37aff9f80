"""The catalog file: opened, refused, migrated; runs, sites, visits and issues in it."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog import close_catalog, group, open_catalog, open_reader
from crawler.catalog.moment import from_text, to_text
from crawler.catalog.tables import issues, runs, sites, visits
from crawler.catalog.tables.issues import Issue
from crawler.errors import CatalogError
from crawler.items import Evidence, Outcome, Reason, Role, Site, Visit

NOW = datetime(2026, 11, 23, 2, 53, 1, 250, tzinfo=UTC)
SITE = Site(key="example", name="示例大学", hosts=("news.example.edu.cn",))
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from crawler.catalog import group, open_catalog
from crawler.catalog.tables import sites
from crawler.items import Site

db = open_catalog(Path(sys.argv[1]))
with group(db):
    sites.save(db, Site(key="kept", name="x", hosts=("x",)), now=datetime.now(UTC))
with group(db):
    sites.save(db, Site(key="lost", name="x", hosts=("x",)), now=datetime.now(UTC))
    os.kill(os.getpid(), signal.SIGKILL)
"""
VISIT = Visit(
    url="https://news.example.edu.cn/a.htm",
    site="example",
    role=Role.ARTICLE,
    run="r1",
    fetched=NOW,
    outcome=Outcome.FAILED,
    reason=Reason.TIMEOUT,
    evidence=Evidence(warc="warc/r1-00000.warc.gz", offset=7, record_id="<urn:uuid:1>", payload_digest="sha256:0"),
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_catalog(tmp_path / "catalog.db")
    sites.save(db, SITE, now=NOW)
    runs.start(db, "r1", started=NOW, arguments={"site": "example"})
    yield db
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


def one(db: Database, sql: str) -> dict[str, object]:
    (row,) = db.query(sql)
    return row


def test_catalog_is_made_where_nothing_was(tmp_path: Path) -> None:
    path = tmp_path / "new" / "catalog.db"
    open_catalog(path).close()
    again = open_catalog(path)
    assert {"documents", "visits", "links", "runs", "sites"} <= set(again.table_names())
    assert again.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert again.execute("PRAGMA foreign_keys").fetchone() == (1,)
    again.close()


def test_catalog_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    db = open_catalog(path)
    db.table("_sqlite_migrations").insert({"migration_set": "catalog", "name": "9999_future", "applied_at": "later"})
    db.close()
    with pytest.raises(CatalogError, match=r"catalog\.db: written by a newer release \(migration 9999_future\)"):
        open_catalog(path)
    with pytest.raises(CatalogError, match="newer release"):
        open_reader(path)


def test_database_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    Database(path).table("cats").insert({"name": "Cleo"})
    with pytest.raises(CatalogError, match="not a catalog of this program"):
        open_catalog(path)
    assert Database(path).table_names() == ["cats"]


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    path.write_text("text, and enough of it to be read as a header" * 50)
    with pytest.raises(CatalogError, match=r"catalog\.db: not usable as a catalog: file is not a database"):
        open_catalog(path)
    with pytest.raises(CatalogError, match=r"catalog\.db: cannot be read"):
        open_reader(path)


def test_reader_needs_a_catalog_and_cannot_write(tmp_path: Path, db: Database) -> None:
    with pytest.raises(CatalogError, match="no catalog here"):
        open_reader(tmp_path / "other.db")
    reader = open_reader(tmp_path / "catalog.db")
    assert reader.execute("SELECT count(*) FROM sites").fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM sites")
    reader.close()


def test_reader_sees_the_last_group_while_the_next_is_written(tmp_path: Path, db: Database) -> None:
    reader = open_reader(tmp_path / "catalog.db")
    with group(db):
        visits.record(db, VISIT)
        assert reader.execute("SELECT count(*) FROM visits").fetchone() == (0,)
    assert reader.execute("SELECT count(*) FROM visits").fetchone() == (1,)
    reader.close()


def test_catalog_serves_another_thread(db: Database) -> None:
    thread = threading.Thread(target=visits.record, args=(db, VISIT))
    thread.start()
    thread.join()
    assert db["visits"].count == 1


def test_group_that_fails_leaves_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), group(db):  # noqa: PT012
        visits.record(db, VISIT)
        raise RuntimeError
    assert db["visits"].count == 0


def test_visit_of_an_unknown_document_is_refused_at_the_end_of_the_group(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), group(db):
        visits.record(db, replace(VISIT, document="0" * 32))
    assert db["visits"].count == 0


def test_visit_is_kept_with_its_evidence(db: Database) -> None:
    visits.record(db, VISIT)
    row = one(db, "SELECT * FROM visits")
    assert row["outcome"] == "failed"
    assert row["reason"] == "timeout"
    assert row["fetched"] == "2026-11-23T02:53:01.000250+00:00"
    assert (row["warc"], row["warc_offset"], row["payload_digest"]) == ("warc/r1-00000.warc.gz", 7, "sha256:0")
    assert row["links_found"] == 0
    assert row["status"] is None


def test_run_that_ends_has_its_counts(db: Database) -> None:
    for outcome in (Outcome.NEW, Outcome.NEW, Outcome.FAILED):
        visits.record(db, replace(VISIT, outcome=outcome))
    assert runs.unfinished(db) == ["r1"]
    assert runs.finish(db, "r1", finished=NOW + timedelta(minutes=3), exit_code=0) == {
        "example": {"failed": 1, "new": 2}
    }
    assert runs.unfinished(db) == []
    row = one(db, "SELECT * FROM run_summary")
    assert (row["visits"], row["new"], row["failed"], row["minutes"], row["exit_code"]) == (3, 2, 1, 3.0, 0)
    assert json.loads(str(one(db, "SELECT counts FROM runs")["counts"])) == {"example": {"failed": 1, "new": 2}}


def test_run_left_by_a_dead_process_is_marked_with_what_it_did(db: Database) -> None:
    visits.record(db, VISIT)
    runs.mark_interrupted(db, "r1", now=NOW)
    row = one(db, "SELECT * FROM runs")
    assert (row["state"], row["exit_code"], row["visits"], row["failed"]) == ("interrupted", None, 1, 1)


def test_site_row_moves_only_when_its_definition_does(db: Database) -> None:
    later = NOW + timedelta(days=1)
    sites.save(db, SITE, now=later)
    assert one(db, "SELECT updated FROM sites")["updated"] == to_text(NOW)
    sites.save(db, replace(SITE, name="示例学院"), now=later)
    row = one(db, "SELECT name, added, updated FROM sites")
    assert row == {"name": "示例学院", "added": to_text(NOW), "updated": to_text(later)}


def test_issue_is_tied_to_its_run_and_site(db: Database) -> None:
    issues.add(db, Issue(run="r1", site="example", level="warning", code="expectation", message="too few", at=NOW))
    assert one(db, "SELECT issues FROM run_summary")["issues"] == 1
    with pytest.raises(sqlite3.IntegrityError):
        issues.add(db, Issue(run="r1", site="nobody", level="warning", code="x", message="x", at=NOW))


def test_group_of_a_killed_process_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -signal.SIGKILL
    db = open_catalog(path)
    assert [row["key"] for row in db["sites"].rows] == ["kept"]
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def test_readme_of_the_archive_names_every_table_and_column(db: Database) -> None:
    text = (Path(__file__).parents[2] / "archive/README.md").read_text("utf-8")
    for name in db.table_names():
        if not name.startswith(("document_search", "sqlite_")):
            part = text.partition(f"**{name}**" if f"**{name}**" in text else f"`{name}`")[2].partition("\n\n")[0]
            assert [column for column in db[name].columns_dict if f"`{column}`" not in part] == [], name
    for name in db.view_names():
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.split("|")[3].strip() == ", ".join(db[name].columns_dict)


def test_time_is_text_that_sorts_and_comes_back() -> None:
    whole, later = NOW.replace(microsecond=0), NOW
    assert to_text(whole) < to_text(later) < to_text(whole + timedelta(seconds=1))
    assert from_text(to_text(NOW)) == NOW
    assert to_text(datetime(2023, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))) == "2023-01-01T00:00:00+00:00"
    with pytest.raises(ValueError, match="without offset"):
        to_text(datetime(2023, 1, 1))  # noqa: DTZ001


def test_every_view_can_be_read(db: Database) -> None:
    for view in db.view_names():
        db.execute(f"SELECT * FROM {view}").fetchall()
    assert set(db.view_names()) == {
        *("articles", "copies", "groups", "recent_visits", "run_summary", "site_overview"),
        *("media_completeness", "shown_documents", "evidence", "site_states", "site_walls"),
        *("counted_tallies", "counted_bylines"),
    }


def test_a_catalog_that_somebody_reads_is_closed_at_once_and_read_on(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    for _ in range(2):
        db = open_catalog(path)
        reader = open_reader(path)
        close_catalog(db)
        assert reader.execute("SELECT count(*) FROM documents").fetchone() == (0,)
        reader.close()


def test_a_site_stands_under_the_university_of_its_host(tmp_path: Path) -> None:
    db = open_catalog(tmp_path / "catalog.db")
    for key in ("news.nankai.edu.cn", "ai.nankai.edu.cn", "news.example.edu.cn"):
        sites.save(db, Site(key=key, name=key, hosts=(key,)), now=NOW)
    db.execute("UPDATE sites SET institution = NULL, name = host")  # as a release before the register left them
    db.execute("DELETE FROM institutions")
    sites.settle_institutions(db)
    found = db.execute("SELECT key, name, institution FROM sites ORDER BY key").fetchall()
    assert found == [
        ("ai.nankai.edu.cn", "南开大学", "nankai.edu.cn"),
        ("news.example.edu.cn", "news.example.edu.cn", None),
        ("news.nankai.edu.cn", "南开大学", "nankai.edu.cn"),
    ]
    assert db.execute("SELECT name, province, level FROM institutions").fetchall() == [("南开大学", "天津", "本科")]
    db.close()
