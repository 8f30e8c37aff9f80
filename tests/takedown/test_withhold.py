"""Takedown: nothing of a withheld document is left where people read, it does not come back, and undoing it restores every row and byte."""

import json
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bagit
import pytest
from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import body_of
from crawler.audit import Audit, verify
from crawler.backup import backup, restore
from crawler.catalog import close_catalog, open_catalog
from crawler.catalog.queries.selection import Selection
from crawler.catalog.tables import texts
from crawler.catalog.tables.withheld import WITHDRAWN, tombstones
from crawler.errors import TakedownError
from crawler.export import Job, export
from crawler.ingest import Archive
from crawler.runs.lock import lock
from crawler.takedown import Found, Taken, find, finish_all, give_back, withhold
from crawler.takedown.withheld import reinstate
from tests import mirror_files, scrapy_process
from tests.crawl_harness import Crawled, crawl, crawled, environment
from tests.ingest.test_ingest import archive, archive_in, due, known, listing, outcomes, seen
from tests.ingest.test_ingest import link as link_to
from tests.searching import hits

__all__ = ["archive", "crawled"]  # fixtures

NOW = datetime(2027, 1, 5, 2, tzinfo=UTC)
OTHER = "校园广播站今年招收新成员，欢迎热爱播音、写作与录音的同学前来试音，地点在学生活动中心三楼，时间为本周五下午。"

WITH_COPIES = "SELECT duplicate_of FROM documents WHERE duplicate_of NOTNULL LIMIT 1"
WITH_MEDIA = """
SELECT document FROM media_links WHERE sha256 NOTNULL AND sha256 NOT IN (SELECT sha256 FROM media_links GROUP BY sha256 HAVING count(*) > 1)
AND url IN (SELECT url FROM media GROUP BY url HAVING count(*) = 1) LIMIT 1
"""
PLAIN = """
SELECT id FROM documents WHERE path NOTNULL AND images = 0 AND id NOT IN (SELECT duplicate_of FROM documents WHERE duplicate_of NOTNULL)
"""
LONG = (
    "图书馆自本学期起延长开放时间，每天从清晨六点半开放到深夜十一点，考试周通宵开放。各楼层增设自习座位八百余个，研讨间可以提前三天预约。"
    "馆长介绍，去年接待读者一百二十万人次，借出图书三十七万册，其中文学类最受欢迎。新购的电子资源覆盖理工农医各个学科，校外访问也已开通。"
)


