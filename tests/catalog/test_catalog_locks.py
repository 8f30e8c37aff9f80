"""Who reads holds up nobody, who writes waits for another, and a catalog opens whatever died before."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.archive.staging import install, stage_beside
from crawler.catalog import close_catalog, group, open_catalog, open_reader
from crawler.catalog.tables import sites
from crawler.items import Site

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
# Dies with its changes half in the file and what they replaced in a rollback journal, as a change of the journal's mode may.
DIES_WITH_A_JOURNAL = """
import os, signal, sqlite3, sys

db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode = DELETE")
db.execute("PRAGMA cache_size = 1")
db.execute("CREATE TABLE half AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000) SELECT i FROM n")
db.execute("BEGIN IMMEDIATE")
db.execute("DELETE FROM sites")
db.execute("UPDATE half SET i = -i")
os.kill(os.getpid(), signal.SIGKILL)
"""
# Asks a catalog for the number of its sites whenever a line comes in: first a connection that stays, then one of its own.
ASKS = """
import sys
from pathlib import Path
from crawler.catalog import open_reader

path = Path(sys.argv[1])
asked = "SELECT count(*) FROM sites"
stays = open_reader(path)
for _ in sys.stdin:
    new = open_reader(path)
    print(stays.execute(asked).fetchone()[0], new.execute(asked).fetchone()[0], flush=True)
    new.close()
"""
MOUNTED = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && touch "$2" && shift 2 && exec "$@"'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "archive" / CATALOG
    with_site(path, "a")
    return path


def with_site(path: Path, key: str) -> None:
    db = open_catalog(path)
    add(db, key)
    close_catalog(db)


def add(db: Database, key: str) -> None:
    with group(db):
        sites.save(db, Site(key=key, name="示例大学", hosts=(f"{key}.example.edu.cn",)), now=NOW)


def keys(path: Path) -> list[str]:
    with closing(open_reader(path)) as db:
        return [key for (key,) in db.execute("SELECT key FROM sites ORDER BY key")]


def test_a_group_that_begins_by_reading_has_the_right_to_write_from_its_beginning(path: Path) -> None:
    db = open_catalog(path)
    with closing(sqlite3.connect(path, timeout=0)) as other:
        with group(db):
            assert db["sites"].count == 1
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            add(db, "b")
        other.execute("BEGIN IMMEDIATE")
        assert db.execute("PRAGMA busy_timeout").fetchone() == (30_000,)
    close_catalog(db)
    assert keys(path) == ["a", "b"]


def test_a_reader_that_holds_on_stops_nothing(path: Path) -> None:
    """A browser, a backup, an audit: an hour of one read transaction."""
    with closing(open_reader(path)) as reader:
        reader.execute("BEGIN")
        assert reader["sites"].count == 1
        for key in "bc":  # two nights
            with_site(path, key)
        assert reader["sites"].count == 1
        reader.execute("ROLLBACK")
        assert reader["sites"].count == 3


def test_a_closed_catalog_holds_everything_and_has_an_empty_log_beside_it(path: Path, tmp_path: Path) -> None:
    assert sorted(file.name for file in path.parent.iterdir()) == [CATALOG, f"{CATALOG}-shm", f"{CATALOG}-wal"]
    assert path.with_name(f"{CATALOG}-wal").stat().st_size == 0
    shutil.copy(path, tmp_path / CATALOG)
    assert keys(tmp_path / CATALOG) == ["a"]


def test_a_catalog_opens_for_readers_and_writers_whatever_died_with_it_half_written(path: Path, tmp_path: Path) -> None:
    for file in path.parent.glob(f"{CATALOG}-*"):
        file.unlink()
    subprocess.run([sys.executable, "-c", DIES_WITH_A_JOURNAL, str(path)], check=False)
    assert path.with_name(f"{CATALOG}-journal").stat().st_size
    shutil.copytree(path.parent, tmp_path / "copy")
    assert keys(path) == ["a"]
    with_site(path, "b")
    assert keys(path) == ["a", "b"]
    with_site(tmp_path / "copy" / CATALOG, "b")
    assert keys(tmp_path / "copy" / CATALOG) == ["a", "b"]


def test_a_catalog_in_write_ahead_mode_opens_without_what_stood_beside_it(path: Path) -> None:
    for file in path.parent.glob(f"{CATALOG}-*"):
        file.unlink()
    assert keys(path) == ["a"]


def test_a_catalog_put_in_the_place_of_another_brings_its_own_log(path: Path) -> None:
    beside = stage_beside(path.parent)
    with_site(beside / CATALOG, "made")
    with closing(open_reader(path)) as reader:
        reader.execute("BEGIN")
        assert reader["sites"].count == 1
        add(db := open_catalog(path), "late")  # stays in the log: somebody reads
        close_catalog(db)
        install(path.parent)
        with_site(path, "next")
    assert keys(path) == ["made", "next"]
    assert keys(path.parent / "before-rebuild" / CATALOG) == ["a", "late"]


@pytest.fixture
def asks(path: Path, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that sees the archive on a read-only mount."""
    own = ("unshare", "--user", "--map-root-user", "--mount")
    if shutil.which(own[0]) is None or subprocess.run([*own, "true"], check=False, capture_output=True).returncode:
        pytest.skip("may not mount here")
    alone = (*own, "sh", "-c", MOUNTED, "sh", str(path.parent))
    command = [*alone, str(tmp_path / "mounted"), sys.executable, "-c", ASKS, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def test_a_read_only_mount_shows_what_a_run_writes_before_during_and_after_it(
    path: Path, tmp_path: Path, asks: "subprocess.Popen[str]"
) -> None:
    def answer() -> str:
        assert asks.stdin
        assert asks.stdout
        asks.stdin.write("\n")
        asks.stdin.flush()
        return asks.stdout.readline().strip()

    first = answer()
    if not (tmp_path / "mounted").exists():
        pytest.skip("may not mount here")
    assert first == "1 1"
    db = open_catalog(path)
    add(db, "b")
    assert answer() == "2 2"
    add(db, "c")
    assert answer() == "3 3"
    close_catalog(db)
    assert answer() == "3 3"
    with_site(path, "d")
    assert answer() == "4 4"
