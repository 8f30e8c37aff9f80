"""What people do in the reading room on a working day, each task a test, asked over HTTP as a browser or a program asks."""

import csv
import io
import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from lxml import etree, html

from crawler.browse.language import language
from crawler.urls import document_id
from tests import working_day
from tests.room_harness import served

ARTICLE = "https://ai.nankai.edu.cn/info/1001/102.htm"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(working_day.build(tmp_path_factory.mktemp("archive"))) as address:
        yield address


def get(address: str, path: str, **query: str | list[str]) -> tuple[int, str]:
    url = urlsplit(address)
    connection = HTTPConnection(url.hostname or "", url.port)
    connection.request(
        "GET", f"{path}?{urlencode(query, doseq=True)}" if query else path, headers={"Accept-Language": "en"}
    )
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def titles(address: str, **query: str | list[str]) -> list[str]:
    _, text = get(address, "/search.json", size="100", **query)
    return [hit["title"] for hit in json.loads(text)["hits"]]


def test_articles_on_jobs_of_two_universities_in_may_exported(address: str) -> None:
    asked: dict[str, str | list[str]] = {"q": "就业 date:2026-05", "university": ["南开大学", "四川农业大学"]}
    status, text = get(address, "/search.csv", **asked, **{"with": "people,body"})
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert status == 200
    assert len(rows) == 48
    assert {row["university"] for row in rows} == {"南开大学", "四川农业大学"}
    assert {row["site"] for row in rows} == {"news.nankai.edu.cn", "ai.nankai.edu.cn", "jw.nankai.edu.cn", "sicau"}
    assert {row["published"][:7] for row in rows} == {"2026-05"}
    assert rows[0]["people"] == "记者 张三"
    assert "推进会" in rows[0]["body"]
    _, lines = get(address, "/search.jsonl", **asked, **{"with": "people"})
    assert [json.loads(line)["id"] for line in lines.splitlines()] == [row["id"] for row in rows]
    assert json.loads(lines.splitlines()[0])["people"] == {"记者": ["张三"]}


def test_who_published_first(address: str) -> None:
    _, page = get(address, "/campaigns", q="毕业典礼")
    universities = [row.text_content() for row in html.fromstring(page).cssselect("main [lang=zh-CN]")]
    first = [name for text in universities for name in ("四川农业大学", "南开大学") if name in text]
    assert first[0] == "四川农业大学"


def test_all_by_one_person(address: str) -> None:
    assert set(titles(address, q="author:王芳")) == {"毕业典礼举行", "毕业典礼举行，校长寄语"}
    assert titles(address, q="author:王芳 source:校报 摄影 OR title:典礼", university="sicau.edu.cn") != []
    _, page = get(address, f"/person/{quote('王芳')}")
    assert page.count("毕业典礼举行") >= 2


def test_the_title_only(address: str) -> None:
    assert titles(address, q="title:图书馆") == titles(address, q="标题：圖書館") == ["图书馆延长开放"]
    assert titles(address, q="title:推进会") == []


def test_an_excluded_word(address: str) -> None:
    assert titles(address, q="就业 -招聘") == titles(address, q="就业 NOT 招聘") == ["图书馆延长开放"]
    assert set(titles(address, q="(典礼 OR 图书馆) -寄语")) == {"毕业典礼举行", "图书馆延长开放"}


def test_with_attachments(address: str) -> None:
    assert titles(address, q="has:attachment") == ["图书馆延长开放"]
    assert "图书馆延长开放" not in titles(address, q="就业 -has:attachment")
    assert titles(address, q="is:suspect") == ["空白页面"]


def test_who_took_the_pictures_is_asked_by_role(address: str) -> None:
    assert titles(address, q="摄影：李雷") == titles(address, q="author:李雷") == ["毕业典礼举行"]
    assert titles(address, q="记者:李雷") == []
    assert titles(address, q="编辑:王芳") == ["毕业典礼举行，校长寄语"]


def test_a_university_a_host_a_section_and_a_language(address: str) -> None:
    assert (
        titles(address, q="高校：南开 毕业典礼")
        == titles(address, q="university:nankai.edu.cn title:典礼")
        == ["毕业典礼举行"]
    )
    assert (
        titles(address, q="site:ai.nankai.edu.cn date:2025")
        == titles(address, q="图书馆 栏目：学校要闻")
        == ["图书馆延长开放"]
    )
    assert titles(address, q="典礼 language:en") == []


