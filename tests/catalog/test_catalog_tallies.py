"""Counts kept by triggers equal counts made anew, whatever happens to documents."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog import schema
from crawler.catalog.queries import overview
from crawler.catalog.queries.overview import TallyKind
from crawler.catalog.tables import documents
from crawler.items import Document, Media, MediaKind, Status
from tests import factories
from tests.factories import NOW, record

PICTURE = Media(kind=MediaKind.IMAGE, url="https://news.example.edu.cn/a.jpg")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with factories.catalog(tmp_path, factories.SITE) as db:
        yield db


def document(n: int, **article: object) -> Document:
    url = f"https://news.example.edu.cn/{n}.htm"
    told = {"title": f"第{n}篇", "published": NOW, "section": ("首页", "要闻"), "media": (PICTURE,)}
    return factories.document(url, factories.article(**{**told, **article}))


def kept(db: Database) -> list[tuple[object, ...]]:
    return [row for row in db.execute("SELECT * FROM tallies ORDER BY kind, site, value").fetchall() if row[3]]


def recount(db: Database) -> None:
    """Count everything anew, as the migrations did that made the table, and added to it."""
    scripts = [(schema.SCRIPTS / name).read_text("utf-8") for name in ("0010_room.sql", "0018_flat.sql")]
    first, second = (
        part
        for script in scripts
        for part in script.split(";")
        if "INSERT INTO tallies" in part and "TRIGGER" not in part and "new." not in part
    )
    db.executescript(f"DELETE FROM tallies; {first}; {second};")


def test_what_is_recorded_counts_by_day_month_section_and_source(db: Database) -> None:
    record(db, document(1), document(2, published=None, source="校报"))
    assert overview.of_site(db, "example", TallyKind.DAY) == {"2026-11-23": 1, "": 1}
    assert overview.months(db) == {"example": {"2026-11": 1}}
    assert overview.of_site(db, "example", TallyKind.SECTION) == {"首页 / 要闻": 2}
    assert [(one.name, one.articles) for one in overview.sources(db)] == [("校报", 1)]
    assert overview.total(db, TallyKind.IMAGES) == 2
    assert overview.by_site(db, TallyKind.ARTICLES) == {"example": 2}


def test_counts_follow_every_change(db: Database) -> None:
    first, second = document(1), document(2)
    record(db, first, second, document(3))
    record(db, document(1, section=("首页", "通知"), published=datetime(2025, 1, 2, tzinfo=UTC), media=()))
    documents.set_status(db, second.id, Status.GONE, markdown_digest=None)
    documents.relink(db, old_first=first.id, new_first=second.id)
    db.execute(
        "UPDATE documents SET title = '', path = NULL, search_row = NULL WHERE id = ?", [document(3).id]
    )  # withheld
    counted = kept(db)
    assert ("articles", "example", "", 1) in counted
    assert ("copies", "example", "", 1) in counted
    assert ("gone", "example", "", 1) in counted
    recount(db)
    assert kept(db) == counted


def test_a_document_that_is_deleted_counts_no_more(db: Database) -> None:
    record(db, document(1))
    with db.atomic():
        for table in ("versions", "texts", "media", "people", "documents"):
            db.execute(f"DELETE FROM {table}")
    assert kept(db) == []
