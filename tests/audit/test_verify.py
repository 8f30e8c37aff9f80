"""Audits: a sound archive has no findings, each fault is one finding, and what is mended is as it was."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.cli import main as warcio

from bench.faults import KINDS, ONCE, damage, spread
from bench.holdings import build
from crawler.audit import Audit, Code, Finding, Scope, choose, verify
from crawler.audit.finding import ADVICE
from crawler.audit.records import damage_of, fault_of
from crawler.audit.repair import MENDERS, Repaired, repair
from crawler.audit.scope import FOLDERS, days_ago, walk
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.runs.lock import lock
from crawler.warc import Member, read_members, record_of, records
from tests import scrapy_process
from tests.crawl_harness import Crawled, environment
from tests.mirror_files import older

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
DOCUMENTS = 60
WARC_BYTES = 60_000  # so that there are several files of each run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "archive"
    build(root, DOCUMENTS, warc_bytes=WARC_BYTES)
    return root


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "archive"))


@pytest.fixture
def campus(crawled: Crawled, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled.archive.root, tmp_path / "campus"))


def is_bad(member: Member) -> bool:
    return bool(damage_of(member) or fault_of(record_of(member)))


def look(root: Path, *, is_recorded: bool = False, **chosen: Any) -> list[Finding]:
    """Return what an audit finds."""
    catalog = open_catalog(root / "catalog.db") if is_recorded else None
    try:
        with closing(open_reader(root / "catalog.db")) as db:
            return list(verify(Audit(root=root, db=db, now=chosen.pop("now", NOW), **chosen), catalog))
    finally:
        if catalog is not None:
            close_catalog(catalog)


def mend(root: Path) -> list[Repaired]:
    catalog = open_catalog(root / "catalog.db")
    try:
        with closing(open_reader(root / "catalog.db")) as db:
            audit = Audit(root=root, db=db, now=NOW)
            return list(repair(audit, catalog, list(verify(audit, catalog))))
    finally:
        close_catalog(catalog)


def told(found: list[Finding]) -> Counter[tuple[Code, str]]:
    return Counter((finding.code, finding.object) for finding in found)


def contents(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for folder in FOLDERS for path in walk(root, folder)}


def rows(root: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        return db.execute(query).fetchall()


def change(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "catalog.db")) as db, db:
        for statement in statements:
            db.execute(statement)


def test_a_crawled_archive_has_no_findings(crawled: Crawled) -> None:
    assert look(crawled.archive.root) == []


def test_a_made_archive_has_no_findings(made: Path) -> None:
    assert look(made) == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_one_finding(archive: Path, kind: str) -> None:
    put = damage(archive, {kind: 1}, seed=3)
    found = look(archive)
    assert told(found) == Counter(put)
    assert found[0].advice


@pytest.mark.parametrize("seed", range(5))
def test_many_faults_at_once_are_told_apart(archive: Path, seed: int) -> None:
    put = damage(archive, spread(45), seed=seed)
    assert told(look(archive)) == Counter(put)


def test_every_code_has_advice() -> None:
    assert set(ADVICE) == set(Code)


def test_every_kind_of_fault_is_put() -> None:
    assert set(spread(200)) == set(KINDS)
    assert sum(spread(200).values()) == 200
    assert set(KINDS) > ONCE


def test_what_hangs_on_a_lost_file_stands_with_it(archive: Path) -> None:
    ((_, name),) = damage(archive, {"missing WARC file": 1})
    (found,) = look(archive)
    urls = {url for (url,) in rows(archive, f"SELECT url FROM visits WHERE warc = '{name}'")}
    assert urls
    assert urls <= {consequence.rpartition(" ")[2] for consequence in found.consequences}


def test_a_damaged_record_costs_no_other_one(archive: Path) -> None:
    path = min((archive / "warc").iterdir())
    members = list(read_members(path))
    data = bytearray(path.read_bytes())
    for n in (2, 3, 6):  # two beside each other
        data[(members[n].offset + members[n].end) // 2] ^= 1
    path.write_bytes(data)
    again = list(read_members(path))
    assert [record.offset for record in again] == [member.offset for member in members]
    assert [n for n, record in enumerate(again) if is_bad(record)] == [2, 3, 6]


def repack(path: Path, offset: int, end: int, old: str, new: str) -> int:
    """Write a record anew with other bytes in it, as somebody who knows gzip would; return by how much it is longer."""
    data = path.read_bytes()
    member = gzip.decompress(data[offset:end])
    assert old.encode() in member
    packed = data[:10] + gzip.compress(member.replace(old.encode(), new.encode()), mtime=0)[10:]
    path.write_bytes(data[:offset] + packed + data[end:])
    return len(packed) - (end - offset)


def test_a_record_that_unpacks_and_is_not_what_it_says_is_wrong(archive: Path) -> None:
    path = min((archive / "warc").iterdir())
    place, page = next((n, record) for n, record in enumerate(records(path)) if record.purpose == "page")
    repack(path, page.offset, page.end, "图书馆", "体育馆")
    again = list(read_members(path))
    assert [n for n, record in enumerate(again) if is_bad(record)] == [place]
    assert "digest" in str(fault_of(record_of(again[place])))


def test_a_file_without_fault_is_one_to_warcio_too(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = sorted((archive / "warc").iterdir())
    assert not any(is_bad(member) for path in names for member in read_members(path))
    with pytest.raises(SystemExit) as ended:
        warcio(["check", *map(str, names)])
    assert ended.value.code == 0
    assert capsys.readouterr().out == ""


def test_a_file_cut_between_two_records_is_truncated(archive: Path) -> None:
    path = min((archive / "warc").iterdir())
    members = list(read_members(path))
    with path.open("r+b") as file:
        file.truncate(members[5].offset)
    (found,) = [one for one in look(archive) if one.code is not Code.REVISIT_ORPHAN]
    assert (found.code, found.object) == (Code.WARC_TRUNCATED, f"warc/{path.name}@{members[5].offset}")


def test_a_hole_in_the_numbers_of_a_run_is_a_missing_file(archive: Path) -> None:
    last = max((archive / "warc").glob("r2-*"))
    (archive / "warc" / "r2-00099.warc.gz").write_bytes(last.read_bytes()[: next(read_members(last)).end])
    found = look(archive)
    assert {finding.code for finding in found} == {Code.WARC_MISSING}
    assert found[-1].object == "warc/r2-00098.warc.gz"


def test_a_foreign_file_is_one_orphan_whatever_its_number(archive: Path) -> None:
    path = archive / "warc" / "stranger-00003.warc.gz"
    path.write_bytes(b"not ours")
    assert told(look(archive)) == {(Code.ORPHAN, f"warc/{path.name}"): 1}


def test_a_revisit_without_its_original_is_found(archive: Path) -> None:
    path = min((archive / "warc").iterdir())
    revisit = next(record for record in records(path) if record.kind == "revisit")
    assert revisit.refers_to
    shift = repack(
        path, revisit.offset, revisit.end, revisit.refers_to, "<urn:uuid:00000000-0000-0000-0000-000000000000>"
    )
    for table in ("visits", "media_links"):
        change(
            archive,
            f"UPDATE {table} SET warc_offset = warc_offset + {shift} WHERE warc = 'warc/{path.name}' AND warc_offset > {revisit.offset}",
        )
    assert told(look(archive)) == {(Code.REVISIT_ORPHAN, f"warc/{path.name}@{revisit.offset}"): 1}


def test_a_link_to_an_unknown_medium_is_broken(archive: Path) -> None:
    digest = "0" * 64
    ((path,),) = rows(
        archive, "SELECT path FROM media_files JOIN media_links USING (sha256) WHERE url LIKE 'https://news1.%/1-0.png'"
    )
    (archive / path).unlink()
    unlinked = "sha256 NOT IN (SELECT sha256 FROM media_links WHERE sha256 NOTNULL)"
    change(
        archive,
        "DELETE FROM media_links WHERE url LIKE '%/1-0.png'",
        f"UPDATE media_files SET sha256 = '{digest}', path = 'media/00/{digest}.png' WHERE {unlinked}",
    )
    found = look(archive)
    assert Code.LINK_BROKEN in {finding.code for finding in found}


def test_a_path_out_of_the_archive_is_not_followed(archive: Path) -> None:
    (archive.parent / "secret.md").write_text("---\n---\n")
    ((document, path),) = rows(
        archive, "SELECT id, path FROM documents WHERE path NOTNULL AND version = 1 ORDER BY id LIMIT 1"
    )
    change(
        archive,
        f"UPDATE versions SET path = '../secret.md' WHERE document = '{document}'",
        f"UPDATE documents SET path = '../secret.md' WHERE id = '{document}'",
    )
    assert told(look(archive)) == {(Code.PATH_OUTSIDE, "../secret.md"): 1}
    assert (archive / path).is_file()


def test_two_rows_of_one_file_are_one_finding(archive: Path) -> None:
    (first, path), (second, _) = rows(
        archive, "SELECT id, path FROM documents WHERE path NOTNULL AND version = 1 ORDER BY id LIMIT 2"
    )
    change(archive, f"UPDATE versions SET path = '{path}' WHERE document = '{second}'")
    (found,) = look(archive)
    assert (found.code, found.object) == (Code.PATH_SHARED, path)
    assert first in found.detail
    assert second in found.detail


@pytest.mark.parametrize("folder", ["articles", "media", "warc"])
def test_a_file_that_cannot_be_read_does_not_end_the_audit(archive: Path, folder: str) -> None:
    path = max(walk(archive, folder))
    (archive / path).unlink()
    (archive / path).symlink_to(archive / path)  # a loop: the system refuses to read it
    put = damage(archive, {"temporary file": 1, "orphan WARC file": 1})
    assert told(look(archive)) == Counter([*put, (Code.FILE_UNREADABLE, path)])


@pytest.mark.parametrize("folder", ["articles", "versions", "media", "withheld", "warc"])
def test_a_file_whose_name_is_no_text_is_an_orphan(archive: Path, folder: str) -> None:
    (archive / folder).mkdir(exist_ok=True)
    name = os.fsencode(archive / folder) + b"/\xff@1.json"
    Path(os.fsdecode(name)).write_bytes(b"x")
    found = look(archive, is_recorded=True)
    assert told(found) == {(Code.ORPHAN, f"{folder}/\\xff@1.json"): 1}
    assert found[0].path == found[0].object
    assert [one.is_mended for one in mend(archive)] == [False]


def test_a_damaged_catalog_is_said_to_be_damaged(archive: Path) -> None:
    path = archive / "catalog.db"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    assert {finding.code for finding in look(archive)} == {Code.CATALOG_DAMAGED}


def test_a_flipped_byte_in_an_index_is_found_and_mended(campus: Path) -> None:
    with closing(sqlite3.connect(campus / "catalog.db")) as db:
        page_size = db.execute("PRAGMA page_size").fetchone()[0]
        (url,) = db.execute("SELECT url FROM links ORDER BY url LIMIT 1").fetchone()
    data = bytearray((campus / "catalog.db").read_bytes())
    places = [place for place in range(len(data) - len(url)) if data[place : place + len(url)] == url.encode()]
    flipped = next(place for place in places if _is_index_page(data, place // page_size * page_size))
    data[flipped + len(url) - 1] ^= 1
    (campus / "catalog.db").write_bytes(data)
    (found,) = look(campus)
    assert (found.code, "index" in found.detail) == (Code.CATALOG_DAMAGED, True)
    (mended,) = mend(campus)
    assert (mended.is_mended, mended.done.startswith("the indexes were made again")) == (True, True)
    assert look(campus) == []


def _is_index_page(data: bytearray, page: int) -> bool:
    return data[page] in (2, 10)


def test_a_sample_sees_files_that_are_no_more(archive: Path) -> None:
    lost = {path.relative_to(archive).as_posix() for path in (archive / "articles").rglob("*.md")}
    for path in lost:
        (archive / path).unlink()
    with closing(open_reader(archive / "catalog.db")) as db:
        scope = choose(archive, db, Scope(seed=1), 50)
    found = {finding.object for finding in look(archive, scope=scope)}
    assert found == lost & (scope.among or set())
    assert found


def test_checks_say_when_each_file_was_looked_at_and_what_was_found(archive: Path) -> None:
    put = {path: kind for kind, path in damage(archive, {"flipped byte in Markdown": 1, "missing medium": 1})}
    look(archive, is_recorded=True)
    found = {path: (checked, fault) for path, checked, fault in rows(archive, "SELECT * FROM checks")}
    assert found.keys() == contents(archive).keys() | put.keys()
    assert {path: fault for path, (_, fault) in found.items() if fault} == put
    assert {checked for checked, _ in found.values()} == {NOW.isoformat()}


def test_a_file_that_is_no_more_is_forgotten_by_an_audit_of_everything(archive: Path) -> None:
    ((_, orphan),) = damage(archive, {"orphan Markdown": 1})
    look(archive, is_recorded=True)
    (archive / orphan).unlink()
    look(archive, is_recorded=True, now=NOW + timedelta(days=1))
    assert rows(archive, f"SELECT * FROM checks WHERE object = '{orphan}'") == []


def test_a_sample_is_the_same_one_again_and_another_one_by_another_seed(archive: Path) -> None:
    with closing(open_reader(archive / "catalog.db")) as db:
        first, again = (choose(archive, db, Scope(seed=1), 10) for _ in range(2))
        other = choose(archive, db, Scope(seed=2), 10)
        share = Scope(share=0.5, seed=1)
    assert first == again != other
    assert len(first.among or ()) == 10
    looked: set[str] = set()
    look(archive, scope=share, looked=lambda path, _size: looked.add(path))
    assert len(contents(archive)) / 4 < len(looked) < len(contents(archive)) * 3 / 4


def test_those_not_looked_at_for_longest_come_first(archive: Path) -> None:
    look(archive, is_recorded=True)
    old = sorted(contents(archive))[5:8]
    marks = ", ".join(f"'{path}'" for path in old)
    change(archive, f"UPDATE checks SET checked = '2020-01-01T00:00:00+00:00' WHERE object IN ({marks})")
    with closing(open_reader(archive / "catalog.db")) as db:
        assert choose(archive, db, Scope(), 3, oldest=True).among == frozenset(old)
        older = Scope(before=days_ago(NOW, 30))
    looked: set[str] = set()
    look(archive, scope=older, looked=lambda path, _size: looked.add(path))
    assert looked == set(old)


def test_one_site_is_looked_at_alone(archive: Path) -> None:
    for path in (archive / "articles").rglob("*.md"):
        path.unlink()
    found = look(archive, scope=Scope(site="site1"))
    paths = {path for (path,) in rows(archive, "SELECT path FROM documents WHERE site = 'site1' AND path NOTNULL")}
    assert {finding.object for finding in found} == paths


def test_what_a_running_crawl_just_writes_is_no_fault(archive: Path) -> None:
    now = datetime.now(UTC)
    damage(archive, {"half a record at the end": 1, "temporary file": 1, "orphan Markdown": 1, "orphan medium": 1})
    change(archive, "UPDATE runs SET state = 'running' WHERE run = 'r2'")
    assert look(archive, is_live=True, now=now) == []
    assert len(look(archive, now=now)) == 4
    old = damage(archive, {"flipped byte in a record": 1})
    assert told(look(archive, is_live=True, now=now)) == Counter(old)


def test_everything_derived_is_made_again_from_the_evidence(campus: Path) -> None:
    before = contents(campus)
    for folder in ("articles", "versions", "media"):
        shutil.rmtree(campus / folder, ignore_errors=True)
    done = mend(campus)
    assert len(done) > 30
    assert [one.finding for one in done if not one.is_mended] == []
    assert contents(campus) == before
    assert look(campus) == []


MENDED = (
    "flipped byte in Markdown", "edited Markdown", "emptied Markdown", "missing Markdown", "moved Markdown", "orphan Markdown",
    "wrong content digest in a row", "wrong path in a row", "wrong number of the current version", "version without visit",
    "wrong Markdown digest in a row", "document not in the search index", "other text than the search index",
    "flipped byte in a medium", "missing medium", "orphan medium", "wrong size of a medium in its row",
    "wrong digest of a medium in its row", "missing row of a medium", "wrong offset in a row", "offset of another record in a row",
    "wrong record id in a row", "wrong payload digest in a row", "temporary file", "orphan WARC file",
)  # fmt: skip


@pytest.mark.parametrize("kind", MENDED)
def test_what_can_be_mended_is_as_it_was(campus: Path, kind: str) -> None:
    tables = ("documents", "versions", "visits", "media_files", "media_links", "texts")
    before, rows_before = (
        contents(campus),
        {name: rows(campus, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables},
    )
    put = damage(campus, {kind: 1}, seed=2)
    done = mend(campus)
    assert [(one.finding.code, one.finding.object) for one in done] == put
    assert [one.done for one in done if not one.is_mended] == []
    assert look(campus) == []
    if kind != "moved Markdown":  # the row goes where the file is
        assert contents(campus) == before
    if kind not in {"moved Markdown", "document not in the search index"}:  # a text kept anew has another row
        assert {name: rows(campus, f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables} == rows_before


@pytest.mark.parametrize("kind", ["edited Markdown", "flipped byte in a medium", "orphan Markdown"])
def test_what_is_replaced_is_kept(campus: Path, kind: str) -> None:
    ((_, path),) = damage(campus, {kind: 1}, seed=2)
    data = (campus / path).read_bytes()
    mend(campus)
    assert (campus / "orphans" / path).read_bytes() == data


def test_what_cannot_be_mended_is_left_as_it_is(archive: Path) -> None:
    kinds = [
        "missing WARC file",
        "truncated WARC file",
        "flipped byte in a record",
        "missing row of a document",
        "missing withheld text",
    ]
    put = damage(archive, dict.fromkeys(kinds, 1))
    before = contents(archive)
    done = mend(archive)
    assert Counter((one.finding.code, one.finding.object) for one in done) == Counter(put)
    assert not any(one.is_mended for one in done)
    assert contents(archive) == before
    assert not {code for code, _ in put} & set(MENDERS)


def test_the_tail_of_a_crash_is_cut_and_lost_evidence_is_not(archive: Path) -> None:
    before = contents(archive)
    damage(archive, {"half a record at the end": 1})
    (done,) = mend(archive)
    assert done.is_mended
    assert contents(archive) == before


def run(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return scrapy_process.run("verify", *options, "-s", f"ARCHIVE_DIR={root}", env=environment())


def test_the_command_says_what_is_wrong_and_what_to_do(archive: Path) -> None:
    sound = run(archive)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert "no fault" in sound.stdout
    ((code, path),) = damage(archive, {"missing Markdown": 1})
    found = run(archive)
    assert found.returncode == 8
    assert "--repair" in found.stdout
    lines = [json.loads(line) for line in run(archive, "--json").stdout.splitlines()]
    assert [(line["code"], line["path"], line["advice"]) for line in lines] == [(code, path, ADVICE[code])]


def test_the_command_mends_and_says_so(campus: Path) -> None:
    damage(campus, {"missing medium": 1})
    done = run(campus, "--repair", "--json")
    assert done.returncode == 0, done
    (line,) = map(json.loads, done.stdout.splitlines())
    assert line["repaired"]
    assert run(campus).returncode == 0


def test_the_command_looks_while_another_run_holds_the_archive(archive: Path) -> None:
    with lock(archive):
        looked, mended = run(archive), run(archive, "--repair")
    assert looked.returncode == 0
    assert "nothing was written down" in looked.stdout
    assert rows(archive, "SELECT * FROM checks") == []
    assert mended.returncode == 5


@pytest.mark.parametrize("options", [("--sample", "0"), ("--site", "nobody"), ("--oldest",), ("--sample", "101%")])
def test_a_mistake_in_the_command_is_told(archive: Path, options: tuple[str, ...]) -> None:
    wrong = run(archive, *options)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def test_no_catalog_is_no_sound_archive(tmp_path: Path) -> None:
    wrong = run(tmp_path / "nothing")
    assert wrong.returncode == 2
    assert "no catalog" in wrong.stderr + wrong.stdout
    assert not (tmp_path / "nothing").exists()


def test_an_imported_version_is_mended_from_its_file(crawled: Crawled, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(crawled.archive.root, root)
    url, title = one_article(root)
    (tmp_path / "old.md").write_bytes(older("旧镜像里的正文，与今天的不同。", url, title=title))
    settings = ["-s", f"ARCHIVE_DIR={root}", "-s", f"SEEDS_DIR={crawled.seeds}"]
    assert scrapy_process.run("import", tmp_path / "old.md", *settings, env=environment()).returncode == 0
    (kept,) = root.glob("versions/*/*/0.md")
    data = kept.read_bytes()
    kept.unlink()
    assert [one.is_mended for one in mend(root)] == [True]
    assert kept.read_bytes() == data


def one_article(root: Path) -> tuple[str, str]:
    with closing(open_reader(root / "catalog.db")) as db:
        row = db.execute("SELECT url, title FROM documents WHERE path NOTNULL LIMIT 1").fetchone()
    return str(row[0]), str(row[1])
