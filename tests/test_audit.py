"""The audit: a sound archive has no fault, every fault is found once, and what can be mended is."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crawler.audit import ADVICE, Fault, Finding, Scope, verify
from crawler.catalog import open_reader
from crawler.monitoring.lock import lock
from tests import faults
from tests.crawl_harness import PROJECT, Crawled

DOCUMENTS = 120
FAULTS = 46  # three of each kind


def found_in(root: Path, scope: Scope | None = None) -> list[Finding]:
    with closing(open_reader(root / "catalog.db")) as db:
        return list(verify(root, db, scope))


def names(findings: list[Finding]) -> list[tuple[str, str]]:
    return sorted((f.fault.value, f"{f.object}@{f.at}" if f.at is not None else f.object) for f in findings)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("audit") / "archive"
    root.mkdir()
    faults.build(root, DOCUMENTS)
    return root


@pytest.fixture
def broken(built: Path, tmp_path: Path) -> tuple[Path, set[tuple[str, str]]]:
    root = tmp_path / "archive"
    shutil.copytree(built, root)
    return root, faults.inject(root, FAULTS)


def test_a_sound_archive_has_no_fault(built: Path, crawled: Crawled) -> None:
    assert found_in(built) == []
    assert found_in(crawled.archive.root) == []


def test_every_fault_is_found_once_and_nothing_else(broken: tuple[Path, set[tuple[str, str]]]) -> None:
    root, expected = broken
    assert names(found_in(root)) == sorted(expected)


def test_every_fault_has_its_advice() -> None:
    assert set(ADVICE) == set(Fault)


def test_a_bit_flipped_anywhere_in_a_record_is_found(built: Path, tmp_path: Path) -> None:
    """Also in the head of a gzip member, of which no checksum tells."""
    root = tmp_path / "archive"
    shutil.copytree(built, root)
    warc = min((root / "warc").iterdir())
    data = warc.read_bytes()
    missed = []
    for at in (*range(12), *range(12, 1200, 17)):
        warc.write_bytes(data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :])
        if [f.fault for f in found_in(root)] != [Fault.RECORD_UNREADABLE]:
            missed.append(at)
    assert missed == []


def test_a_missing_warc_is_one_fault(built: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(built, root)
    warc = min((root / "warc").iterdir())
    warc.unlink()
    assert [f.fault for f in found_in(root)] == [Fault.WARC_MISSING]


def scrapy(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "verify", *arguments, "-s", f"ARCHIVE_DIR={root}"]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_the_command_tells_and_writes_down_when_it_looked(broken: tuple[Path, set[tuple[str, str]]]) -> None:
    root, expected = broken
    ended = scrapy(root, "--json")
    assert ended.returncode == 1
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(lines) == len(expected)
    assert all(line["advice"] for line in lines)
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        checked = dict(db.execute("SELECT object, fault FROM checks"))
        paths = {path for (path,) in db.execute("SELECT path FROM versions UNION SELECT path FROM media_files")}
    assert paths <= set(checked)
    for line in lines:
        if line["object"] in paths:
            assert checked[line["object"]] == line["fault"]


def test_a_sample_takes_what_was_not_looked_at_for_longest(built: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(built, root)
    looked: list[set[str]] = []
    for _ in range(2):
        assert scrapy(root, "--sample", "50").returncode == 0
        with closing(sqlite3.connect(root / "catalog.db")) as db:
            looked.append({name for (name,) in db.execute("SELECT object FROM checks WHERE object GLOB 'articles/*'")})
    assert (len(looked[0]), len(looked[1])) == (50, 100)
    assert scrapy(root, "--older-than", "1").returncode == 0
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        assert db.execute("SELECT count(*) FROM checks WHERE object GLOB 'articles/*'").fetchone() == (DOCUMENTS,)


def test_beside_a_crawl_nothing_is_written_down_or_mended(built: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(built, root)
    with lock(root):
        ended = scrapy(root)
        assert (ended.returncode, "not written down" in ended.stderr) == (0, True)
        assert scrapy(root, "--repair").returncode == 5
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        assert db.execute("SELECT count(*) FROM checks").fetchone() == (0,)


def test_what_can_be_mended_is_as_it_was(crawled: Crawled, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(crawled.archive.root, root)
    documents, media = sorted(root.glob("articles/**/*.md")), sorted(root.glob("media/*/*"))
    documents[0].write_bytes(documents[0].read_bytes() + b"x")
    documents[1].unlink()
    media[0].unlink()
    media[1].write_bytes(b"x")
    (root / "media/orphan.bin").write_text("x")
    (root / "tmp/a.tmp").write_text("x")
    ended = scrapy(root, "--repair")
    assert (ended.returncode, "6 faults, 0 after the repair" in ended.stderr) == (0, True), ended
    for folder in ("articles", "media"):
        before = {
            p.relative_to(crawled.archive.root): p.read_bytes()
            for p in (crawled.archive.root / folder).rglob("*.[a-z]*")
            if p.is_file()
        }
        assert {p.relative_to(root): p.read_bytes() for p in (root / folder).rglob("*.[a-z]*") if p.is_file()} == before
    assert len([p for p in (root / "orphans").rglob("*") if p.is_file()]) == 3


def test_what_cannot_be_mended_is_told_and_left(built: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(built, root)
    min((root / "warc").iterdir()).unlink()
    ended = scrapy(root, "--repair")
    assert (ended.returncode, "cannot be mended: restore it from a backup" in ended.stderr) == (1, True)


def test_there_has_to_be_a_catalog(tmp_path: Path) -> None:
    ended = scrapy(tmp_path)
    assert (ended.returncode, "no catalog here" in ended.stderr + ended.stdout) == (2, True)
