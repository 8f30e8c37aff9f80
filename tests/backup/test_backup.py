"""Backups: whole while a crawl writes, small when little changed, refused where they would do harm, and an archive again."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.backup import backup, backups, restore
from crawler.backup.shelf import MANIFEST, read_manifest
from crawler.errors import BackupError, CatalogError, RunLockedError
from tests import scrapy_process
from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import PROJECT, Crawled, crawl, crawled, environment, started

__all__ = ["crawled"]  # a fixture

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


def ticking() -> Callable[[], datetime]:
    """A clock that goes on by a second whenever it is read."""
    moments = (NOW + timedelta(seconds=n) for n in range(1_000))
    return lambda: next(moments)


@pytest.fixture
def root(crawled: Crawled, tmp_path: Path) -> Path:
    """A copy of the crawled archive, to be spoilt."""
    shutil.copytree(crawled.archive.root, tmp_path / "archive")
    return tmp_path / "archive"


def disagreements(root: Path) -> list[str]:
    """What a catalog says that the files beside it do not: every row has its file, its digest, its record."""
    found = []
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        files = db.execute(
            "SELECT path, markdown_digest FROM versions WHERE path NOTNULL UNION SELECT path, 'sha256:' || sha256 FROM media_files"
        ).fetchall()
        live = {path for (path,) in db.execute("SELECT path FROM documents WHERE path NOTNULL")}
        records = db.execute("SELECT warc, warc_offset, warc_record FROM visits UNION "
                             "SELECT warc, warc_offset, warc_record FROM media_links WHERE warc NOTNULL").fetchall()  # fmt: skip
    for path, digest in files:
        file = root / path
        if not file.is_file() or f"sha256:{sha256(file.read_bytes()).hexdigest()}" != digest:
            found.append(path)
    there = {
        (str(warc.relative_to(root)), offset, record)
        for warc in root.glob("warc/*.gz")
        for offset, record in records_in(warc)
    }
    return [*found, *sorted(live - {path for path, _ in files}), *map(str, set(records) - there)]


def records_in(warc: Path) -> Iterator[tuple[int, str]]:
    with warc.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            record.content_stream().read()
            yield records.get_record_offset(), record.rec_headers.get_header("WARC-Record-ID")


def scrapy(*arguments: object, **settings: object) -> subprocess.CompletedProcess[str]:
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    return scrapy_process.run(*arguments, *options, env=environment())


def test_backups_during_a_crawl_are_whole_and_a_crawl_goes_on_from_each(tmp_path: Path) -> None:
    root, target = tmp_path / "archive", tmp_path / "backups"
    with Campus() as campus:
        write_seeds(tmp_path / "seeds", campus.port)
        with started(root, seeds=tmp_path / "seeds") as process:
            process.wait_until(lambda: any(root.glob("articles/*/*/*.md")))
            clock = ticking()
            while process.popen.poll() is None:
                backup(root, target, clock=clock)
            assert process.end().code == 0
        backup(root, target, clock=clock)
        made = backups(target)
        sizes = []
        for folder in made:
            restored = restore(folder, tmp_path / "restored" / folder.name)
            assert restored.faults == ()
            assert disagreements(tmp_path / "restored" / folder.name) == []
            with closing(sqlite3.connect(folder / "catalog.db")) as db:
                sizes.append(db.execute("SELECT count(*) FROM documents").fetchone()[0])
        assert sizes == sorted(sizes)
        assert len(made) > 3
        assert sizes[0] < sizes[-1], "no backup was made in the middle of the crawl"
        early = tmp_path / "restored" / made[0].name
        assert crawl(early, seeds=tmp_path / "seeds").code == 0
    with closing(sqlite3.connect(early / "catalog.db")) as db:
        assert db.execute("SELECT count(*) FROM documents").fetchone()[0] == sizes[-1]
    assert disagreements(early) == []


def test_what_did_not_change_is_linked_and_takes_no_room(root: Path, tmp_path: Path) -> None:
    clock, target = ticking(), tmp_path / "backups"
    first, second = (backup(root, target, clock=clock) for _ in range(2))
    assert first.copied == second.linked == len(read_manifest(second.folder)) - 2  # the catalog, what the backup is
    assert second.copied == 0
    for path in read_manifest(second.folder).keys() - {"catalog.db", "backup.json"}:
        assert (first.folder / path).samefile(second.folder / path)
        assert not (root / path).samefile(first.folder / path), "the archive itself is never linked to"


def test_a_backup_is_what_its_manifest_says_to_sha256sum(root: Path, tmp_path: Path) -> None:
    made = backup(root, tmp_path / "backups", clock=ticking())
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", MANIFEST], cwd=made.folder, check=True)
    there = {str(file.relative_to(made.folder)) for file in made.folder.rglob("*") if file.is_file()}
    assert there == {*read_manifest(made.folder), MANIFEST}
    assert not list(made.folder.rglob("*.lock"))


def test_a_damaged_file_is_told_and_the_copy_of_before_is_kept(root: Path, tmp_path: Path) -> None:
    clock, target = ticking(), tmp_path / "backups"
    spoilt, lost = sorted(root.glob("articles/*/*/*.md"))[:2]
    good = spoilt.read_bytes()
    spoilt.write_bytes(good[:-1])
    lost.unlink()
    made = backup(root, target, clock=clock, pauses=(0,))
    assert {fault.path for fault in made.faults} == {str(file.relative_to(root)) for file in (spoilt, lost)}
    assert len(json.loads((made.folder / "backup.json").read_text())["faults"]) == 2
    spoilt.write_bytes(good)
    lost.write_bytes(b"another")
    again = backup(root, target, clock=clock, pauses=(0,))
    assert [fault.path for fault in again.faults] == [str(lost.relative_to(root))]
    spoilt.unlink()
    healed = backup(root, target, clock=clock, pauses=(0,))
    assert (healed.folder / spoilt.relative_to(root)).read_bytes() == good


def test_a_document_rewritten_between_catalog_and_copy_is_taken_again(root: Path, tmp_path: Path) -> None:
    changed: list[str] = []

    def rewrite(done: int, total: int) -> None:
        """Correct the last document when the first file has been copied: the catalog that was taken knows nothing of it."""
        if changed:
            return
        with closing(sqlite3.connect(root / "catalog.db")) as db, db:
            path, document = db.execute("SELECT path, document FROM versions WHERE path NOTNULL ORDER BY path DESC").fetchone()  # fmt: skip
            data = (root / path).read_bytes() + b"corrected\n"
            (root / path).write_bytes(data)
            db.execute("UPDATE versions SET markdown_digest = ? WHERE document = ?", [f"sha256:{sha256(data).hexdigest()}", document])  # fmt: skip
        changed.append(path)

    made = backup(root, tmp_path / "backups", clock=ticking(), pauses=(0,), progress=rewrite)
    assert (made.faults, made.passes) == ((), 2)
    assert disagreements(made.folder) == []
    assert (made.folder / changed[0]).read_bytes().endswith(b"corrected\n")


def test_evidence_that_is_being_written_is_cut_after_a_whole_record(root: Path, tmp_path: Path) -> None:
    (warc,) = root.glob("warc/*.gz")
    with warc.open("ab") as file:
        file.write(warc.read_bytes()[:200])  # half a member
    made = backup(root, tmp_path / "backups", clock=ticking())
    copy = made.folder / warc.relative_to(root)
    assert copy.stat().st_size == warc.stat().st_size - 200
    assert disagreements(made.folder) == []


def test_only_the_last_backups_are_kept(root: Path, tmp_path: Path) -> None:
    clock, target = ticking(), tmp_path / "backups"
    first, *rest = (backup(root, target, clock=clock, keep=2) for _ in range(3))
    assert backups(target) == [made.folder for made in rest]
    assert rest[-1].removed == (first.folder.name,)
    assert disagreements(rest[-1].folder) == []


def test_a_backup_that_fails_leaves_nothing_and_those_before_alone(root: Path, tmp_path: Path) -> None:
    clock, target = ticking(), tmp_path / "backups"
    before = backup(root, target, clock=clock)

    def full(done: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        backup(root, target, clock=clock, progress=full)
    assert [entry.name for entry in target.iterdir() if entry.is_dir()] == [before.folder.name]
    (target / "20260101T000000.000Z.partial").mkdir()  # of one that was killed
    assert backups(target) == [before.folder]
    backup(root, target, clock=clock)
    assert not list(target.glob("*.partial"))


def test_a_full_disk_is_an_exit_code(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "backup", str(tmp_path / "backups"), "-s", f"ARCHIVE_DIR={root}"]
    limited = ["bash", "-c", f"ulimit -f 64; exec {' '.join(command)}"]  # KiB a file: the catalog has more
    ended = subprocess.run(limited, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False)
    assert (ended.returncode, "Traceback" in ended.stderr) == (6, False), ended.stderr
    assert [entry for entry in (tmp_path / "backups").iterdir() if entry.is_dir()] == []


def test_a_target_inside_the_archive_is_refused(root: Path) -> None:
    with pytest.raises(BackupError, match="inside the archive"):
        backup(root, root / "backups", clock=ticking())
    assert not (root / "backups").exists()


def test_two_backups_to_one_place_are_refused(root: Path, tmp_path: Path) -> None:
    def again(done: int, total: int) -> None:
        backup(root, tmp_path / "backups", clock=ticking())

    with pytest.raises(RunLockedError):
        backup(root, tmp_path / "backups", clock=ticking(), progress=again)


def test_nothing_to_back_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no catalog here"):
        backup(tmp_path / "archive", tmp_path / "backups", clock=ticking())
    assert not [entry for entry in (tmp_path / "backups").iterdir() if entry.is_dir()]


def test_an_archive_is_restored_to_an_empty_folder_only(root: Path, tmp_path: Path) -> None:
    backup(root, tmp_path / "backups", clock=ticking())
    with pytest.raises(BackupError, match="not empty"):
        restore(tmp_path / "backups", root)
    (tmp_path / "empty").mkdir()
    restore(tmp_path / "backups", tmp_path / "empty")
    assert disagreements(tmp_path / "empty") == []
    assert os.access(next((tmp_path / "empty").glob("articles/*/*/*.md")), os.W_OK)


def test_damage_in_a_backup_is_found_when_it_is_restored(root: Path, tmp_path: Path) -> None:
    made = backup(root, tmp_path / "backups", clock=ticking())
    spoilt = next(made.folder.glob("articles/*/*/*.md"))
    spoilt.chmod(0o644)
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    restored = restore(made.folder, tmp_path / "one")
    assert [fault.path for fault in restored.faults] == [str(spoilt.relative_to(made.folder))]
    (made.folder / "catalog.db").chmod(0o644)
    with (made.folder / "catalog.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"spoilt")
    with pytest.raises(BackupError, match=r"catalog\.db: is not what the manifest says"):
        restore(made.folder, tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_a_manifest_that_leads_out_of_the_backup_is_refused(root: Path, tmp_path: Path) -> None:
    made = backup(root, tmp_path / "backups", clock=ticking())
    manifest = made.folder / MANIFEST
    manifest.write_text(manifest.read_text() + "0" * 64 + "  ../outside\n")
    with pytest.raises(BackupError, match="a path inside the backup"):
        restore(made.folder, tmp_path / "restored")


def test_the_commands(root: Path, tmp_path: Path) -> None:
    done = scrapy("backup", tmp_path / "backups", "--keep", 1, ARCHIVE_DIR=root)
    assert (done.returncode, done.stderr) == (0, "")
    assert " copied (" in done.stdout
    restored = scrapy("restore", tmp_path / "backups", "--to", tmp_path / "restored")
    assert (restored.returncode, restored.stderr) == (0, "")
    assert disagreements(tmp_path / "restored") == []
    inside = scrapy("backup", root / "b", ARCHIVE_DIR=root)
    assert (inside.returncode, "Traceback" in inside.stderr) == (2, False)
    again = scrapy("restore", tmp_path / "backups", "--to", tmp_path / "restored")
    assert (again.returncode, "is not empty" in again.stderr) == (2, True)
