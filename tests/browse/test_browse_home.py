"""Home, search, help and faults of the reading room in both languages, and what is around every response."""

import asyncio
import csv
import gc
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from lxml import etree, html

from crawler.browse import METADATA, reading_room
from crawler.browse.headers import POLICY
from crawler.catalog import close_catalog, group, is_immutable, open_catalog, open_reader
from crawler.catalog.tables import runs, sites
from crawler.errors import CatalogError
from crawler.items import Article, Site
from tests import factories

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
SITE = Site(key="example", name="示例大学", hosts=("news.example.edu.cn",))
HOSTILE = '<script>alert(1)</script><img src=x style="x" onerror=alert(1)>招聘'
PATHS = (
    "/",
    "/search",
    "/search?q=招聘",
    "/search?q=%22*",
    "/help",
    "/catalog",
    "/catalog/articles",
    "/catalog/documents",
    "/nowhere",
)
WORDS = {"en": ("Nothing found", "There is no such page"), "zh": ("没有找到", "没有这个页面")}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("archive")
    db = open_catalog(archive / "catalog.db")
    sites.save(db, SITE, now=NOW)
    runs.start(db, "r1", started=NOW, arguments={})
    with group(db):
        for n, title in enumerate((HOSTILE, "=HYPERLINK(1)", "春季招聘会", *(f"通知{n}" for n in range(30)))):
            record(db, n, title)
        db.execute(
            "INSERT INTO alarms (site, code, since, last, message) VALUES ('example', 'drift', ?, ?, 'layout <b>changed</b>')",
            [NOW.isoformat(), NOW.isoformat()],
        )
    runs.finish(db, "r1", finished=NOW + timedelta(minutes=5), exit_code=0)
    close_catalog(db)
    return archive


def record(db: Any, n: int, title: str) -> None:
    url = f"https://news.example.edu.cn/{n}.htm"
    article = Article(
        title=title,
        body="就业指导中心主持<招聘>活动。\x0b",
        published=datetime(2026, 5, 1 + n % 28, tzinfo=CHINA),
        people={"记者": ("王芳",)},
        section=("首页", "学校要闻"),
        source="校报&后勤",
    )
    factories.record(db, factories.document(url, article))


@pytest.fixture(scope="module")
def room(archive: Path) -> Iterator[Datasette]:
    room = reading_room(archive)
    yield room
    close(room)


def close(room: Datasette) -> None:
    room.executor.shutdown()
    for database in room.databases.values():
        database.close()
    gc.collect()


