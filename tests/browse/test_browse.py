"""The reading room, asked through Datasette's own in-process client."""

import asyncio
import gc
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.app import Datasette
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.browse import METADATA, reading_room
from crawler.catalog import group, open_catalog
from crawler.catalog.tables import issues, links, runs, sites, visits
from crawler.catalog.tables.issues import Issue
from crawler.commands.browse import Command
from crawler.errors import CatalogError
from crawler.items import Article, Link, Media, MediaKind, Outcome, Role, Site, Visit
from crawler.urls import document_id
from tests import factories

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SITE = Site(key="example", name="示例大学", hosts=("news.example.edu.cn",))
ARTICLES = (
    Article(
        title="春季招聘会",
        body="就业指导中心主持。",
        published=datetime(2023, 2, 8, 14, 40, tzinfo=timezone(timedelta(hours=8))),
        people={"记者": ("王芳",)},
        section=("首页", "学校要闻"),
        media=(Media(kind=MediaKind.IMAGE, url="https://news.example.edu.cn/a.jpg"),),
    ),
    Article(title="圖書館", body="延長開放。", section=("首页", "校园生活")),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("archive")
    db = open_catalog(archive / "catalog.db")
    sites.save(db, SITE, now=NOW)
    runs.start(db, "r1", started=NOW, arguments={})
    with group(db):
        for n, article in enumerate(ARTICLES):
            record(db, f"https://news.example.edu.cn/{n}.htm", article)
        issues.add(db, Issue(run="r1", site="example", level="warning", code="expectation", message="x", at=NOW))
    runs.finish(db, "r1", finished=NOW + timedelta(minutes=5), exit_code=0)
    db.close()
    return archive


def record(db: Any, url: str, article: Article) -> None:
    found = [Link(url=url, fetch_url=url, role=Role.ARTICLE, title=article.title)]
    links.add(db, "example", found, found=NOW, found_on=None)
    visit = Visit(
        url=url,
        site="example",
        role=Role.ARTICLE,
        run="r1",
        fetched=NOW,
        outcome=Outcome.NEW,
        size=2048,
        document=document_id(url),
    )
    factories.record(db, factories.document(url, article), visit=visits.record(db, visit))


@pytest.fixture(scope="module")
def room(archive: Path) -> Iterator[Datasette]:
    room = reading_room(archive)
    yield room
    room.executor.shutdown()
    for database in room.databases.values():
        database.close()
    del room
    gc.collect()


def get(room: Datasette, path: str) -> Any:
    """Return the answer to a request on an event loop of its own."""
    return asyncio.run(room.client.get(path))


def tables() -> list[str]:
    return list(yaml.safe_load(METADATA.read_text("utf-8"))["databases"]["catalog"]["tables"])


def test_home_and_database_pages_open(room: Datasette) -> None:
    assert "Campus archive" in get(room, "/").text
    page = get(room, "/catalog")
    assert page.status_code == 200
    assert "articles" in page.text


@pytest.mark.parametrize("table", tables())
def test_every_described_table_opens(room: Datasette, table: str) -> None:
    assert get(room, f"/catalog/{table}").status_code == 200


def test_every_described_column_exists(archive: Path) -> None:
    db = open_catalog(archive / "catalog.db")
    described = yaml.safe_load(METADATA.read_text("utf-8"))["databases"]["catalog"]["tables"]
    shadow = {name for name in db.table_names() if name.startswith("document_search")}
    assert set(described) == {*db.view_names(), *db.table_names()} - shadow
    for table, about in described.items():
        columns = set(db[table].columns_dict)
        named = {*about.get("columns", ()), *about.get("facets", ()), *about.get("units", ())}
        named |= {about[key] for key in ("sort_desc", "fts_pk", "label_column") if key in about}
        assert named <= columns, table
    db.close()


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("就业", ["春季招聘会"]),
        ("就業", ["春季招聘会"]),
        ("图书馆", ["圖書館"]),
        ("王芳", ["春季招聘会"]),
        ("馆", ["圖書館"]),
        ('"*', []),
    ],
)
@pytest.mark.parametrize("table", ["articles", "documents"])
def test_search_box_finds_chinese_words(room: Datasette, table: str, text: str, titles: list[str]) -> None:
    answer = get(room, f"/catalog/{table}.json?_search={text}&_shape=array")
    assert [row["title"] for row in answer.json()] == titles


def test_facets_count_sections(room: Datasette) -> None:
    facets = get(room, "/catalog/articles.json").json()["facet_results"]
    assert {value["value"]: value["count"] for value in facets["section"]["results"]} == {
        "首页 / 学校要闻": 1,
        "首页 / 校园生活": 1,
    }


def test_newest_article_comes_first_with_descriptions_and_units(room: Datasette) -> None:
    page = get(room, "/catalog/articles")
    assert page.text.index("春季招聘会") < page.text.index("圖書館")
    assert "with the site&#39;s offset" in page.text
    assert "2.048&nbsp;kB" in get(room, "/catalog/recent_visits").text


def test_nothing_can_be_written(room: Datasette) -> None:
    answer = get(room, "/catalog.json?sql=delete+from+documents")
    assert answer.status_code == 400
    assert "SELECT" in answer.json()["error"]


def test_archive_without_a_catalog_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"catalog\.db: no catalog here; `scrapy crawl news` makes one"):
        reading_room(tmp_path)


def command(archive: Path) -> Command:
    command = Command()
    command.settings = Settings({"ARCHIVE_DIR": str(archive)})
    return command


def test_command_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no catalog here"):
        command(tmp_path).run([], Namespace(host="127.0.0.1", port=0, open=False, no_sql=False, collections=None))


def test_command_takes_no_argument(archive: Path) -> None:
    with pytest.raises(UsageError, match="named with -s ARCHIVE_DIR=archive"):
        command(archive).run(
            ["archive"], Namespace(host="127.0.0.1", port=0, open=False, no_sql=False, collections=None)
        )
