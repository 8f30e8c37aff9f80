"""Counts kept by triggers equal counts made anew, whatever happens to documents."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog.queries import agreement, overview, people, sources
from crawler.catalog.queries.overview import TallyKind
from crawler.catalog.tables import counts, documents
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


def test_what_is_recorded_counts_by_day_month_section_and_source(db: Database) -> None:
    record(db, document(1), document(2, published=None, source="校报"))
    assert overview.of_site(db, "example", TallyKind.DAY) == {"2026-11-23": 1, "": 1}
    assert overview.months(db) == {"example": {"2026-11": 1}}
    assert overview.of_site(db, "example", TallyKind.SECTION) == {"首页 / 要闻": 2}
    assert [(one.name, one.articles) for one in sources.sources(db)] == [("校报", 1)]
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
    assert counts.wrong(db) == []
    counts.recount(db)
    assert kept(db) == counted


def test_agreement_and_bylines_follow_every_change(db: Database) -> None:
    named = {"记者": ("王芳", "李明"), "摄影": ("王芳",)}
    record(db, document(1, title_agrees=True, day_agrees=False, people=named), document(2, title_agrees=False))
    assert agreement.shares(db)["example"] == agreement.Agreement(titles=2, titles_agree=1, days=1, days_agree=0)
    assert people.names(db, None) == [("王芳", 2), ("李明", 1)]
    assert people.names(db, "摄影") == [("王芳", 1)]
    assert people.names(db, None, "李") == [("李明", 1)]
    assert people.roles(db) == [("记者", 2), ("摄影", 1)]
    record(
        db, document(1, title_agrees=None, people={"记者": ("李明",)}), document(2, title_agrees=True, day_agrees=True)
    )
    assert agreement.shares(db, "example")["example"] == agreement.Agreement(
        titles=1, titles_agree=1, days=1, days_agree=1
    )
    assert people.names(db, None) == [("李明", 1)]
    assert counts.wrong(db) == []


def test_counts_that_are_wrong_are_told_and_made_right(db: Database) -> None:
    record(db, document(1, people={"记者": ("王芳",)}))
    with db.atomic():
        db.execute("UPDATE tallies SET number = 7 WHERE kind = 'articles'")
        db.execute("DELETE FROM bylines WHERE role = ''")
    assert counts.wrong(db) == [("tallies", 2), ("bylines", 1)]
    counts.recount(db)
    assert counts.wrong(db) == []


def test_a_document_that_is_deleted_counts_no_more(db: Database) -> None:
    record(db, document(1))
    with db.atomic():
        for table in ("versions", "texts", "media", "people", "documents"):
            db.execute(f"DELETE FROM {table}")
    assert kept(db) == []
    assert counts.wrong(db) == []


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("湖光日报2024年12月6日12版", "湖光日报"),
        ("2018年09月15日 湖光日报 第1版", "湖光日报"),
        ("《湖光日报》（ 2018年09月13日 03 版）", "湖光日报"),
        ("湖光日报20241206 20、21版", "湖光日报"),
        ("湖光日报2018年9月23日1版转2版", "湖光日报"),
        ("《湖光》杂志2024年第3期", "《湖光》杂志"),
        ("湖光校报 第1476期", "湖光校报"),
        ("2018-09-21 16:27 湖云", "湖云"),
        ("湖光电视台2018年9月23日《湖光新闻》", "湖光电视台 《湖光新闻》"),
        ("来源：校报", "来源：校报"),
        ("2024年12月6日", "2024年12月6日"),
        ("985高校联盟", "985高校联盟"),
    ],
)
def test_a_source_is_the_paper_not_its_day_and_page(printed: str, name: str) -> None:
    assert sources.publisher(printed) == name