@pytest.fixture
def root(crawled: Crawled, tmp_path: Path) -> Path:
    """A copy of the crawled archive."""
    shutil.copytree(crawled.archive.root, tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def db(root: Path) -> Iterator[Database]:
    db = open_catalog(root / "catalog.db")
    yield db
    db.close()
    with closing(sqlite3.connect(root / "catalog.db")) as again:
        assert again.execute("PRAGMA foreign_key_check").fetchall() == []
        assert again.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def taken(root: Path, db: Database, name: str, *, only: bool = False) -> Taken:
    return withhold(root, db, find(db, name), "asked by the person named", now=NOW, only=only)


def files(root: Path) -> dict[str, bytes]:
    """Every file but the evidence, which only grows, the catalog and what is made from it."""
    found = (file for file in root.rglob("*") if file.is_file() and not file.name.startswith("catalog.db"))
    return {str(file.relative_to(root)): file.read_bytes() for file in found if file.parent.name not in ("warc", "reports")}  # fmt: skip


def rows(db: Database) -> dict[str, list[Any]]:
    """Every row of every table, and every token of the search index with its place."""
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.tokens USING fts5vocab(main, document_search, instance)")
    names = [name for name in db.table_names() if not name.startswith(("document_search", "sqlite"))]
    held: dict[str, list[Any]] = {name: sorted(map(repr, db[name].rows)) for name in names}
    held["tokens"] = db.execute("SELECT * FROM temp.tokens ORDER BY 1, 2, 3, 4").fetchall()
    return held


def one(db: Database, query: str) -> str:
    return str(db.execute(query).fetchone()[0])


def sentence_of(root: Path, db: Database, document: str) -> str:
    """The beginning of the longest paragraph of a document."""
    (path,) = db.execute("SELECT path FROM documents WHERE id = ?", [document]).fetchone()
    lines = body_of((root / path).read_bytes()).splitlines()
    return max((line for line in lines if "](" not in line), key=len)[:40]


@pytest.mark.parametrize("query", [WITH_COPIES, WITH_MEDIA, PLAIN])
def test_undoing_restores_every_row_and_every_byte(root: Path, db: Database, query: str) -> None:
    before, stood = rows(db), files(root)
    document = one(db, query)
    taken(root, db, document)
    assert rows(db) != before
    assert files(root).keys() != stood.keys()
    give_back(root, db, find(db, document), now=NOW)
    after = rows(db)
    for table in before:
        assert after[table] == before[table], table
    assert files(root) == stood
    assert not (root / "withheld").exists()


def test_what_was_taken_can_be_read_by_the_operator_alone(root: Path, db: Database) -> None:
    taken(root, db, one(db, WITH_MEDIA))
    kept = [root / "withheld", *(root / "withheld").rglob("*")]
    assert not [path for path in kept if path.stat().st_mode & 0o077]
    for path in kept:  # as an earlier release left them
        path.chmod(0o755 if path.is_dir() else 0o644)
    finish_all(root, db)
    assert not [path for path in kept if path.stat().st_mode & 0o077]


@pytest.mark.parametrize("query", [WITH_COPIES, WITH_MEDIA, PLAIN])
def test_nothing_of_it_is_left_where_anybody_reads(root: Path, db: Database, query: str) -> None:
    document = one(db, query)
    sentence = sentence_of(root, db, document)
    title, row = db.execute("SELECT title, search_row FROM documents WHERE id = ?", [document]).fetchone()
    held = taken(root, db, document).documents
    texts.erase(db)
    assert [hit.id for hit in hits(db, title) if hit.id in {one.tombstone.document for one in held}] == []
    assert [token for token in rows(db)["tokens"] if token[1] == row] == []
    assert db.execute("SELECT 1 FROM articles WHERE id = ? OR title = ?", [document, title]).fetchall() == []
    said = [
        f"{name} {row}" for name in db.table_names() if not name.startswith("document_search") for row in db[name].rows
    ]
    assert not [row for row in said if sentence in row or (title in row and not row.startswith("boilerplate"))]
    is_in_a_box = db.execute("SELECT 1 FROM boilerplate WHERE line = ?", [title]).fetchone() is not None
    close_catalog(db)
    for file in (file for file in root.rglob("*") if file.is_file()):
        if file.parts[len(root.parts)] not in ("warc", "withheld"):
            assert sentence.encode() not in file.read_bytes(), file
            assert title.encode() not in file.read_bytes() or (is_in_a_box and file.name == "catalog.db"), file
    assert sentence in (root / "withheld" / f"{held[-1].tombstone.document}.json").read_text("utf-8")


def test_media_of_others_stay_and_its_own_go(root: Path, db: Database) -> None:
    document = one(db, WITH_MEDIA)
    own = {path for held in taken(root, db, document).documents for path in held.media}
    assert own
    assert own.isdisjoint(files(root))
    assert all((root / "withheld" / path).is_file() for path in own)
    there = {path for (path,) in db.execute("SELECT path FROM media_files")}
    assert there == {path for path in files(root) if path.startswith("media/")}


def test_documents_with_the_same_text_go_with_it(root: Path, db: Database) -> None:
    copy, first = db.execute("SELECT id, duplicate_of FROM documents WHERE duplicate_of NOTNULL").fetchone()
    both = taken(root, db, copy)
    assert {copy, first} <= {held.tombstone.document for held in both.documents}
    assert db.execute("SELECT count(*) FROM documents WHERE duplicate_of = ?", [first]).fetchone() == (0,)
    given = give_back(root, db, find(db, first), now=NOW)
    assert {tombstone.document for tombstone in given} == {held.tombstone.document for held in both.documents}


def test_one_copy_alone_can_be_withheld(root: Path, db: Database) -> None:
    copy, first = db.execute("SELECT id, duplicate_of FROM documents WHERE duplicate_of NOTNULL").fetchone()
    before, stood = rows(db), files(root)
    taken(root, db, copy, only=True)
    assert db.execute("SELECT status FROM documents WHERE id = ?", [first]).fetchone() == ("live",)
    assert db.execute("SELECT 1 FROM copies WHERE id = ?", [copy]).fetchone() is None
    give_back(root, db, find(db, copy), now=NOW)
    assert (rows(db), files(root)) == (before, stood)


def test_where_only_the_first_is_withheld_the_next_has_its_text(root: Path, db: Database) -> None:
    first = one(db, WITH_COPIES)
    sentence, before, stood = sentence_of(root, db, first), rows(db), files(root)
    (held,) = taken(root, db, first, only=True).documents
    assert held.promoted is not None
    path, status = db.execute("SELECT path, status FROM documents WHERE id = ?", [held.promoted]).fetchone()
    assert (status, (root / path).is_file()) == ("live", True)
    assert held.promoted in {hit.id for hit in hits(db, sentence)}, "in whatever script its own page is"
    assert db.execute("SELECT count(*) FROM documents WHERE duplicate_of = ?", [first]).fetchone() == (0,)
    assert list(verify(Audit(root=root, db=db, now=NOW))) == []
    give_back(root, db, find(db, first), now=NOW)
    assert files(root) == stood
    after = rows(db)
    for held_rows in (before, after):  # a number may have come down to 0
        held_rows["tallies"] = [row for row in held_rows["tallies"] if "'number': 0" not in row]
    assert {table for table in before if before[table] != after[table]} <= {"documents", "media_links"}
    query = "SELECT count(*) FROM documents WHERE duplicate_of = ?"
    assert db.execute(query, [first]).fetchone()[0] == sum(
        f"'duplicate_of': '{first}'" in row for row in before["documents"]
    )
    assert list(verify(Audit(root=root, db=db, now=NOW))) == []


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_others_of_its_group_are_told_and_stand_without_it(archive: Archive, name: str) -> None:
    texts = {"a": LONG, "b": LONG + "阅览室的灯也换成了新的。", "c": LONG + "二楼还添了饮水机。"}
    outcomes(archive, *(seen(name, text, minutes=n) for n, (name, text) in enumerate(texts.items())))
    before = rows(archive.db)
    assert len(before["group_members"]) == 2
    found = hide(archive, name)
    assert [url for url, _, _ in found.alike] == [link_to(other).url for other in texts if other != name]
    assert not any(found.id in row for table in ("group_members", "signatures") for row in rows(archive.db)[table])
    assert len(rows(archive.db)["group_members"]) <= 1
    give_back(archive.root, archive.db, find(archive.db, found.id), now=NOW)
    assert rows(archive.db) == before


def test_a_view_of_holdings_counts_what_is_there(root: Path, db: Database) -> None:
    document = one(db, PLAIN)
    (site,) = db.execute("SELECT site FROM documents WHERE id = ?", [document]).fetchone()
    query = "SELECT articles, withheld FROM site_overview WHERE site = ?"
    (articles, none) = db.execute(query, [site]).fetchone()
    number = len(taken(root, db, document).documents)
    assert (none, db.execute(query, [site]).fetchone()) == (0, (articles - 1, number))


def test_an_archive_with_withheld_documents_verifies(root: Path, db: Database) -> None:
    for query in (WITH_COPIES, WITH_MEDIA, PLAIN):
        taken(root, db, one(db, query))
    assert list(verify(Audit(root=root, db=db, now=NOW))) == []


def test_the_evidence_says_so_and_keeps_what_it_has(root: Path, db: Database) -> None:
    before = {file.name: file.read_bytes() for file in root.glob("warc/*")}
    document = one(db, PLAIN)
    taken(root, db, document)
    give_back(root, db, find(db, document), now=NOW)
    assert {name: (root / "warc" / name).read_bytes() for name in before} == before
    said = []
    for file in sorted({*root.glob("warc/*")} - {root / "warc" / name for name in before}):
        with file.open("rb") as warc:
            for record in ArchiveIterator(warc):
                if record.rec_type == "metadata":
                    assert record.rec_headers.get_header("Archive-Purpose") == "takedown"
                    said.append(record.content_stream().read().decode())
    assert {text.splitlines()[0] for text in said} == {"action: withheld", "action: given back"}
    assert all("reason: asked by the person named" in text and f"document: {document}" in text for text in said)


def test_a_crawl_neither_asks_for_it_nor_brings_it_back(root: Path, db: Database, crawled: Crawled) -> None:
    document = one(db, WITH_COPIES)
    sentence = sentence_of(root, db, document)
    held = taken(root, db, document).documents
    close_catalog(db)
    before = len(crawled.campus.hits)
    ended = crawl(root, "-a", "full=1", seeds=crawled.seeds)
    assert ended.code == 0, ended.stderr
    asked = {path for _, path in crawled.campus.hits[before:]}
    assert asked
    assert asked.isdisjoint(urlsplit(one.tombstone.url).path for one in held)
    with closing(open_catalog(root / "catalog.db")) as again:
        assert {one.document for one in tombstones(again)} == {one.tombstone.document for one in held}
        query = (
            "SELECT 1 FROM links WHERE url IN (SELECT url FROM withheld_urls) AND (title NOTNULL OR next_visit NOTNULL)"
        )
        assert again.execute(query).fetchall() == []
        urls = [one.tombstone.url for one in held]
        visits = "SELECT count(*) FROM visits WHERE url = ? AND run = (SELECT max(run) FROM runs)"
        assert [again.execute(visits, [url]).fetchone()[0] for url in urls] == [0] * len(urls)
        give_back(root, again, find(again, document), now=NOW)
    assert set(crawl_of(root, crawled, urls).values()) <= {"unchanged", "not_modified", "duplicate"}
    assert any(sentence in file.read_text("utf-8") for file in root.glob("articles/*/*/*.md"))


def crawl_of(root: Path, crawled: Crawled, urls: list[str]) -> dict[str, str]:
    """Crawl everything again; return how the visits of these ended."""
    crawl(root, "-a", "full=1", seeds=crawled.seeds)
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        query = "SELECT outcome FROM visits WHERE url = ? AND run = (SELECT max(run) FROM runs)"
        return {url: db.execute(query, [url]).fetchone()[0] for url in urls}


def hide(archive: Archive, name: str, *, only: bool = False) -> Found:
    found = find(archive.db, link_to(name).url)
    withhold(archive.root, archive.db, found, "asked", now=NOW, only=only)
    return found


@pytest.mark.parametrize("together", [True, False])
def test_a_redirect_to_it_or_its_text_elsewhere_becomes_no_document(archive: Archive, together: bool) -> None:
    known(archive, "a", "b", "c")
    outcomes(archive, seen("a"))
    hide(archive, "a")
    visits = [seen("b", OTHER, final="a", minutes=5), seen("c", minutes=6), seen("d", OTHER, minutes=7)]
    groups = [visits] if together else [[visit] for visit in visits]
    found = [outcome for group in groups for outcome in outcomes(archive, *group)]
    assert found == ["not_article", "not_article", "new"]
    reasons = archive.db.execute("SELECT reason FROM visits ORDER BY id").fetchall()
    assert reasons[-3:] == [("withheld",), ("withheld",), (None,)]
    titles = archive.db.execute("SELECT title FROM links WHERE url LIKE '%/b%' OR url LIKE '%/c%'").fetchall()
    assert not any(title for (title,) in titles)
    assert due(archive).isdisjoint({"a", "b", "c"})
    give_back(archive.root, archive.db, find(archive.db, link_to("a").url), now=NOW)
    assert due(archive) >= {"a", "b", "c"}
    assert outcomes(archive, seen("c", minutes=8)) == ["duplicate"]


def test_another_article_may_say_the_same_where_only_the_one_is_withheld(archive: Archive) -> None:
    outcomes(archive, seen("a"))
    hide(archive, "a", only=True)
    assert outcomes(archive, seen("b", minutes=5), seen("a", minutes=6)) == ["new", "not_article"]


def test_a_list_or_a_seed_does_not_make_it_due(archive: Archive) -> None:
    known(archive, "a")
    outcomes(archive, seen("a"))
    hide(archive, "a")
    outcomes(archive, listing("list", link_to("a")))
    known(archive, "a")
    assert "a" not in due(archive)


def test_an_import_does_not_bring_it_back(tmp_path: Path) -> None:
    root, mirror = tmp_path / "archive", tmp_path / "mirror.md"
    mirror.write_bytes(mirror_files.cut_word())
    command = ["import", mirror, "-s", f"ARCHIVE_DIR={root}", "-s", f"SEEDS_DIR={root}"]
    assert scrapy_process.run(*command, env=environment()).returncode == 0
    with closing(open_catalog(root / "catalog.db")) as db:
        taken(root, db, mirror_files.PAGE)
        before = rows(db)
    for older, newer in (("2022-11-17", "2021-11-17"), ("2022-11-17", "2023-11-17")):
        mirror.write_text(mirror_files.cut_word().decode().replace(older, newer), "utf-8")
        ended = scrapy_process.run(*command, env=environment())
        assert "Traceback" not in ended.stderr
        with closing(open_catalog(root / "catalog.db")) as db:
            after = rows(db)
        assert len(after["visits"]) > len(before["visits"])
        for table in ("documents", "versions", "texts", "people", "media", "addresses", "tokens"):
            assert after[table] == before[table], table
        assert not list(root.glob("articles/*/*/*.md"))
        before = after


def test_every_version_goes_and_comes_back(archive: Archive) -> None:
    known(archive, "a")
    outcomes(archive, seen("a"))
    outcomes(archive, seen("a", OTHER, minutes=60))
    before, stood = rows(archive.db), files(archive.root)
    assert len([path for path in stood if path.endswith(".md")]) == 2
    found = hide(archive, "a")
    assert not [path for path in files(archive.root) if path.endswith(".md")]
    assert json.loads((archive.root / f"withheld/{found.id}.json").read_text("utf-8"))["files"].keys() == stood.keys()
    give_back(archive.root, archive.db, find(archive.db, found.id), now=NOW)
    assert (rows(archive.db), files(archive.root)) == (before, stood)


def test_a_catalog_made_anew_withholds_what_was_withheld(archive: Archive, tmp_path: Path) -> None:
    outcomes(archive, seen("a"), seen("b", OTHER, minutes=1))
    found = hide(archive, "a")
    before = tombstones(archive.db)
    with archive_in(tmp_path / "new") as new:
        shutil.copytree(archive.root / "withheld", new.root / "withheld")
        assert reinstate(new.root, new.db) == 1
        assert tombstones(new.db) == before
        with pytest.raises(TakedownError, match="which was made anew"):
            give_back(new.root, new.db, find(new.db, found.id), now=NOW)
        assert tombstones(new.db) == before
        assert not list(new.root.glob("articles/*/*/*.md"))
        assert outcomes(new, seen("a", minutes=9), seen("c", minutes=9), seen("b", OTHER, minutes=9)) == [
            "not_article",
            "not_article",
            "new",
        ]
        assert reinstate(new.root, new.db) == 0
        assert find(new.db, found.id).is_withheld


def test_a_document_that_is_there_is_not_withheld_by_a_file_that_was_left(archive: Archive) -> None:
    outcomes(archive, seen("a"))
    found = hide(archive, "a")
    left = (archive.root / f"withheld/{found.id}.json").read_bytes()
    give_back(archive.root, archive.db, find(archive.db, found.id), now=NOW)
    (archive.root / "withheld").mkdir()
    (archive.root / f"withheld/{found.id}.json").write_bytes(left)
    assert reinstate(archive.root, archive.db) == 0
    assert tombstones(archive.db) == []


def test_a_takedown_that_cannot_be_written_changes_nothing(root: Path, db: Database) -> None:
    before, stood = rows(db), files(root)
    (root / "withheld").write_text("in the way")
    with pytest.raises(OSError, match="withheld"):
        taken(root, db, one(db, WITH_COPIES))
    (root / "withheld").unlink()
    assert (rows(db), files(root)) == (before, stood)


def test_what_a_takedown_that_died_left_is_removed_by_the_next(root: Path, db: Database) -> None:
    document = one(db, WITH_MEDIA)
    stood = files(root)
    held = taken(root, db, document).documents
    for path in (path for one in held for path in (*one.files, *one.media)):
        (root / path).write_bytes(stood[path])
    finish_all(root, db)
    assert list(verify(Audit(root=root, db=db, now=NOW))) == []


def test_a_backup_holds_what_is_withheld_and_it_can_be_given_back_from_there(
    root: Path, db: Database, tmp_path: Path
) -> None:
    stood = files(root)
    document = one(db, WITH_MEDIA)
    taken(root, db, document)
    made = backup(root, tmp_path / "backups", clock=lambda: NOW)
    assert made.faults == ()
    restored = tmp_path / "restored"
    restore(made.folder, restored)
    with closing(open_catalog(restored / "catalog.db")) as again:
        give_back(restored, again, find(again, document), now=NOW)
    kept = {path for path in stood if path.startswith(("articles", "versions", "media"))}
    assert {path: data for path, data in files(restored).items() if path in kept} == {
        path: stood[path] for path in kept
    }


def test_every_table_that_speaks_of_documents_is_cared_for(db: Database) -> None:
    stay = {"visits", "withheld"}  # history without text; the tombstones
    speaking = {
        name
        for name in db.table_names()
        if any(row[2] == "documents" for row in db.execute(f"PRAGMA foreign_key_list('{name}')"))
    }
    assert speaking - stay == {*WITHDRAWN, "texts", "documents"} - {"signature_keys", "media_files", "issues", "checks"}


def test_the_row_of_a_withheld_document_takes_no_text(archive: Archive) -> None:
    outcomes(archive, seen("a"))
    found = hide(archive, "a")
    with pytest.raises(sqlite3.IntegrityError, match="this document is withheld"):
        archive.db.execute("UPDATE documents SET path = 'articles/x.md' WHERE id = ?", [found.id])
    with pytest.raises(sqlite3.IntegrityError, match="this document is withheld"), archive.db.atomic():
        archive.db.execute("INSERT INTO versions VALUES (?, 1, NULL, '', '', NULL, NULL, '', NULL, '')", [found.id])


def scrapy(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return scrapy_process.run("withhold", *arguments, "-s", f"ARCHIVE_DIR={root}", env=environment())


def test_the_command(root: Path, db: Database) -> None:
    copy, first = db.execute(
        "SELECT documents.url, firsts.url FROM documents JOIN documents AS firsts ON firsts.id = documents.duplicate_of"
    ).fetchone()
    close_catalog(db)
    done = scrapy(root, copy, "--reason", "asked by\nthe person named")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"withheld: {copy}\n" in done.stdout
    assert f"withheld: {first}  (the same text)\n" in done.stdout
    told = [line.split("\t") for line in scrapy(root, "--list").stdout.splitlines()]
    assert {(line[2], line[3]) for line in told} >= {(copy, "asked by the person named")}
    assert "is withheld already" in scrapy(root, copy, "--reason", "again").stdout
    undone = scrapy(root, "--undo", first)
    assert (undone.returncode, f"given back: {copy}\n" in undone.stdout) == (0, True)
    assert scrapy(root, "--list").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "expected the URL or id"),
        (("https://x.example/a.htm",), "--reason"),
        (("https://x.example/a.htm", "--reason", "x"), "no document has this URL or id"),
        (("--list", "https://x.example/a.htm"), "--list"),
    ],
)
def test_a_mistake_is_told(root: Path, arguments: tuple[str, ...], told: str) -> None:
    ended = scrapy(root, *arguments)
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert told in ended.stderr + ended.stdout


