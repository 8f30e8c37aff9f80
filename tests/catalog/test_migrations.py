"""Catalogs of every earlier state of the schema become catalogs of today: nothing is lost, and a failure changes nothing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database, Migrations

from crawler.catalog import open_catalog, open_reader, schema
from crawler.catalog.tokens import bigrams
from crawler.errors import CatalogError
from tests.searching import hits

STATES = [migration.name for migration in schema.MIGRATIONS._migrations]
TODAY = len(STATES)
FIRST, SECOND, COPY = (letter * 32 for letter in "abc")
TEXT = (
    "图书馆自本学期起延长开放时间，每天从清晨六点半开放到深夜十一点，考试周通宵开放。各楼层增设自习座位八百余个，研讨间可以提前三天预约。"
    "馆长介绍，去年接待读者一百二十万人次，借出图书三十七万册，其中文学类最受欢迎。新购的电子资源覆盖理工农医各个学科，校外访问也已开通。"
)
WHEN = "2026-11-23T03:00:00+00:00"

SITE = """
INSERT INTO sites (key, name, host, hosts, timezone, definition, added, updated)
VALUES ('example', '示例大学', 'news.example.edu.cn', '["news.example.edu.cn"]', 'Asia/Shanghai', '{}', :when, :when);
"""
RUN = "INSERT INTO runs (run, started, finished, state, exit_code, arguments, visits, new) VALUES ('r1', :when, :when, 'finished', 0, '{}', 3, 3)"
VISIT = """
INSERT INTO visits (id, url, site, run, role, fetched, outcome, reason, status, document, links_found, warc, warc_offset, warc_record)
VALUES (:n, :url, 'example', 'r1', 'article', :when, 'new', NULL, 200, :id, 4, 'warc/r1-00000.warc.gz', :n * 1000, '<urn:uuid:' || :n || '>')
"""
LINK = """
INSERT INTO links (seq, url, site, fetch_url, role, priority, title, found, next_visit, last_visit, last_run, last_outcome)
VALUES (:n, :url, 'example', :url, 'article', 2, '题目', :when, :when, :when, 'r1', 'new')
"""
DOCUMENT = """
INSERT INTO documents (
    id, url, site, title, published, date_precision, source, language, path, version, status, content_digest, duplicate_of,
    archived, extractor, confidence, provenance, characters, images, attachments, videos, search_row
) VALUES (
    :id, :url, 'example', '图书馆延长开放时间', '2024-05-06T00:00:00+08:00', 'day', '校报', 'zh-Hans', :path, 1, :status, :digest, :first,
    :when, '1', 0.9, '{}', 300, 1, 0, 0, :row
)
"""
VERSION = """
INSERT INTO versions (document, version, visit, captured, title, path, content_digest, markdown_digest, extractor)
VALUES (:id, 1, :n, :when, '图书馆延长开放时间', :path, :digest, :markdown, '1')
"""
MEDIUM = "INSERT INTO media (document, position, kind, url, caption) VALUES (:id, 1, 'image', 'https://news.example.edu.cn/a.jpg', '阅览室')"
PERSON = "INSERT INTO people (document, position, role, name) VALUES (:id, 1, '记者', '王芳')"
PLAIN = (
    "INSERT INTO texts (row, document, title, names, body) VALUES (:row, :id, '图书馆延长开放时间', '校报 王芳', :body)"
)


def older(path: Path, states: int) -> Database:
    """Return a catalog to which only so many migrations were applied, with rows in every table a document needs."""
    db = Database(path, execute_plugins=False)
    released = Migrations("catalog")
    released._migrations = schema.MIGRATIONS._migrations[:states]
    released.apply(db)
    with db.atomic():
        db.execute(SITE, {"when": WHEN})
        db.execute(RUN, {"when": WHEN})
        for n, (document, end) in enumerate(((FIRST, ""), (SECOND, "阅览室的灯也换成了新的。"), (COPY, "")), 1):
            fill(db, n, document, TEXT + end)
    return db


def fill(db: Database, n: int, document: str, body: str) -> None:
    is_copy = document == COPY
    values = {
        "n": n,
        "id": document,
        "url": f"https://news.example.edu.cn/info/1/{n}.htm",
        "path": None if is_copy else f"articles/news.example.edu.cn/2024/{document}.md",
        "status": "duplicate" if is_copy else "live",
        "first": FIRST if is_copy else None,
        "digest": f"sha256:{1 if is_copy else n}",
        "markdown": None if is_copy else f"sha256:{n}{n}",
        "row": None if is_copy else n,
        "when": f"2026-11-23T0{n}:00:00+00:00",
        "body": body,
    }
    statements = (DOCUMENT, VISIT, VERSION, LINK, MEDIUM, PERSON) if is_copy else (DOCUMENT, VISIT, VERSION, LINK, MEDIUM, PERSON, PLAIN)  # fmt: skip
    for statement in statements:
        db.execute(statement, values)
    if not is_copy:
        row = (n, bigrams("图书馆延长开放时间"), bigrams("校报 王芳"), bigrams(body))
        db.execute("INSERT INTO document_search (rowid, title, names, body) VALUES (?, ?, ?, ?)", row)


def rows(db: Database) -> dict[str, list[dict[str, Any]]]:
    names = [name for name in db.table_names() if not name.startswith(("document_search", "sqlite"))]
    return {name: list(db.query(f'SELECT * FROM "{name}"')) for name in names}


def design(db: Database) -> set[tuple[str, str]]:
    return {(name, sql) for name, sql in db.execute("SELECT name, sql FROM sqlite_schema WHERE sql NOTNULL")}


@pytest.mark.parametrize("states", range(1, TODAY), ids=STATES[:-1])
def test_every_earlier_catalog_becomes_one_of_today_with_all_its_rows(states: int, tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with closing(older(path, states)) as db:
        before = rows(db)
    with closing(open_catalog(path)) as db, closing(open_catalog(tmp_path / "new.db")) as new:
        assert design(db) == design(new)
        after = rows(db)
        before["tallies"] = before.get("tallies", [])
        assert all(row in after["tallies"] for row in before["tallies"])  # later migrations count more
        for table in before.keys() - {"_sqlite_migrations", "links", "media_links", "tallies"}:
            kept = [{name: row[name] for name in old} for row, old in zip(after[table], before[table], strict=True)]
            assert kept == before[table], table
        for link, old in zip(after["links"], before["links"], strict=True):
            assert {name: link[name] for name in old} == old
            assert states >= STATES.index("0003_revisit") + 1 or link["first_run"] == "r1"
        due = {medium["url"] for medium in before["media"]} if states < STATES.index("0012_media") + 1 else set()
        assert {link["url"] for link in after["media_links"]} == due
        assert {hit.id for hit in hits(db, "通宵 王芳")} == {FIRST, SECOND}
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (2,)
        if states < STATES.index("0005_groups") + 1:
            assert db.execute("SELECT document, first FROM group_members").fetchall() == [(SECOND, FIRST)]
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("states", [1, TODAY - 1])
def test_the_catalog_of_before_is_kept_beside_it(states: int, tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with closing(older(path, states)) as db:
        before, was = rows(db), design(db)
    open_catalog(path).close()
    copy = tmp_path / f"catalog.db.before-{STATES[states]}"
    with closing(Database(copy, execute_plugins=False)) as db:
        assert (rows(db), design(db)) == (before, was)
    copy.unlink()
    open_catalog(path).close()
    assert not list(tmp_path.glob("*.before-*")), "nothing is copied where nothing is migrated"


def test_an_empty_catalog_is_not_copied(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "catalog.db", execute_plugins=False)) as db:
        released = Migrations("catalog")
        released._migrations = schema.MIGRATIONS._migrations[:1]
        released.apply(db)
    open_catalog(tmp_path / "catalog.db").close()
    open_catalog(tmp_path / "new.db").close()
    assert not list(tmp_path.glob("*.before-*"))


def test_a_migration_that_fails_leaves_the_catalog_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with closing(older(path, 3)) as db:
        db.executescript(
            "CREATE TABLE held (mine TEXT)"
        )  # stands where 0004_history wants its own: half of that is done by then
        before, was = rows(db), design(db)
    with pytest.raises(CatalogError, match=r"catalog\.db: not usable as a catalog: table held already exists"):
        open_catalog(path)
    with closing(Database(path, execute_plugins=False)) as db:
        assert (rows(db), design(db)) == (before, was)
        db.executescript("DROP TABLE held")
    with closing(open_catalog(path)) as db:
        assert len(rows(db)["documents"]) == 3


def test_a_catalog_that_cannot_be_copied_is_not_migrated(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with closing(older(path, 3)) as db:
        was = design(db)
    (tmp_path / f"catalog.db.before-{STATES[3]}").mkdir()
    with pytest.raises(CatalogError, match="cannot be copied before it is migrated"):
        open_catalog(path)
    with closing(Database(path, execute_plugins=False)) as db:
        assert design(db) == was
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("states", [1, TODAY - 1])
def test_a_reader_of_an_older_catalog_is_told_what_brings_it_up_to_date(states: int, tmp_path: Path) -> None:
    with closing(older(tmp_path / "catalog.db", states)):
        pass
    with pytest.raises(
        CatalogError, match=rf"earlier release \(it lacks the migration {STATES[states]}\): `scrapy verify`"
    ):
        open_reader(tmp_path / "catalog.db")
    open_catalog(tmp_path / "catalog.db").close()
    open_reader(tmp_path / "catalog.db").close()


def test_a_reader_that_asks_for_what_every_release_has_reads_an_older_catalog(tmp_path: Path) -> None:
    with closing(older(tmp_path / "catalog.db", TODAY - 1)):
        pass
    with closing(open_reader(tmp_path / "catalog.db", any_release=True)) as db:
        assert json.loads(db.execute("SELECT json_group_array(status) FROM documents").fetchone()[0]).count("live") == 2


def test_a_copy_of_an_earlier_attempt_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    with closing(older(path, 3)):
        pass
    copy = tmp_path / f"catalog.db.before-{STATES[3]}"
    copy.write_text("half")
    open_catalog(path).close()
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM documents").fetchone() == (3,)