def get(room: Datasette, path: str, **headers: str) -> Any:
    return asyncio.run(room.client.get(path, headers=headers))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_one_heading_landmarks_and_its_language(room: Datasette, path: str, language: str) -> None:
    answer = get(room, path, **{"accept-language": language})
    page = html.document_fromstring(answer.text)
    assert answer.status_code == (404 if path == "/nowhere" else 200)
    assert page.get("lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main[@id='content']")) == 1
    assert page.xpath("//a[@class='skip']/@href") == ["#content"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "path", [*PATHS, "/search.json", "/search.csv", "/search.atom", "/assets/room.css", "/catalog/articles.json"]
)
def test_every_response_carries_the_policy_and_sets_no_cookie(room: Datasette, path: str) -> None:
    answer = get(room, path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_no_page_holds_what_the_policy_forbids_or_what_is_elsewhere(room: Datasette, path: str) -> None:
    page = html.document_fromstring(get(room, path).text)
    assert page.xpath("//script | //style | //main//svg//@style") == []
    assert [
        url
        for url in page.xpath("//link/@href | //img/@src | //form/@action")
        if not url.startswith(("/", "http://localhost/"))
    ] == []
    assert [name for name in page.xpath("//@*/..") for name in name.attrib if name.startswith("on")] == []


def test_a_language_asked_for_is_kept_in_a_cookie_and_leaves_tables_alone(room: Datasette) -> None:
    answer = get(room, "/catalog/articles?lang=zh&section__contains=要闻")
    assert answer.headers["set-cookie"].startswith("lang=zh; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")
    assert 'lang="zh-CN"' in answer.text
    assert "春季招聘会" in get(room, "/catalog/articles?lang=zh&_search=招聘").text
    kept = get(room, "/", cookie="lang=zh", **{"accept-language": "en"})
    assert "最新文章" in kept.text
    assert "set-cookie" not in get(room, "/?lang=xx").headers


def test_the_link_to_the_other_language_asks_the_same(room: Datasette) -> None:
    page = html.document_fromstring(get(room, "/search?q=招聘&page=1").text)
    (url,) = page.xpath("//*[@class='languages']//a/@href")
    assert "检索" in get(room, url).text
    assert "春季" in get(room, url).text


def test_home_says_what_is_there_and_what_is_wrong(room: Datasette) -> None:
    page = html.document_fromstring(get(room, "/").text)
    text = " ".join(page.text_content().split())
    assert "33 articles" in text
    assert "last run: Nov 23, 2026 03:05 (UTC)" in text
    assert page.xpath("//a[@href='/look']/text()")[-1] == "1 alarm stands"
    assert "layout <b>changed</b>" in html.document_fromstring(get(room, "/look").text).text_content()
    assert page.xpath("//main//table//a[@href='/site/example']")
    assert page.xpath("string(//figure[1]/figcaption)") == "Articles by month of publication"
    table = page.xpath("//figure[1]//table//td")
    assert [cell.text for cell in table] == ["33"]


def test_search_marks_escapes_and_narrows(room: Datasette) -> None:
    answer = get(room, "/search?q=招聘&site=example&section=学校要闻")
    assert "<script>" not in answer.text
    page = html.document_fromstring(answer.text)
    assert "招聘" in page.xpath("//mark/text()")
    assert page.xpath("//*[@class='narrow']//li")
    assert len(page.xpath("//*[@class='tags']//a")) == 2
    pages = get(room, "/search?q=通知").text
    assert "Page 1 of 2" in pages
    second = html.document_fromstring(get(room, "/search?q=通知&page=2").text)
    assert len(second.xpath("//*[@class='hits']/li")) == 10
    beyond = get(room, "/search?q=通知&page=9").text
    assert "There are no more pages." in beyond
    assert 'page=2" rel="prev"' in beyond


@pytest.mark.parametrize(
    "path", ["/search?q=招聘", "/catalog/articles", "/catalog/documents", "/search?q=招聘&site=%3Cb%3E%22"]
)
def test_hostile_texts_stay_texts(room: Datasette, path: str) -> None:
    page = html.document_fromstring(get(room, path).text)
    assert page.xpath("//script | //img | //*[@onerror] | //b[not(@*)]") == []
    assert HOSTILE in page.text_content() or "%3C" in path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_not_found_gives_help(room: Datasette, language: str) -> None:
    assert WORDS[language][0] in get(room, "/search?q=没有的词", **{"accept-language": language}).text
    assert WORDS[language][1] in get(room, "/nowhere", **{"accept-language": language}).text


@pytest.mark.parametrize(
    "parameters",
    [
        "since=yesterday",
        "until=2026-13-01",
        "page=0",
        "page=9999999999",
        "page=-1",
        "size=x",
        "sort=title",
        "since=9999-12-31",
        "page=²",
    ],
)
def test_what_is_not_understood_is_said_and_left_out(room: Datasette, parameters: str) -> None:
    answer = get(room, f"/search?q=招聘&{parameters}")
    assert answer.status_code == 200
    assert "is not understood" in answer.text
    assert "春季" in answer.text


def test_json_has_pages_facets_and_marks(room: Datasette) -> None:
    answer = get(room, "/search.json?q=通知&size=20").json()
    assert (answer["total"], answer["is_more"], len(answer["hits"])) == (30, False, 20)
    hit = answer["hits"][0]
    assert [hit["title"][start:stop] for start, stop in hit["marks"]["title"]] == ["通知"]
    following = get(room, answer["next"].removeprefix("http://localhost")).json()
    assert (len(following["hits"]), following["next"]) == (10, None)
    assert answer["facets"]["source"] == [{"value": "校报&后勤", "count": 30}]


def test_csv_holds_no_formula_for_a_spreadsheet(room: Datasette) -> None:
    rows = list(csv.DictReader(io.StringIO(get(room, "/search.csv?q=HYPERLINK").text.removeprefix("\ufeff"))))
    assert [row["title"] for row in rows] == ["'=HYPERLINK(1)"]


def test_the_feed_is_atom_whatever_stands_in_the_texts(room: Datasette) -> None:
    answer = get(room, "/search.atom?q=招聘")
    feed = etree.fromstring(answer.content)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    titles = feed.xpath("//a:entry/a:title/text()", namespaces={"a": "http://www.w3.org/2005/Atom"})
    assert HOSTILE in titles


def test_faults_for_programs_are_json(room: Datasette) -> None:
    assert get(room, "/catalog/nowhere.json").json()["status"] == 404


def test_sql_can_be_switched_off(archive: Path) -> None:
    room = reading_room(archive, sql=False)
    answer = get(room, "/catalog?sql=select+1")
    assert answer.status_code == 403
    assert "switched off" in answer.text
    assert get(room, "/search?q=招聘").status_code == 200
    close(room)


def test_an_endless_query_is_ended(room: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(room._settings, "sql_time_limit_ms", 20)
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    assert get(room, f"/catalog.json?sql={endless}").status_code == 400


@pytest.fixture
def read_only(archive: Path) -> Iterator[Path]:
    """Yield a copy of the archive in write-ahead mode where this process may not write, even where the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    shutil.copy(archive / "catalog.db", folder)
    close_later = open_catalog(folder / "catalog.db")
    close_later.close()
    before = os.geteuid()
    for path in (folder, *folder.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if before == 0:
        os.seteuid(65534)
    try:
        METADATA.open().close()
    except PermissionError:
        os.seteuid(before)
        pytest.skip("only root may read this checkout")
    yield folder
    os.seteuid(before)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_copy_in_write_ahead_mode_is_read_where_nothing_can_be_written(read_only: Path) -> None:
    assert is_immutable(read_only / "catalog.db")
    room = reading_room(read_only)
    assert "春季" in get(room, "/search?q=招聘").text
    close(room)


def test_a_log_that_cannot_be_read_there_is_told(read_only: Path) -> None:
    before = os.geteuid()
    if before != os.getuid():
        os.seteuid(os.getuid())
    read_only.chmod(0o755)
    (read_only / "catalog.db-wal").write_bytes(b"x" * 64)
    read_only.chmod(0o555)
    os.seteuid(before)
    with pytest.raises(CatalogError, match="a log of a crawl that did not end"):
        open_reader(read_only / "catalog.db")


def test_it_answers_while_a_crawl_writes(archive: Path, tmp_path: Path) -> None:
    shutil.copy(archive / "catalog.db", tmp_path)
    db = open_catalog(tmp_path / "catalog.db")
    room = reading_room(tmp_path)
    with group(db):
        record(db, 99, "正在写入")
        assert get(room, "/search?q=正在写入").status_code == 200
        assert get(room, "/search.json?q=正在写入").json()["total"] == 0
    assert get(room, "/search.json?q=正在写入").json()["total"] == 1
    close(room)
    db.close()
