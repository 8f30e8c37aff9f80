"""The pages on articles, captures, sites, people and campaigns, asked in process: what they show, and what they refuse."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawler.browse import reading_room
from crawler.browse.pages.article import sides
from crawler.browse.prose import to_html
from crawler.catalog import group
from crawler.catalog.tables import visits
from crawler.items import Outcome, Role, Visit
from crawler.warc import Original, WarcWriter
from tests import factories, hostile
from tests.crawl_harness import Crawled

IMAGE = "ab/" + "ab" * 32 + ".png"


def close(room: Datasette) -> None:
    room.executor.shutdown()
    for database in room.databases.values():
        database.close()


def started(root: Path) -> Datasette:
    room = reading_room(root)
    asyncio.run(room.invoke_startup())
    return room


@pytest.fixture(scope="module")
def room(crawled: Crawled) -> Iterator[Datasette]:
    room = started(crawled.archive.root)
    yield room
    close(room)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasette]:
    root = tmp_path_factory.mktemp("hostile") / "archive"
    root.mkdir()
    hostile.build(root)
    room = started(root)
    yield room
    close(room)


def ask(room: Datasette, path: str, language: str = "en") -> Any:
    return asyncio.run(room.client.get(path, headers={"accept-language": language}))


def text(response: Any) -> str:
    return " ".join(html.fromstring(response.text).text_content().split())


def article_with(crawled: Crawled, condition: str) -> dict[str, Any]:
    return crawled.archive.rows(f"SELECT * FROM documents WHERE path NOTNULL AND {condition} LIMIT 1")[0]


def test_an_article_reads_as_it_did_with_all_that_is_known(room: Datasette, crawled: Crawled) -> None:
    row = article_with(
        crawled,
        "id IN (SELECT document FROM media WHERE sha256 NOTNULL AND kind = 'image') AND id IN (SELECT document FROM people)",
    )
    answer = ask(room, f"/article/{row['id']}")
    assert answer.status_code == 200
    page = html.fromstring(answer.text)
    assert page.xpath("//h1")[0].text_content() == row["title"]
    pictures = page.xpath("//div[contains(@class, 'prose')]//img/@src")
    assert pictures
    assert all(ask(room, picture).headers["content-type"] == "image/png" for picture in pictures)
    name = crawled.archive.values("SELECT name FROM people WHERE document = ?", row["id"])[0]
    assert page.xpath(f"//a[@href='/person/{quote(name)}']")
    shown = text(answer)
    visit = crawled.archive.rows(
        "SELECT visits.* FROM visits JOIN versions ON visit = visits.id WHERE versions.document = ?", row["id"]
    )[0]
    for fact in (
        row["content_digest"],
        row["url"],
        visit["warc"],
        visit["warc_record"],
        visit["payload_digest"],
        row["path"],
    ):
        assert fact in shown
    assert "转入文章首发地址" not in shown


def test_prev_and_next_stay_in_the_section(room: Datasette, crawled: Crawled) -> None:
    rows = crawled.archive.rows(
        "SELECT * FROM documents WHERE site = 'vsb' AND section LIKE '%校园要闻' AND path NOTNULL ORDER BY published"
    )
    page = html.fromstring(ask(room, f"/article/{rows[1]['id']}").text)
    assert page.xpath("//a[@rel='prev']/@href") == [f"/article/{rows[0]['id']}"]
    assert page.xpath("//a[@rel='next']/@href") == [f"/article/{rows[2]['id']}"]


def test_the_markdown_can_be_had(room: Datasette, crawled: Crawled) -> None:
    row = article_with(crawled, "1")
    answer = ask(room, f"/article/{row['id']}.md")
    assert answer.content == (crawled.archive.root / row["path"]).read_bytes()
    assert "attachment" in answer.headers["content-disposition"]


def test_a_duplicate_leads_to_the_first(room: Datasette, crawled: Crawled) -> None:
    row = crawled.archive.rows("SELECT id, duplicate_of FROM documents WHERE duplicate_of NOTNULL LIMIT 1")[0]
    answer = ask(room, f"/article/{row['id']}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/article/{row['duplicate_of']}")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "path", ["/sites", "/site/vsb", "/people", "/sources", "/campaigns", "/campaigns?q=图书馆", "/people?role=记者"]
)
def test_every_page_opens_in_both_languages(room: Datasette, path: str, language: str) -> None:
    answer = ask(room, path, language)
    assert answer.status_code == 200
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/article/" + "0" * 32,
        "/site/none",
        "/person/nobody",
        "/campaign/" + "0" * 32,
        "/capture/999999",
        "/article/" + "0" * 32 + "/versions/1",
    ],
)
def test_what_is_not_there_is_told(room: Datasette, path: str) -> None:
    assert ask(room, path).status_code == 404


def test_a_site_shows_its_days_fields_and_walls(room: Datasette, crawled: Crawled) -> None:
    page = html.fromstring(ask(room, "/site/vsb").text)
    year = max(
        crawled.archive.values("SELECT substr(published, 1, 4) FROM documents WHERE site = 'vsb' AND published NOTNULL")
    )
    expected = crawled.archive.values(
        "SELECT count(*) FROM documents WHERE site = 'vsb' AND path NOTNULL AND substr(published, 1, 4) = ?", year
    )[0]
    assert sum(int(number) for number in page.xpath("//table[@class='calendar']//td/a/text()")) == expected
    assert len(page.xpath("//meter")) == 5
    assert "robots" in page.text_content()


def test_a_person_is_found_under_every_role(room: Datasette, crawled: Crawled) -> None:
    name = crawled.archive.values("SELECT name FROM people GROUP BY name ORDER BY count(DISTINCT role) DESC LIMIT 1")[0]
    shown = text(ask(room, f"/person/{quote(name)}"))
    for role in crawled.archive.values("SELECT DISTINCT role FROM people WHERE name = ?", name):
        assert role in shown


def test_a_group_of_copies_is_a_timeline(room: Datasette, crawled: Crawled) -> None:
    first = crawled.archive.values("SELECT duplicate_of FROM documents WHERE duplicate_of NOTNULL LIMIT 1")[0]
    page = html.fromstring(ask(room, f"/campaign/{first}").text)
    assert len(page.xpath("//ol[@class='timeline']/li")) >= 2


def test_a_capture_is_shown_as_text_and_in_a_sandbox(room: Datasette, crawled: Crawled) -> None:
    visit = crawled.archive.rows("SELECT id FROM visits WHERE outcome = 'new' LIMIT 1")[0]["id"]
    answer = ask(room, f"/capture/{visit}")
    page = html.fromstring(answer.text)
    assert page.xpath("//iframe/@sandbox") == [""]
    raw = ask(room, f"/capture/{visit}/page")
    assert raw.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert (
        page.xpath("//pre[contains(@class, 'source')]")[0].text_content().strip() in unescape(raw.text).strip()
        or raw.text
    )


def test_a_page_that_had_not_changed_is_shown_as_it_was_kept(tmp_path: Path) -> None:
    url = f"https://{factories.HOST}/info/1001/1.htm"
    visit = Visit(
        url=url, site="example", role=Role.ARTICLE, run="r1", fetched=factories.NOW, outcome=Outcome.NEW, status=200
    )
    first = factories.page("<p>毕业典礼</p>", url)
    unsent = factories.page("", url, status=304, at=factories.NOW + timedelta(days=1))
    with WarcWriter(tmp_path, "r1", {}) as warc, factories.catalog(tmp_path, factories.SITE) as db:
        kept = warc.write(first)
        of = Original(url=url, at=factories.NOW, record_id=kept.record_id, payload_digest=kept.payload_digest)
        for evidence, capture in ((kept, first), (warc.write(unsent, of), unsent)):
            with group(db):
                visits.record(db, replace(visit, evidence=evidence, fetched=capture.fetched))
    room = started(tmp_path)
    try:
        assert "毕业典礼" in ask(room, "/capture/2/page").text
        page = html.fromstring(ask(room, "/capture/2").text)
        assert [one.get("href") for one in page.cssselect(".notice a")] == ["/capture/1"]
    finally:
        close(room)


def test_a_withheld_article_is_a_tombstone_everywhere(crawled: Crawled, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(crawled.archive.root, root)
    row = article_with(crawled, "1")
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        visit = db.execute("SELECT id FROM visits WHERE document = ?", [row["id"]]).fetchone()[0]
        db.execute(
            "INSERT INTO withheld VALUES (?, ?, '当事人要求', '2026-11-20T00:00:00+00:00')", [row["id"], row["url"]]
        )
        db.commit()
    room = started(root)
    try:
        for path in (
            f"/article/{row['id']}",
            f"/article/{row['id']}.md",
            f"/article/{row['id']}/versions/1",
            f"/article/{row['id']}/cite.bib",
        ):
            answer = ask(room, path)
            assert answer.status_code == 410
            assert "当事人要求" in answer.text
            assert row["title"] not in answer.text
        assert ask(room, f"/capture/{visit}").status_code == 404
        assert ask(room, f"/capture/{visit}/page").status_code == 404
        assert ask(room, f"/timemap/link/{row['url']}").status_code == 404
        assert ask(room, f"/collection.jsonl?ids={row['id']}").text == ""
        assert row["title"] not in ask(room, f"/collection?ids={row['id']}").text
    finally:
        close(room)


ACTIVE = re.compile(
    r"<script|<iframe|<style|<svg|<form[^>]+elsewhere|<base|\son\w+\s*=|javascript:|vbscript:|data:text", re.IGNORECASE
)


@pytest.mark.parametrize(
    "path",
    [
        f"/article/{hostile.ID}", f"/article/{hostile.ID}/versions/1",
        "/site/example", "/people", "/sources", "/campaigns", "/campaigns?q=会议", "/sites", "/", "/search?q=会议",
    ],
)  # fmt: skip
def test_nothing_of_an_article_is_markup(attacked: Datasette, path: str) -> None:
    answer = ask(attacked, path)
    assert answer.status_code in (200, 404)
    page = html.fromstring(answer.text)
    active = "//script[not(@type = 'application/ld+json')] | //iframe | //style | //object | //embed | //base"
    assert page.xpath(active) == []
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    addresses = page.xpath("//@href | //@src | //@action")
    assert [
        address for address in addresses if re.match(r"\s*(javascript|vbscript|data):", address, re.IGNORECASE)
    ] == []
    assert [source for source in page.xpath("//img/@src | //link/@href") if not source.startswith("/")] == []


def test_the_source_of_a_hostile_page_is_only_text(attacked: Datasette) -> None:
    page = html.fromstring(ask(attacked, "/capture/1").text)
    assert page.xpath("//script") == []
    assert hostile.SCRIPT in page.xpath("//pre[contains(@class, 'source')]")[0].text_content()


def test_a_picture_with_script_is_handed_over_not_shown(attacked: Datasette) -> None:
    page = html.fromstring(ask(attacked, f"/article/{hostile.ID}").text)
    (source,) = page.xpath("//div[contains(@class, 'prose')]//img/@src")
    answer = ask(attacked, source)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/media/../catalog.db", "/media/%2e%2e/catalog.db", "/media/..%2fcatalog.db", "/media/ab/..%2f..%2fcatalog.db", f"/media/{IMAGE}",
        f"/media/{IMAGE}/../../../catalog.db", "/media//etc/passwd", "/media/ab/%00.png", "/assets/../../catalog.db", "/assets/%2e%2e/plugin.py",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_media(room: Datasette, path: str) -> None:
    answer = ask(room, path)
    assert answer.status_code in (302, 400, 403, 404)
    assert b"SQLite format" not in answer.content


@given(st.text("<>&\"'`[]()!*_#|-+.:/\\ \nasdjavscript onerror=ﾠ\u202e", max_size=120))
def test_whatever_stands_in_a_text_its_html_does_nothing(text: str) -> None:
    found = to_html(text, missing="x")
    tree = html.fromstring(f"<div>{found}</div>")
    assert (
        tree.xpath(
            ".//script | .//style | .//iframe | .//object | .//form | .//@*[starts-with(name(), 'on')] | .//@style"
        )
        == []
    )
    assert [a for a in tree.xpath(".//@href") if not a.startswith(("http://", "https://", "/media/"))] == []
    assert [a for a in tree.xpath(".//@src") if not a.startswith("/media/")] == []


def test_headings_stand_below_the_title_and_local_media_are_served_from_here() -> None:
    found = to_html(
        f"# 一\n\n###### 六\n\n![图](../../../media/{IMAGE})\n\n[附件](../../../media/{IMAGE.replace('png', 'pdf')})",
        missing="x",
    )
    tree = html.fromstring(f"<div>{found}</div>")
    assert [heading.tag for heading in tree.xpath(".//h2 | .//h6")] == ["h2", "h6"]
    assert tree.xpath(".//img/@src") == [f"/media/{IMAGE}"]
    assert tree.xpath(".//a/@href") == [f"/media/{IMAGE.replace('png', 'pdf')}"]


def test_a_difference_stands_side_by_side() -> None:
    before, after = sides([("=", "很长的一段" * 60), ("-", "四万二千"), ("+", "四万三千"), ("=", "平方米。")])
    assert [(part.text, part.is_own) for part in before[1:]] == [("四万二千", True), ("平方米。", False)]
    assert [(part.text, part.is_own) for part in after[1:]] == [("四万三千", True), ("平方米。", False)]
    assert len(before[0].text) < 100
