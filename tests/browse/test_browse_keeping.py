"""What is taken out of the reading room and comes back to it: citations, lists, versions side by side, states by their time."""

import asyncio
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from datasette.app import Datasette
from lxml import etree, html

from crawler.archive import dump
from crawler.archive.corrections import corrections
from crawler.browse import reading_room
from crawler.browse.memento import headers
from crawler.catalog import close_catalog, group, open_catalog, open_reader
from crawler.catalog.queries.selection import Selection
from crawler.catalog.tables import runs, sites, visits
from crawler.corrected import lay_corrections
from crawler.errors import CorrectionError
from crawler.export.document import Job, write_lines
from crawler.items import Article, Evidence, Media, MediaKind, Outcome, Role, Visit
from crawler.urls import document_id
from tests import factories

NOW = factories.NOW
URL = "https://news.example.edu.cn/info/1001/1.htm"
EMPTY = "https://news.example.edu.cn/info/1001/2.htm"
CORRECTED = "https://news.example.edu.cn/info/1001/3.htm"
NAME, OTHER = document_id(URL), document_id(EMPTY)
PICTURE = "media/ab/" + "ab" * 32 + ".png"
BODY = "学校举行毕业典礼。校长致辞。\n\n![全景](https://news.example.edu.cn/a.png)\n\n<b>不是标记</b> & 别的。"
OPF = {"o": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasette]:
    room = reading_room(_archive(tmp_path_factory.mktemp("archive")))
    asyncio.run(room.invoke_startup())
    yield room
    room.executor.shutdown()
    for database in room.databases.values():
        database.close()


def _archive(root: Path) -> Path:
    """An article of two versions, the older one imported, with a picture; and one without text."""
    db = open_catalog(root / "catalog.db")
    sites.save(db, factories.SITE, now=NOW)
    runs.start(db, "r1", started=NOW, arguments={})
    picture = Media(kind=MediaKind.IMAGE, url="https://news.example.edu.cn/a.png", caption="全景")
    said = Article(
        title="毕业典礼_2026 & 寄语 {第一}",
        body=BODY,
        published=datetime(2026, 6, 20, 9, tzinfo=UTC),
        source="校报",
        people={"记者": ("王芳", "李雷"), "摄影": ("赵六",)},
        media=(picture,),
    )
    with group(db):
        for url, article, days in (
            (URL, said, 0),
            (EMPTY, Article(title="空白页面", body=""), 1),
            (CORRECTED, factories.article(), 2),
        ):
            at = NOW + timedelta(days=days)
            evidence = Evidence(warc="warc/a.warc.gz", offset=0, record_id="<urn:uuid:1>", payload_digest="sha256:1")
            visit = Visit(
                url=url, site="example", role=Role.ARTICLE, run="r1", fetched=at, outcome=Outcome.NEW, status=200,
                document=document_id(url), evidence=evidence,
            )  # fmt: skip
            path = f"articles/news.example.edu.cn/2026/{document_id(url)}.md"
            document = factories.document(url, article, archived=at, path=path)
            factories.record(db, document, visit=visits.record(db, visit))
            _write(root, path, dump(document).replace(picture.url.encode(), f"../../../{PICTURE}".encode()))
        db.execute("UPDATE documents SET title_agrees = 1, day_agrees = 0 WHERE id = ?", [NAME])
        path = f"versions/news.example.edu.cn/{NAME}/0.md"
        older = Article(title="毕业典礼", body="学校举行毕业典礼。书记致辞。")
        _write(root, path, dump(factories.document(URL, older)))
        db.execute(
            "INSERT INTO versions (document, version, captured, title, path, content_digest, extractor)"
            " VALUES (?, 0, ?, '毕业典礼', ?, 'sha256:0', '3')",
            [NAME, (NOW - timedelta(days=400)).isoformat(), path],
        )
        db.execute(
            "INSERT INTO media_files (sha256, path, type, size, stored) VALUES (?, ?, 'image/png', 4, ?)",
            ["ab" * 32, PICTURE, NOW.isoformat()],
        )
        db.execute("UPDATE media SET sha256 = ?", ["ab" * 32])
    _write(root, PICTURE, b"\x89PNG")
    entry = f"- {{article: '{CORRECTED}', published: 2026-05-31, people: {{记者: [张三]}}, reason: 印错了, by: 李雷}}\n"
    _write(root, "corrections.yaml", entry.encode())
    close_catalog(db)
    return root