@pytest.mark.parametrize("chosen", [{}, {"sites": ["enorth", "vsb", "webplus"]}], ids=["everything", "selection"])
def test_its_captures_are_in_no_export(root: Path, db: Database, tmp_path: Path, chosen: dict[str, Any]) -> None:
    document = one(db, WITH_MEDIA)
    url = one(db, f"SELECT url FROM documents WHERE id = '{document}'")
    picture = one(db, f"SELECT url FROM media_links WHERE document = '{document}' AND sha256 IS NOT NULL")
    assert {url, picture} <= captured(root)
    taken(root, db, document)
    for form in ("bagit", "wacz"):
        export(Job(root=root, db=db, selection=Selection(**chosen), now=NOW), form, tmp_path / form)
    with zipfile.ZipFile(tmp_path / "wacz") as package:
        package.extractall(tmp_path / "package")
    assert bagit.Bag(str(tmp_path / "bagit")).is_valid()
    for folder in (tmp_path / "bagit", tmp_path / "package"):
        found = captured(folder)
        assert found
        assert not {url, picture} & found
        assert not [path for path in folder.rglob("*") if path.suffix == ".db"]
    export(Job(root=root, db=db, selection=Selection(), now=NOW), "cdxj", tmp_path / "index")
    index = (tmp_path / "index").read_text("utf-8")
    assert url not in index
    assert picture not in index
    assert len(index.splitlines()) > 50


def captured(folder: Path) -> set[str]:
    """Return the addresses that WARC files have records of, but for what the archive says of itself."""
    found = set()
    for path in folder.rglob("*.warc.gz"):
        with path.open("rb") as file:
            found |= {
                record.rec_headers.get_header("WARC-Target-URI")
                for record in ArchiveIterator(file)
                if record.rec_type in ("request", "response", "revisit")
            }
    return found


def test_a_run_that_writes_is_not_disturbed(root: Path) -> None:
    with lock(root):
        assert scrapy(root, "0" * 32, "--reason", "x").returncode == 5
