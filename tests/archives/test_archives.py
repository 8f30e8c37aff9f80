"""An archive that released code made is one of ours: it opens, is whole, can be made again, and a run over it goes on where it ended."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.catalog import close_catalog, open_catalog
from tests import archives
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import Archive, crawl, environment
from tests.rebuild_harness import evidence_alone, files, tables
from tests.scrapy_process import run

EXTRACTOR = re.compile(rb'^  extractor: "\d+"\n', re.MULTILINE)
LINKS = 12  # of a row of visits: how many links its page has by the rules of the day
DERIVED = ("versions", "people", "media", "media_files", "group_members", "absences", "changes")


@pytest.fixture(scope="module", params=archives.packed(), ids=lambda file: file.name)
def released(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The archive as this release finds it: with its catalog migrated."""
    root = archives.unpack(request.param, tmp_path_factory.mktemp("released"))
    write_seeds(root / "seeds", archives.PORT)
    close_catalog(open_catalog(root / "catalog.db"))
    return Archive(root)


@pytest.fixture
def copy(released: Archive, tmp_path: Path) -> Archive:
    shutil.copytree(released.root, tmp_path / "archive")
    return Archive(tmp_path / "archive")


def scrapy(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = ("-s", f"ARCHIVE_DIR={root}", "-s", f"SEEDS_DIR={root / 'seeds'}", "-s", "READER_PROCESSES=1")
    return run(*arguments, *settings, env=environment())


def states(archive: Archive) -> list[dict[str, object]]:
    return archive.rows(
        "SELECT id, url, version, status, duplicate_of, path, content_digest FROM documents ORDER BY id"
    )


def whatever_the_rules(root: Path) -> dict[str, bytes]:
    """Return the files of an archive without the number of the rules that read them: what is made again is read by those of today."""
    return {name: EXTRACTOR.sub(b"", content) for name, content in files(root).items()}


def test_it_opens_with_everything_it_held(released: Archive) -> None:
    released.check()
    outcomes = set(released.values("SELECT DISTINCT outcome FROM visits"))
    assert outcomes >= {
        "new",
        "changed",
        "unchanged",
        "not_modified",
        "duplicate",
        "listed",
        "not_article",
        "gone",
        "refused",
    }
    assert {"gone", "duplicate", "live"} == set(released.values("SELECT DISTINCT status FROM documents"))
    assert released.values("SELECT version FROM documents WHERE url LIKE ?", f"%{archives.EDITED}") == [2]
    assert released.values("SELECT count(*) FROM withheld") == [1]
    assert released.values("SELECT count(*) FROM media_files")[0] > 5


def test_it_verifies_clean(released: Archive) -> None:
    ended = scrapy(released.root, "verify", "--json")
    assert ended.returncode == 0, ended


def test_documents_read_again_are_the_same(copy: Archive) -> None:
    before, stood = states(copy), files(copy.root)
    trial = scrapy(copy.root, "rebuild", "--dry-run", "--json")
    assert trial.returncode == 0, trial
    ended = scrapy(copy.root, "rebuild", "--json")
    assert ended.returncode == 0, ended
    assert (states(copy), files(copy.root)) == (before, stood)


def test_its_evidence_alone_makes_it_again(released: Archive, tmp_path: Path) -> None:
    root = evidence_alone(released.root, tmp_path / "again")
    shutil.copytree(released.root / "withheld", root / "withheld")
    ended = scrapy(root, "rebuild", "--from-evidence", "--json")
    assert ended.returncode == 0, ended
    said = json.loads(ended.stdout)
    assert said["lost"] == []
    assert len(said["left_out"]) == 1  # the attachment of the withheld document
    assert whatever_the_rules(root) == whatever_the_rules(released.root)
    again, before = tables(root), tables(released.root)
    for rows in (again, before):
        rows["versions"] = [
            row[:-2] for row in rows["versions"]
        ]  # the digest of a file that names its rules, and these
    for name in DERIVED:
        assert again[name] == before[name], name
    visited = [
        [(*row[:LINKS], *row[LINKS + 1 :]) for row in rows["visits"] if archives.WITHHELD not in str(row[0])]
        for rows in (again, before)
    ]
    assert visited[0] == visited[1]
    assert states(Archive(root)) == states(released)


def test_a_run_over_it_goes_on_and_makes_no_version(copy: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before, stood = states(copy), files(copy.root)
    monkeypatch.setenv("SIMULATED_NOW", archives.LATER.isoformat())
    with archives.campus() as served:
        sites = "site=webplus,enorth"
        ended = crawl(copy.root, "-a", sites, "-a", "full=1", seeds=copy.root / "seeds", CLOCK="tests.simulated.clock")
        asked = {path for _, path in served.hits}
    assert ended.code == 0, ended
    copy.check()
    outcomes = set(copy.values("SELECT DISTINCT outcome FROM visits WHERE run = (SELECT max(run) FROM runs)"))
    assert outcomes >= {"unchanged", "listed", "gone"}
    assert outcomes.isdisjoint({"new", "changed"})
    assert (states(copy), files(copy.root)) == (before, stood)
    assert archives.EDITED in asked
    assert archives.WITHHELD not in asked