def _write(root: Path, path: str, data: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def ask(room: Datasette, path: str, **headers: str) -> Any:
    return asyncio.run(room.client.get(path, headers={"accept-language": "en", **headers}))


def test_an_article_is_cited_as_gb_t_7714_and_apa_write(room: Datasette) -> None:
    gbt, apa = ask(room, f"/article/{NAME}/cite.txt").text.splitlines()
    there = f"http://localhost/article/{NAME}/versions/1"
    assert gbt == (
        f"王芳,李雷. 毕业典礼_2026 & 寄语 {{第一}}[EB/OL]. (2026-06-20)[2026-11-23]. {URL}. {there}. sha256:{NAME}."
    )
    assert apa.startswith(
        "王芳, & 李雷. (2026, June 20). 毕业典礼_2026 & 寄语 {第一}. 示例大学. Retrieved November 23, 2026, from"
    )
    shown = html.fromstring(ask(room, f"/article/{NAME}").text)
    assert [one.text_content() for one in shown.cssselect(".reference")] == [gbt, apa]
    assert ask(room, there.removeprefix("http://localhost")).status_code == 200


def test_programs_are_handed_a_citation_they_can_read(room: Datasette) -> None:
    bib = ask(room, f"/article/{NAME}/cite.bib")
    assert bib.headers["content-type"].startswith("application/x-bibtex")
    assert r"title = {{毕业典礼\_2026 \& 寄语 \{第一\}}}" in bib.text
    assert "author = {{王芳} and {李雷}}" in bib.text
    ris = ask(room, f"/article/{NAME}/cite.ris").text.split("\r\n")
    assert (ris[0], ris[-2]) == ("TY  - ELEC", "ER  - ")
    assert "DA  - 2026/06/20/" in ris
    (item,) = json.loads(ask(room, f"/article/{OTHER}/cite.json").text)
    assert (item["type"], item["author"]) == ("webpage", [{"literal": "示例大学"}])
    assert "issued" not in item


def test_zotero_finds_the_article_in_its_page(room: Datasette) -> None:
    page = html.fromstring(ask(room, f"/article/{NAME}").text)
    meta = [(one.get("name"), one.get("content")) for one in page.cssselect("meta[name]")]
    assert ("citation_author", "王芳") in meta
    assert ("citation_author", "赵六") not in meta
    assert ("citation_publication_date", "2026/06/20") in meta
    assert ("DC.title", "毕业典礼_2026 & 寄语 {第一}") in meta
    (data,) = page.cssselect("script[type='application/ld+json']")
    told = json.loads(data.text or "")
    assert (told["@type"], told["headline"]) == ("NewsArticle", "毕业典礼_2026 & 寄语 {第一}")
    (coins,) = page.cssselect("span.Z3988")
    assert parse_qs(coins.get("title"))["rft.creator"] == ["王芳", "李雷"]


def test_what_is_known_stands_beside_the_article(room: Datasette) -> None:
    panel = html.fromstring(ask(room, f"/article/{NAME}").text).cssselect("aside.panel dl")[0].text_content()
    assert "title agrees" in panel
    assert "another day" in panel
    empty = html.fromstring(ask(room, f"/article/{OTHER}").text)
    (told,) = empty.cssselect("article .notice")
    assert "No text was found" in told.text_content()
    assert told.cssselect("a[href^='/capture/']")


def test_two_versions_are_compared_an_imported_one_too(room: Datasette) -> None:
    page = html.fromstring(ask(room, f"/article/{NAME}").text)
    (link,) = page.cssselect(f"a[href='/article/{NAME}/compare/0/1']")
    shown = html.fromstring(ask(room, link.get("href", "")).text)
    assert "书记" in [one.text_content() for one in shown.cssselect("del")]
    assert "校长" in [one.text_content() for one in shown.cssselect("ins")]
    assert "imported" in shown.cssselect(".sides .meta")[0].text_content()
    assert ask(room, f"/article/{NAME}/compare/0/7").status_code == 404


def test_two_articles_are_compared(room: Datasette) -> None:
    shown = html.fromstring(ask(room, f"/article/{NAME}/beside/{OTHER}").text)
    assert [one.get("href") for one in shown.cssselect(".sides .meta a")] == [f"/article/{NAME}", f"/article/{OTHER}"]
    assert "空白页面" in "".join(one.text_content() for one in shown.cssselect("ins"))
    assert ask(room, f"/article/{NAME}/beside/{'0' * 32}").status_code == 404


def test_a_capture_that_cannot_be_read_is_told_without_a_path_of_the_machine(room: Datasette) -> None:
    told = html.fromstring(ask(room, "/capture/1").text).cssselect(".notice")[0].text_content()
    assert told == "The record cannot be read; scrapy verify tells why."


def test_a_state_says_of_what_and_when_it_is(room: Datasette) -> None:
    article = ask(room, f"/article/{NAME}")
    assert article.headers["memento-datetime"] == "Mon, 23 Nov 2026 03:00:00 GMT"
    assert f'<{URL}>; rel="original"' in article.headers["link"]
    assert ask(room, "/capture/1").headers["memento-datetime"] == article.headers["memento-datetime"]
    times = ask(room, f"/timemap/link/{URL}")
    assert times.headers["content-type"] == "application/link-format"
    assert '/versions/0>; rel="first memento"; datetime="Sun, 19 Oct 2025 03:00:00 GMT"' in times.text
    assert '/capture/1/page>; rel="last memento"' in times.text


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ({}, "/capture/1/page"),
        ({"accept-datetime": "Thu, 01 Jan 2026 00:00:00 GMT"}, f"/article/{NAME}/versions/0"),
        ({"accept-datetime": "Sun, 22 Nov 2026 00:00:00 GMT"}, "/capture/1/page"),
    ],
)
def test_the_time_gate_leads_to_the_nearest_state(room: Datasette, wanted: dict[str, str], place: str) -> None:
    answer = ask(room, f"/timegate/{URL}", **wanted)
    assert (answer.status_code, answer.headers["location"]) == (302, f"http://localhost{place}")
    assert answer.headers["vary"].startswith("Accept-Datetime")
    assert "memento-datetime" not in answer.headers


