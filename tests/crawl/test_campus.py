"""The campus is what it says: every link answers, the truth stands on its pages, and two starts give the same bytes."""

import gzip
import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import yaml
from lxml import html

from tests.campus import Campus, Response, busy, dropped, gzipped, page, redirect
from tests.campus.seed_files import write_seeds
from tests.campus.server import ADDRESSES
from tests.campus.sites.enorth import article_paths
from tests.campus.story import Story
from tests.campus.truth import CAMPUS

STORIES = [(host, story) for host, truth in CAMPUS.items() for story in truth.articles]


@pytest.fixture(scope="module")
def running() -> Iterator[Campus]:
    with Campus() as started:
        yield started


@pytest.fixture
def campus() -> Iterator[Campus]:
    with Campus() as started:
        yield started


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def fetch(url: str, **headers: str) -> tuple[int, bytes, Message]:
    """Return status, body and headers, following no redirect."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def text_of(campus: Campus, host: str, path: str) -> str:
    encoding = next((story.encoding for _, story in STORIES if path in article_paths(story)), "utf-8")
    return fetch(campus.url(host, path))[1].decode(encoding)


def links_of(campus: Campus, host: str, path: str) -> set[str]:
    """Return what a page links, as (absolute) URLs."""
    hrefs = html.fromstring(text_of(campus, host, path).encode(), parser=html.HTMLParser(encoding="utf-8")).xpath(
        "//a/@href"
    )
    return {urljoin(campus.url(host, path), href) for href in hrefs if not href.startswith("javascript:")}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("host", CAMPUS)
def test_every_link_of_every_page_answers_except_the_dead_and_the_outside_ones(running: Campus, host: str) -> None:
    truth, seen, waiting = CAMPUS[host], set[str](), ["/"]
    while waiting:
        path = waiting.pop()
        for url in links_of(running, host, path):
            target = url.removeprefix(running.url(host))
            if target in seen or target in truth.dead or url in truth.unfetched:
                continue
            seen.add(target)
            status, _, headers = fetch(url)
            assert status in (200, 302), f"{path} links {url}: {status}"
            if status == 200 and headers.get_content_type() == "text/html":
                waiting.append(target)
    articles = {path for story in truth.articles for path in (story.path, *story.also)}
    assert articles <= seen
    script_only = {path for path in truth.lists if "/count/" in path}
    assert set(truth.lists) - script_only <= seen


@pytest.mark.parametrize("host", CAMPUS)
def test_lists_link_every_article_and_only_articles_and_what_must_never_become_one(running: Campus, host: str) -> None:
    truth = CAMPUS[host]
    linked = {url for path in truth.lists for url in links_of(running, host, path)}
    assert {running.url(host, story.path) for story in truth.articles} <= linked
    known = {*truth.lists, *truth.never, *(path for story in truth.articles for path in (story.path, *story.also))}
    assert linked - {running.url(host, path) for path in known} <= {
        url if url.startswith("http") else running.url(host, url) for url in truth.unfetched
    }


def test_the_campus_has_as_many_articles_as_its_pages_of_lists_need() -> None:
    assert {host: len(truth.articles) for host, truth in CAMPUS.items()} == {"vsb": 24, "webplus": 14, "enorth": 14}
    assert len({(host, story.path) for host, story in STORIES}) == len(STORIES)
    assert CAMPUS["vsb"].lists == (
        "/xyyw.htm",
        "/xyyw/3.htm",
        "/xyyw/2.htm",
        "/xyyw/1.htm",
        "/tzgg.htm",
        "/tzgg/2.htm",
        "/tzgg/1.htm",
    )
    assert CAMPUS["webplus"].lists[:3] == ("/xwzx/list.htm", "/xwzx/list2.htm", "/xwzx/list3.htm")


@pytest.mark.parametrize(("host", "story"), STORIES, ids=lambda value: getattr(value, "path", value))
def test_a_page_shows_what_the_truth_says(running: Campus, host: str, story: Story) -> None:
    paths = article_paths(story)
    texts = [text_of(running, host, path) for path in paths]
    whole, plain = "".join(texts), squeezed("".join(html.document_fromstring(text).text_content() for text in texts))
    assert story.title in whole
    assert story.published[:10] in whole
    assert story.published.replace("T", " ") in whole
    assert all(squeezed(sentence) in plain for sentence in story.sentences())
    assert all(squeezed(name) in plain for names in story.people.values() for name in names)
    assert story.source is None or story.source in plain
    for path in (*story.images, *story.attachments):
        assert path in whole
        assert fetch(running.url(host, path))[0] == 200
    for path in story.also:
        assert fetch(running.url(host, path))[1] == fetch(running.url(host, story.path))[1]


@pytest.mark.parametrize(("host", "story"), STORIES, ids=lambda value: getattr(value, "path", value))
def test_no_forbidden_string_stands_in_a_body(host: str, story: Story) -> None:
    body = "".join(story.sentences())
    assert not [string for string in CAMPUS[host].forbidden_in(story) if string in body]


def test_the_surroundings_are_really_there(running: Campus) -> None:
    for host, truth in CAMPUS.items():
        text = squeezed(
            text_of(running, host, truth.articles[5].path) + "".join(text_of(running, host, p) for p in truth.lists)
        )
        text += squeezed(text_of(running, host, "/info/1013/1509.htm")) if host == "vsb" else ""
        assert not [string for string in truth.forbidden if squeezed(string) not in text]
    first = CAMPUS["enorth"].articles[0]
    assert all(string in text_of(running, "enorth", first.path) for string in first.forbidden)


def test_duplicates_have_equal_text_up_to_script_and_name_each_other() -> None:
    by_path = {(host, story.path): story for host, story in STORIES}
    pairs = [(story, by_path[story.duplicate_of]) for _, story in STORIES if story.duplicate_of]
    assert len(pairs) == 3
    same = [(first, second) for first, second in pairs if first.title == second.title]
    assert len(same) == 2
    assert all(first.sentences() == second.sentences() for first, second in same)


def test_pages_in_gbk_lie_about_it_in_the_ways_real_servers_do(running: Campus) -> None:
    undeclared = next(story for _, story in STORIES if story.header_charset is None)
    _, body, headers = fetch(running.url("enorth", undeclared.path))
    assert headers["Content-Type"] == "text/html"
    assert b"charset=gb2312" in body
    assert undeclared.title in body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        body.decode("gb2312")
    liar = next(story for _, story in STORIES if story.encoding != "utf-8" and story.header_charset)
    _, body, headers = fetch(running.url("enorth", liar.path))
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_walls_dead_links_and_robots_are_what_they_pretend_to_be(running: Campus) -> None:
    wall, moved, login = CAMPUS["webplus"].never[-3:]
    assert fetch(running.url("webplus", moved))[2]["Location"] == login
    assert fetch(running.url("webplus", wall))[0] == fetch(running.url("webplus", login))[0] == 200
    soft = CAMPUS["enorth"].never[2]
    assert "您访问的页面不存在" in text_of(running, "enorth", soft)
    assert fetch(running.url("enorth", CAMPUS["enorth"].dead[0]))[0] == 404
    assert fetch(running.url("enorth", "/robots.txt"))[0] == 404
    assert "Disallow: /private/" in text_of(running, "vsb", "/robots.txt")
    script = re.search(r'src="([^"]*count_page_list_\d+\.js)"', text_of(running, "enorth", "/ywsd/index.shtml"))
    assert script
    assert fetch(script[1])[1] == b"var maxpage = 3;\n"


def test_two_starts_give_the_same_bytes_whatever_the_port() -> None:
    first, second = Campus(), Campus()
    assert first.pages == second.pages
    assert not [key for key, response in first.pages.items() if b"127.0.0." in response.body]


def test_the_campus_stops_beside_a_connection_that_stays_open() -> None:
    with Campus() as campus:
        connection = http.client.HTTPConnection(campus.netloc("vsb"))
        connection.request("GET", "/")
        connection.getresponse().read()  # and leave the connection open
    connection.close()


def test_a_double_slash_and_another_host_name_are_served_like_the_plain_path(running: Campus) -> None:
    path = CAMPUS["enorth"].lists[1]
    assert fetch(running.url("enorth", path))[1] == fetch(running.url("enorth", path.replace("/count/", "/count//")))[1]
    assert b'href="http://news.example/' in fetch(running.url("enorth", "/"), Host="news.example")[1]


def test_requests_are_remembered_with_their_headers(campus: Campus) -> None:
    fetch(campus.url("webplus", "/main.htm"), **{"User-Agent": "probe/1"})
    request = campus.requests[0]
    assert campus.hits == [("webplus", "/main.htm")]
    assert (request.method, request.headers["user-agent"]) == ("GET", "probe/1")
    assert request.finished is None or request.finished >= request.started


def test_head_answers_without_a_body_on_a_connection_that_stays_open(campus: Campus) -> None:
    connection = http.client.HTTPConnection(campus.netloc("vsb"), timeout=60)
    for method in ("HEAD", "GET", "HEAD"):
        connection.request(method, "/xyyw.htm")
        answer = connection.getresponse()
        body = answer.read()
        assert (len(body) > 0) == (method == "GET")
        assert int(answer.headers["Content-Length"]) > 1000
        assert "Date" not in answer.headers
    connection.close()


def test_scripted_answers_come_one_per_request_before_the_normal_page(campus: Campus) -> None:
    key = ("vsb", "/xyyw.htm")
    normal = fetch(campus.url(*key))[1]
    campus.script[key] = [busy("7"), busy(status=429), redirect("http://127.0.0.9/"), page("x" * 5_000_000), gzipped]
    answers = [fetch(campus.url(*key)) for _ in range(6)]
    assert [status for status, _, _ in answers] == [503, 429, 302, 200, 200, 200]
    assert answers[0][2]["Retry-After"] == "7"
    assert len(answers[3][1]) == 5_000_000
    assert gzip.decompress(answers[4][1]) == answers[5][1] == normal


def test_a_connection_can_be_dropped_and_a_body_cut(campus: Campus) -> None:
    campus.script["vsb", "/"] = [dropped()]
    with pytest.raises(ConnectionError):
        fetch(campus.url("vsb", "/"))
    campus.script["vsb", "/"] = [Response(body=b"abcdef", cut=3)]
    with pytest.raises(http.client.IncompleteRead):
        fetch(campus.url("vsb", "/"))


def test_chunked_bodies_carry_no_length(campus: Campus) -> None:
    campus.pages["vsb", "/chunked"] = Response(body=b"all of it", chunked=True)
    status, body, headers = fetch(campus.url("vsb", "/chunked"))
    assert (status, body) == (200, b"all of it")
    assert headers["Content-Length"] is None


def test_validators_are_off_by_default_and_answer_304_when_on() -> None:
    with Campus(validators=True) as campus:
        _, _, headers = fetch(campus.url("vsb", "/"))
        status, body, _ = fetch(campus.url("vsb", "/"), **{"If-None-Match": headers["ETag"]})
        assert (status, body) == (304, b"")
    with Campus() as plain:
        _, _, headers = fetch(plain.url("vsb", "/"))
        assert headers["ETag"] is None
        assert headers["Last-Modified"] is None


def test_seed_files_name_one_article_each_of_a_running_campus(running: Campus, tmp_path: Path) -> None:
    files = write_seeds(tmp_path / "seeds", running.port)
    assert {file.stem for file in files} == set(ADDRESSES) == set(CAMPUS)
    for file in files:
        content = yaml.safe_load(file.read_text("utf-8"))
        assert content["hosts"] == content["private_hosts"] == [running.netloc(file.stem)]
        assert content["name"] == CAMPUS[file.stem].name
        assert len(content["articles"]) == 1
        assert fetch(content["articles"][0])[0] == 200
        assert urlsplit(content["articles"][0]).path in {story.path for story in CAMPUS[file.stem].articles}
        assert "8642" not in json.dumps(content)
