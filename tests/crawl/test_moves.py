"""Pages and sites that move: the document stays the one it was, under whatever URL it is found."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.catalog import group, open_catalog
from crawler.catalog.tables import links, runs, sites
from crawler.dedup import content_digest
from crawler.ingest import Archive, Visited, store
from crawler.items import Article, Kind, Link, Precision, Reading, Role, Site
from crawler.pages.discovery import make_link
from crawler.pages.families import canonical_url
from crawler.urls import document_id
from crawler.warc import WarcWriter
from tests import factories
from tests.crawl_harness import Archive as Stored
from tests.ingest.test_ingest import START
from tests.near_texts import labelled

OLD = Site(key="lake", name="湖光大学", hosts=("www.oldlake.example",), scheme="http")
BOTH = replace(OLD, hosts=("news.lake.example", "www.oldlake.example"), scheme="https")
MOVED = replace(OLD, hosts=("news.lake.example",), moved_from=("www.oldlake.example",), scheme="https")
TEXT, OTHER = (labelled(seed, stories=1)[0].body for seed in (7, 9))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with closing(open_catalog(tmp_path / "catalog.db")) as db:
        with group(db):
            sites.save(db, OLD, now=START)
            runs.start(db, "r1", started=START, arguments={})
        warc = WarcWriter(tmp_path, "r1", {"software": "test/1"})
        yield Archive(root=tmp_path, db=db, warc=warc, run="r1")
        warc.close()


def seen(
    site: Site, url: str, text: str = TEXT, *, final: str | None = None, minutes: int = 0, title: str = "标题"
) -> Visited:
    at = START + timedelta(minutes=minutes)
    article = Article(title=title, body=text, published=START, precision=Precision.DAY)
    capture = factories.capture(factories.exchange(final or url, text.encode(), at=at), url=url)
    reading = Reading(kind=Kind.ARTICLE, article=article, is_news=True, content_digest=content_digest(article))
    return Visited(site=site, link=factories.link(url), at=at, capture=capture, reading=reading)


def outcome(archive: Archive, visited: Visited) -> str:
    (visit,) = store(archive, [visited])
    Stored(archive.root).check()
    return visit.outcome.value


def rows(archive: Archive) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in Stored(archive.root).rows("SELECT * FROM documents")}


OLD_URL, NEW_URL = "http://www.oldlake.example/info/1/2.htm", "https://news.lake.example/info/1/2.htm"


def test_a_page_that_redirects_to_another_host_of_its_site_keeps_its_document(archive: Archive) -> None:
    store(archive, [seen(OLD, OLD_URL)])
    before = rows(archive)
    assert outcome(archive, seen(BOTH, OLD_URL, final=NEW_URL, minutes=5)) == "unchanged"
    assert outcome(archive, seen(BOTH, NEW_URL, minutes=6)) == "unchanged"
    assert rows(archive) == before
    assert Stored(archive.root).rows("SELECT url, document FROM addresses") == [
        {"url": NEW_URL, "document": document_id(OLD_URL)}
    ]


@pytest.mark.parametrize("new_first", [False, True])
def test_both_urls_in_one_group_are_one_document(archive: Archive, new_first: bool) -> None:
    store(archive, [seen(OLD, OLD_URL)])
    visits = [seen(BOTH, OLD_URL, final=NEW_URL, minutes=5), seen(BOTH, NEW_URL, minutes=6)]
    store(archive, visits[::-1] if new_first else visits)
    assert set(rows(archive)) == {OLD_URL}


def test_a_site_that_moved_keeps_its_documents(archive: Archive) -> None:
    store(archive, [seen(OLD, OLD_URL)])
    path = rows(archive)[OLD_URL]["path"]
    assert outcome(archive, seen(MOVED, NEW_URL, minutes=5)) == "unchanged"
    assert outcome(archive, seen(MOVED, NEW_URL, TEXT + "欢迎来馆。", minutes=6)) == "changed"
    (row,) = rows(archive).values()
    assert (row["id"], row["path"], row["version"]) == (document_id(OLD_URL), path, 2)


def test_another_article_under_the_old_number_is_another_document(archive: Archive) -> None:
    store(archive, [seen(OLD, OLD_URL)])
    assert outcome(archive, seen(MOVED, NEW_URL, OTHER, minutes=5, title="另一件事")) == "new"
    assert set(rows(archive)) == {OLD_URL, NEW_URL}


def test_old_pages_that_all_lead_to_one_notice_have_not_moved(archive: Archive) -> None:
    store(archive, [seen(OLD, OLD_URL)])
    notice = seen(BOTH, OLD_URL, OTHER, final="https://news.lake.example/notice.htm", minutes=5, title="网站搬迁公告")
    assert outcome(archive, notice) == "new"
    assert rows(archive)[OLD_URL]["version"] == 1


def test_a_site_that_turns_to_https_keeps_its_documents(archive: Archive) -> None:
    store(archive, [seen(OLD, OLD_URL)])
    url = OLD_URL.replace("http:", "https:")
    assert outcome(archive, seen(replace(OLD, scheme="https"), url, OTHER, minutes=5)) == "changed"
    assert set(rows(archive)) == {OLD_URL}


def test_links_to_the_old_host_are_followed_on_the_new_one() -> None:
    found = make_link("https://news.lake.example/", OLD_URL, MOVED, role=Role.OTHER)
    assert found == Link(url=NEW_URL, fetch_url=NEW_URL, role=Role.OTHER)


def test_the_frontier_moves_with_its_site(archive: Archive) -> None:
    old = [OLD_URL, "http://www.oldlake.example/info/1/3.htm"]
    with group(archive.db):
        links.add(
            archive.db,
            "lake",
            [Link(url=url, fetch_url=url, role=Role.ARTICLE) for url in (*old, NEW_URL)],
            found=START,
            found_on=None,
        )
        moved = links.move(archive.db, "lake", old="http://www.oldlake.example/", new="https://news.lake.example/")
    assert moved == 1
    due = links.due(archive.db, "lake", now=START + timedelta(days=1), run="r2", limit=9)
    assert sorted((link.url, link.fetch_url) for link in due) == [
        (NEW_URL, NEW_URL),
        ("https://news.lake.example/info/1/3.htm",) * 2,
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.lake.example/info/1012/2301.htm", "https://news.lake.example/info/1012/2301.htm"),
        ("https://news.lake.example/info/1012/2301.htm", "https://news.lake.example/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1012&wbnewsid=2301"),
        ("https://news.lake.example/2024/0315/c132a4567/page.htm", "https://news.lake.example/2024/0315/c132a4567/page.psp"),
        ("https://news.lake.example/info/1012/2301.htm#top", "https://NEWS.lake.example:443/info/1012/2301.htm?utm_source=x"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_page_are_one_document(one: str, other: str) -> None:
    assert canonical_url(one, "https") == canonical_url(other, "https")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.lake.example/info/1012/2301.htm", "https://news.lake.example/info/1015/2301.htm"),
        ("https://news.lake.example/2024/0315/c132a4567/page.htm", "https://news.lake.example/2024/0315/c140a4567/page.htm"),
    ],
    ids=["vsb", "webplus"],
)  # fmt: skip
@pytest.mark.parametrize("text", [TEXT, TEXT + "（本栏编辑：林晓）"], ids=["equal", "alike"])
def test_one_article_under_two_columns_is_linked_to_the_first(
    archive: Archive, one: str, other: str, text: str
) -> None:
    store(archive, [seen(BOTH, one), seen(BOTH, other, text, minutes=1)])
    (copy,) = Stored(archive.root).rows("SELECT url, first_url, elsewhere FROM copies")
    assert copy == {"url": other, "first_url": one, "elsewhere": 0}