def test_what_came_in_yesterday_and_what_has_no_date(address: str) -> None:
    assert len(titles(address, q="archived:2026-11-22")) == 22
    assert titles(address, q="archived:2026-11-24") == titles(address, q="changed:2026-11") == []
    assert titles(address, q="is:undated") == []
    (link,) = html.fromstring(get(address, "/runs")[1]).cssselect("td a[href*='archived']")
    assert parse_qs(urlsplit(link.get("href", "")).query)["q"] == ["archived:2026-11-23..2026-11-23"]


def test_the_oldest_article_of_a_university(address: str) -> None:
    page = html.fromstring(get(address, "/search", university="南开大学", sort="oldest")[1])
    assert page.cssselect(".hits h3")[0].text_content() == "毕业典礼举行"
    assert page.cssselect(".orders a[href*='university']")


def test_a_sample_for_a_closer_look_is_the_same_again(address: str) -> None:
    drawn = [
        json.loads(get(address, f"/search.json?q={quote('就业')}&sort=sample&size=20")[1])["hits"] for _ in range(2)
    ]
    ids = [hit["id"] for hit in drawn[0]]
    assert ids == [hit["id"] for hit in drawn[1]] == sorted(ids)
    assert len({hit["university"] for hit in drawn[0]}) == 3
    assert len(titles(address, sort="sample")) == 64


def test_a_bibliography_of_all_that_is_found(address: str) -> None:
    status, text = get(address, "/search.bib", q="就业")
    assert (status, text.count("@online")) == (200, 63)
    assert get(address, "/search.ris", q="titel:就业")[0] == 400


def test_a_table_of_nothing_is_an_empty_table(address: str) -> None:
    told = {
        form: get(address, f"/search.{form}", q="没有这样的词")
        for form in ("csv", "jsonl", "atom", "bib", "ris", "json")
    }
    assert {form: status for form, (status, _) in told.items()} == dict.fromkeys(told, 200)
    assert told["csv"][1].startswith("\ufeffid,title,")
    assert told["jsonl"][1] == ""


def test_an_address_leads_to_its_article(address: str) -> None:
    url = urlsplit(address)
    connection = HTTPConnection(url.hostname or "", url.port)
    connection.request("GET", f"/search?q={quote('http://ai.nankai.edu.cn/info/1001/102.htm', safe='')}")
    answer = connection.getresponse()
    connection.close()
    assert (answer.status, answer.headers["location"]) == (
        302,
        f"/article/{document_id(ARTICLE)}",
    )
    for spelled in (
        "ai.nankai.edu.cn/info/1001/102.htm",
        "https://ai.nankai.edu.cn/info/1001/102.htm?from=timeline#top",
    ):
        assert get(address, "/search", q=spelled)[0] == 302
        assert json.loads(get(address, "/search.json", q=spelled)[1])["address"].endswith(document_id(ARTICLE))
    status, text = get(address, "/search", q="https://ai.nankai.edu.cn/nowhere.htm")
    assert (status, "holds no page of this address" in text, "q=site%3Aai.nankai.edu.cn" in text) == (200, True, True)


@pytest.mark.parametrize(
    "day", ["2025-09-01", "2025年9月1日", "2025/9/1", "2025.9.1", "20250901", "２０２５年９月", "2025-09..2025-9-1"]
)
def test_a_day_is_written_as_people_write_it(address: str, day: str) -> None:
    assert titles(address, q=f"date:{day}", site="ai.nankai.edu.cn") == ["图书馆延长开放"]
    if ".." not in day:
        assert titles(address, since=day, until=day, site="ai.nankai.edu.cn") == ["图书馆延长开放"]
        page = html.fromstring(get(address, "/search", q=day)[1])
        (then,) = page.cssselect(".notice a")
        assert "图书馆延长开放" in get(address, then.get("href") or "")[1]