def test_the_query_of_an_address_is_not_ours(room: Datasette) -> None:
    url = f"{URL}?lang=zh"
    told = ask(room, f"/timegate/{url.replace('?', '%3F')}")
    assert (told.status_code, url in told.text) == (404, True)
    assert "%3Flang=zh" in headers("http://localhost", url, None)["link"]


def test_a_time_gate_refuses_what_is_no_time_and_knows_no_other_address(room: Datasette) -> None:
    assert ask(room, f"/timegate/{URL}", **{"accept-datetime": "yesterday"}).status_code == 400
    assert ask(room, "/timegate/https://elsewhere.example/").status_code == 404


def test_a_list_is_its_address(room: Datasette) -> None:
    added = ask(room, f"/collection?ids={OTHER}&add={URL}")
    assert (added.status_code, added.headers["location"]) == (302, f"/collection?ids={OTHER},{NAME}")
    page = html.fromstring(ask(room, f"/collection?ids={OTHER},{NAME},{'0' * 32}&q=典礼").text)
    assert [one.get("href") for one in page.cssselect("section h3 a")] == [f"/article/{OTHER}", f"/article/{NAME}"]
    assert page.cssselect(f"a[href='/collection?ids={NAME}']")
    assert "1 article of this list is not here" in page.cssselect(".notice")[0].text_content()
    rows = [json.loads(row) for row in ask(room, f"/collection.jsonl?ids={NAME},{OTHER}").text.splitlines()]
    assert {row["id"] for row in rows} == {NAME, OTHER}
    assert ask(room, f"/collection.bib?ids={NAME},{OTHER}").text.count("@online") == 2


def test_a_list_is_taken_along_as_files(room: Datasette) -> None:
    answer = ask(room, f"/collection.zip?ids={NAME},{OTHER}")
    file = zipfile.ZipFile(io.BytesIO(answer.content))
    assert file.testzip() is None
    kept = f"collection/articles/news.example.edu.cn/2026/{NAME}.md"
    assert set(file.namelist()) >= {"collection/README.md", "collection/citations.bib", kept, f"collection/{PICTURE}"}
    assert file.read(f"collection/{PICTURE}") == b"\x89PNG"
    assert answer.content == ask(room, f"/collection.zip?ids={NAME},{OTHER}").content


def test_a_list_is_a_book(room: Datasette) -> None:
    file = zipfile.ZipFile(io.BytesIO(ask(room, f"/collection.epub?ids={NAME},{OTHER}").content))
    first = file.infolist()[0]
    assert (first.filename, first.compress_type, first.extra, first.flag_bits) == (
        "mimetype",
        zipfile.ZIP_STORED,
        b"",
        0,
    )
    assert file.read("mimetype") == b"application/epub+zip"
    package = etree.fromstring(file.read("EPUB/package.opf"))
    listed = {one.get("id"): one.get("href") for one in package.iterfind(".//o:item", OPF)}
    assert {f"EPUB/{href}" for href in listed.values()} | {
        "mimetype",
        "META-INF/container.xml",
        "EPUB/package.opf",
    } == set(file.namelist())
    assert [listed[one.get("idref")] for one in package.iterfind(".//o:itemref", OPF)] == [
        f"{NAME}.xhtml",
        f"{OTHER}.xhtml",
    ]
    assert package.findtext(".//dc:language", namespaces=OPF)
    chapter = etree.fromstring(file.read(f"EPUB/{NAME}.xhtml"))
    assert "<b>不是标记</b> & 别的。" in "".join(chapter.itertext())
    assert [one.get("src") for one in chapter.iter("{*}img")] == [PICTURE]
    for href in (one for one in listed.values() if one.endswith(".xhtml")):
        etree.fromstring(file.read(f"EPUB/{href}"))