def test_or_is_understood_as_people_write_it(address: str) -> None:
    wanted = sorted(titles(address, q="典礼 OR 图书馆"))
    for joining in ("or", "Or", "或", "或者", "|"):
        assert sorted(titles(address, q=f"典礼 {joining} 图书馆")) == wanted
    assert titles(address, q="典礼 和 图书馆") == titles(address, q="典礼 图书馆") == []
    assert titles(address, q="to or not") == []


@pytest.mark.parametrize(
    ("query", "at", "text"),
    [
        ("titel:就业", 0, "titel:"),
        ("就业 has:pictures", 3, "has:pictures"),
        ("date:2026-13", 0, "date:2026-13"),
        ("(就业", 0, "("),
        ("就业 OR", 5, ""),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(address: str, query: str, at: int, text: str) -> None:
    _, answer = get(address, "/search.json", q=query)
    (problem,) = json.loads(answer)["query_problems"]
    assert (problem["at"], problem["text"]) == (at, text)
    _, page = get(address, "/search", q=query)
    assert f"Character {at + 1}:" in page
    status, why = get(address, "/search.csv", q=query)
    assert status == 400
    assert f"character {at + 1}" in why


def test_an_unknown_parameter_is_told(address: str) -> None:
    _, answer = get(address, "/search.json", attachments="1")
    assert json.loads(answer)["not_understood"] == {"attachments": "1"}
    assert (
        "attachments"
        in html.fromstring(get(address, "/search", attachments="1")[1]).cssselect(".notice")[0].text_content()
    )
    assert get(address, "/search.jsonl", attachments="1")[0] == 400


def test_facets_stay_when_one_of_them_is_chosen(address: str) -> None:
    _, answer = get(address, "/search.json", q="就业", university="南开大学", year="2026")
    facets = {name: [one["value"] for one in values] for name, values in json.loads(answer)["facets"].items()}
    assert set(facets["university"]) == {"南开大学", "四川农业大学", "示例大学"}
    assert facets["year"] == ["2026", "2025"]
    assert set(facets["province"]) == {"天津"}
    assert len(facets["site"]) == 3
    page = html.fromstring(get(address, "/search", q="就业", university="南开大学")[1])
    assert len(page.cssselect(".narrow a[aria-current]")) == 1


def test_a_subscription_with_51_newer_hits_misses_none(address: str) -> None:
    path, seen, pages = f"/search.atom?q={quote('就业')}", [], 0
    while path:
        feed = etree.fromstring(get(address, path)[1].encode())
        seen += [
            (entry.findtext("a:updated", "", namespaces=ATOM), entry.findtext("a:id", namespaces=ATOM))
            for entry in feed.iterfind("a:entry", ATOM)
        ]
        following = feed.xpath("a:link[@rel='next']/@href", namespaces=ATOM)
        path, pages = following[0].removeprefix(address) if following else "", pages + 1
    assert pages == 2
    assert len(seen) == len(set(seen)) == 63
    assert [at for at, _ in seen] == sorted((at for at, _ in seen), reverse=True)


def test_plain_chinese_in_a_request_gives_a_sentence(address: str) -> None:
    url = urlsplit(address)
    with socket.create_connection((url.hostname or "", url.port or 0)) as connection:
        connection.sendall("GET /search?q=就业 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = connection.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 400")
    assert "data-urlencode" in answer


def test_pandas_and_curl(address: str) -> None:
    page = html.fromstring(get(address, "/help")[1])
    examples = [code.text_content() for code in page.cssselect("pre code")]
    assert any(example.startswith("curl -G") for example in examples)
    (url,) = [example.split('"')[1] for example in examples if example.startswith("pandas")]
    rows = [json.loads(line) for line in get(address, url.removeprefix(address))[1].splitlines()]
    assert len(rows) == 62
    assert {"title", "people", "body", "published", "page"} <= set(rows[0])


def test_days_with_gaps(address: str) -> None:
    page = html.fromstring(get(address, "/site/sicau", year="2026")[1])
    days = page.cssselect(".calendar .day")
    assert len(days) == 365
    untold = page.cssselect(".calendar .untold")
    assert len(untold) == 38  # from the day after the last crawl, 2026-11-23, on
    assert any("days" in item.text_content() for item in page.cssselect("#calendar ~ ul:last-of-type li"))


def test_words_over_time(address: str) -> None:
    page = html.fromstring(get(address, "/words", q="就业")[1])
    assert page.cssselect(".plot-figure svg path, .plot-figure svg .line")
    assert not page.cssselect("script")
    rows = list(csv.DictReader(io.StringIO(get(address, "/words.csv", q="就业 招聘")[1].removeprefix("\ufeff"))))
    by_key = {(row["month"], row["university"]): row for row in rows}
    assert by_key["2026-05", "南开大学"]["articles_with_the_words"] == "36"
    september = by_key["2025-09", "四川农业大学"]
    assert (september["articles_with_the_words"], september["articles"], float(september["share"])) == ("0", "1", 0.0)


def test_two_universities_are_compared_in_words_over_time(address: str) -> None:
    found = html.fromstring(get(address, "/search", q="就业", university="南开大学")[1])
    (over_time,) = [link.get("href") or "" for link in found.cssselect("aside a[href^='/words']")]
    page = html.fromstring(get(address, over_time)[1])
    others = [option.text_content() for option in page.cssselect("#university option[lang]")]
    assert set(others) == {"四川农业大学", "示例大学"}
    both = html.fromstring(get(address, "/words", q="就业", university=["nankai.edu.cn", "四川农业大学"])[1])
    heads = [head.text_content() for head in both.cssselect("figure th[scope=col]")]
    assert heads[1:] == ["all universities", "南开大学", "四川农业大学"]
    (may,) = [row for row in both.cssselect("figure tbody tr") if "May 2026" in row.text_content()]
    assert [cell.text_content() for cell in may.cssselect("td")] == ["100.0%"] * 3
    assert both.cssselect("ul.tags a[href='/words?q=%E5%B0%B1%E4%B8%9A&university=nankai.edu.cn']")


def test_what_an_alarm_says_is_in_the_language_of_the_page() -> None:
    told = (
        "https://news.example.edu.cn/list.htm: unread: some of its pages were not found; "
        "180 articles told; 6 of 18 pages read; 40 named, 29 archived; "
        "not archived: 11 not_found; about 131 missing; media: most pictures and files could not be fetched: 4605 failed, 4 stored; and 15 more"
    )
    assert language("en").said(told) == told
    assert language("zh").said(told) == (
        "https://news.example.edu.cn/list.htm 有的页没有读到；列表自称有 180 篇；读了 18 页中的 6 页；列出 40 篇，存档 29 篇；"
        "未存档：11 找不到；约缺 131 篇；多数图片和附件没有取到 (4605 失败, 4 已保存)；另有 15 处"
    )
    assert language("zh").said(
        "something new; 37 of the last 50 articles have another day than their list, expected at most 30% with …"
    ) == ("something new；最近 50 篇中有 37 篇的日期与列表不同；预期至多 30%")


def test_how_many_articles_each_university_had_each_month(address: str) -> None:
    rows = list(csv.DictReader(io.StringIO(get(address, "/words.csv")[1].removeprefix("\ufeff"))))
    assert sum(int(row["articles"]) for row in rows) == 64
    assert {row["share"] for row in rows} == {"1.000000"}
    section = list(csv.DictReader(io.StringIO(get(address, "/words.csv", section="首页")[1].removeprefix("\ufeff"))))
    assert len(section) == len(rows)


def test_the_list_of_what_to_look_at(address: str) -> None:
    page = html.fromstring(get(address, "/look")[1])
    (row,) = page.cssselect("#articles ~ div table tbody tr")
    assert "空白页面" in row.text_content()
    assert row.cssselect("a[href^='/capture/']")
    assert "scrapy rebuild" in row.cssselect("code")[0].text_content()
    assert "scrapy report --acknowledge sicau:coverage" in page.cssselect(".look code")[0].text_content()


def test_home_has_headlines_then_the_search_then_one_table_of_universities(address: str) -> None:
    page = html.fromstring(get(address, "/")[1])
    parts = [
        element.tag
        for element in page.cssselect("main .headlines, main form, main table")
        if element.tag != "table" or element.cssselect("thead th")
    ]
    assert parts[:3] == ["ol", "form", "table"]
    rows = [row.cssselect("th a")[0].text_content() for row in page.cssselect("main table")[0].cssselect("tbody tr")]
    assert rows == ["南开大学", "四川农业大学", "示例大学"]