def test_a_correction_shows_as_one_and_is_cited_and_touches_nothing_else(room: Datasette) -> None:
    name = document_id(CORRECTED)
    page = html.fromstring(ask(room, f"/article/{name}").text)
    notices = [one.text_content() for one in page.cssselect("article .notice")]
    assert [("2026-05-31" in one, "印错了" in one, "李雷" in one) for one in notices] == [
        (True, True, True),
        (False, True, True),
    ]
    assert "May 31, 2026" in page.cssselect("aside.panel dl")[0].text_content()
    assert ask(room, f"/collection.txt?ids={name}").text.startswith("张三. 图书馆延长开放时间[EB/OL]. (2026-05-31)")
    assert json.loads(ask(room, f"/collection.jsonl?ids={name}").text)["published"] == "2026-05-31T00:00:00+08:00"
    (hit,) = json.loads(ask(room, "/search.json?q=延长").text)["hits"]
    assert (hit["id"], hit["published"], hit["precision"]) == (name, "2026-05-31T00:00:00+08:00", "day")
    (line,) = [json.loads(row) for row in ask(room, "/search.jsonl?q=延长&with=people").text.splitlines()]
    assert (line["published"], line["people"]) == ("2026-05-31T00:00:00+08:00", {"记者": ["张三"]})
    assert "May 31, 2026" in ask(room, "/search?q=延长").text


def test_a_correction_is_found_sorted_counted_and_exported_as_it_says(room: Datasette) -> None:
    name, root = document_id(CORRECTED), Path(room.get_database("catalog").path).parent
    before = (root / "corrections.yaml").read_bytes()
    said = "title: 夜读时光, published: 2031-02-03, source: 晚报, university: 湖光大学, people: {摄影: [钱九]}"
    entry = f"- {{article: {name}, {said}, reason: 印错了, by: 李雷}}\n"
    (root / "corrections.yaml").write_text(entry, "utf-8")

    def hits(query: str) -> list[str]:
        return [one["id"] for one in ask(room, f"/search.json?{query}").json()["hits"]]

    found = ("q=夜读", "q=title:夜读时光", "q=摄影：钱九", "q=source:晚报", "q=date:2031-02-03", "q=university:湖光", "year=2031", "source=晚报",
             "person=钱九", "university=湖光大学", "since=2031-01-01", "q=夜读时光&site=example")  # fmt: skip
    assert {query: hits(query) for query in found} == {query: [name] for query in found}
    assert [name in hits(query) for query in ("q=title:延长", "q=记者：张三", "university=示例大学")] == [False] * 3
    assert hits("sort=newest")[0] == name
    assert len(hits("sort=newest")) == 3
    told = ask(room, "/search.json").json()["facets"]
    assert {"value": "2031", "count": 1} in told["year"]
    assert {one["value"]: one["count"] for one in told["university"]} == {"示例大学": 2, "湖光大学": 1}
    assert {"value": "example", "count": 3} in told["site"]
    assert {"value": "钱九", "count": 1} in told["person"]
    (line,) = ask(room, "/search.jsonl?q=夜读&with=people").text.splitlines()
    row = json.loads(line)
    assert (row["title"], row["site"], row["university"], row["people"]) == (
        "夜读时光",
        "example",
        "湖光大学",
        {"摄影": ["钱九"]},
    )
    assert ask(room, "/search.csv?year=2031").text.count("夜读时光") == 1
    assert "2031-02-03" in ask(room, "/search.atom?q=夜读").text
    assert "夜读时光" in ask(room, f"/article/{name}/cite.bib").text
    assert [row.split(",")[0] for row in ask(room, "/words.csv").text.splitlines()].count("2031-02") == 1
    assert "夜读时光" in ask(room, "/person/钱九").text
    assert "钱九" in ask(room, "/people").text
    assert "晚报" in ask(room, "/sources").text
    assert ask(room, "/").text.index("夜读时光") < ask(room, "/").text.index("毕业典礼_2026")
    with closing(open_reader(root / "catalog.db")) as db:
        job = Job(root=root, db=lay_corrections(db, root), selection=Selection(words="夜读"), now=NOW)
        out = io.StringIO()
        assert write_lines(job, out) == 1
    assert json.loads(out.getvalue())["university"] == "湖光大学"
    (root / "corrections.yaml").write_bytes(before)
    assert [hits("q=夜读"), hits("q=title:延长")] == [[], [name]]


def test_a_correction_without_reason_or_name_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "corrections.yaml").write_text(
        "- {article: https://news.example.edu.cn/1.htm, source: 校报, by: 李雷}\n", "utf-8"
    )
    with pytest.raises(CorrectionError, match=r"0\.reason"):
        corrections(tmp_path)
