"""`scrapy extract` on URLs: fetched as a crawl fetches them, read as a crawl reads them, and nothing kept. On files: test_extract_command.py."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from crawler.archive import body_of
from crawler.settings import USER_AGENT
from tests.campus import Campus, Response, dropped, gzipped, page, redirect
from tests.campus.seed_files import write_seeds
from tests.campus.sites import enorth, vsb, webplus
from tests.campus.stories.vsb import NEWS
from tests.campus.truth import CAMPUS
from tests.crawl_harness import Crawled, environment
from tests.extract_harness import KEYS, PAGE, lines_of
from tests.scrapy_process import start

DELAY = 0.3  # seconds between two requests to the host that has a pace here
LARGEST = 200_000  # bytes
ALWAYS = 9  # more often than anything is asked for
PLAIN, MOVED, ZIPPED, BROKEN, ERROR, LARGE, LATE, AWAY, CHALLENGE = (story.path for story in NEWS[:9])
(CUT_INTO_PAGES,) = (story for story in CAMPUS["enorth"].articles if story.further)
NOT_SEEN = {  # host and path -> kind and reason
    ("vsb", vsb.PRIVATE): ("other", "robots"),
    ("vsb", ERROR): ("other", "server_error"),
    ("vsb", LARGE): ("other", "too_large"),
    ("vsb", LATE): ("other", "timeout"),
    ("vsb", AWAY): ("other", "out_of_scope"),
    ("vsb", CHALLENGE): ("wall", "challenge"),
    ("webplus", webplus.WALL): ("wall", "login"),
    ("webplus", webplus.REDIRECT): ("wall", "login"),
    ("enorth", enorth.SOFT_404): ("wall", "soft_404"),
    ("enorth", enorth.MISSING): ("other", "not_found"),
}
ELSEWHERE = {
    "http://127.0.0.9:1/page.htm": "private_address",
    "http://nothing.invalid/page.htm": "dns",
    "http://": None,
    "https://news.example.edu.cn:x/": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    campus: Campus
    folder: Path
    asked: list[str]
    lines: list[dict[str, Any]]

    def line(self, host: str, path: str) -> dict[str, Any]:
        return self.lines[self.asked.index(self.campus.url(host, path))]

    def requests(self, host: str) -> list[Any]:
        return [request for request in self.campus.requests if request.host == host]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extracted]:
    """What one run prints of pages of every kind, some named on the command line, the others in a manifest."""
    folder = tmp_path_factory.mktemp("extracted")
    with Campus() as campus:
        write_seeds(folder / "seeds", campus.port)
        paced = folder / "seeds/enorth.yaml"
        paced.write_text(paced.read_text("utf-8").replace("delay: 0", f"delay: {DELAY}"), "utf-8")
        campus.script |= {
            ("vsb", MOVED): [redirect(PLAIN, status=301)],
            ("vsb", ZIPPED): [gzipped],
            ("vsb", BROKEN): [dropped()],
            ("vsb", ERROR): [page("error", status=500)] * ALWAYS,
            ("vsb", LARGE): [page("<p>" + "长" * LARGEST)],
            ("vsb", LATE): [lambda normal: replace(normal, wait=30)] * ALWAYS,
            ("vsb", AWAY): [redirect(campus.url("webplus", "/main.htm"))],
            ("vsb", CHALLENGE): [page("<script>$_ts={}</script>", status=412)],
        }
        read = [("vsb", PLAIN), ("vsb", MOVED), ("vsb", ZIPPED), ("vsb", BROKEN), ("enorth", CUT_INTO_PAGES.path)]
        urls = [campus.url(host, path) for host, path in [*read, *NOT_SEEN]]
        asked = [urls[0], PAGE, *urls[1:], *ELSEWHERE, campus.url("vsb", "/xyyw.htm")]
        (folder / "manifest.tsv").write_text("\n".join(asked[4:]), "utf-8")
        given = {"SEEDS_DIR": folder / "seeds", "ARCHIVE_DIR": folder / "archive", "RETRY_TIMES": 1}
        given |= {"RETRY_BACKOFF": 0.1, "DOWNLOAD_TIMEOUT": 1, "DOWNLOAD_MAXSIZE": LARGEST}
        settings = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
        lines = lines_of(*asked[:4], "--manifest", folder / "manifest.tsv", *settings)
        yield Extracted(campus=campus, folder=folder, asked=asked, lines=lines)


def test_every_page_is_one_line_in_the_order_given(extracted: Extracted) -> None:
    assert [line["file"] for line in extracted.lines] == extracted.asked
    assert all(list(line)[: len(KEYS)] == KEYS for line in extracted.lines)


def test_a_file_among_them_is_read(extracted: Extracted) -> None:
    assert (extracted.lines[1]["url"], extracted.lines[1]["kind"]) == ("", "article")


@pytest.mark.parametrize("path", [PLAIN, ZIPPED, BROKEN])
def test_an_article_is_read(extracted: Extracted, path: str) -> None:
    (story,) = (story for story in NEWS if story.path == path)
    line = extracted.line("vsb", path)
    assert (line["url"], line["kind"], line["family"]) == (extracted.campus.url("vsb", path), "article", "vsb")
    published = f"{story.published}+08:00" if "T" in story.published else story.published
    assert (line["title"], line["published"]) == (story.title, published)
    assert all(sentence.replace("\u3000", " ") in line["body"] for sentence in story.sentences())
    assert "error" not in line


def test_a_redirect_within_the_site_is_followed(extracted: Extracted) -> None:
    line = extracted.line("vsb", MOVED)
    assert (line["url"], line["title"]) == (extracted.campus.url("vsb", PLAIN), NEWS[0].title)


def test_an_article_that_is_cut_into_pages_is_whole(extracted: Extracted) -> None:
    line = extracted.line("enorth", CUT_INTO_PAGES.path)
    assert all(sentence.strip("\u3000") in line["body"] for sentence in CUT_INTO_PAGES.sentences())
    asked = [request.path for request in extracted.requests("enorth")]
    assert set(enorth.article_paths(CUT_INTO_PAGES)) <= set(asked)


def test_a_list_is_a_list(extracted: Extracted) -> None:
    line = extracted.line("vsb", "/xyyw.htm")
    assert (line["kind"], line["body"], line["people"], line["images"]) == ("list", None, {}, [])


@pytest.mark.parametrize(("host", "path"), NOT_SEEN)
def test_a_page_that_is_not_to_be_had_says_why(extracted: Extracted, host: str, path: str) -> None:
    line = extracted.line(host, path)
    assert (line["kind"], line["reason"]) == NOT_SEEN[host, path]
    assert line["error"]
    assert line["body"] is None


@pytest.mark.parametrize("url", ELSEWHERE)
def test_an_address_that_leads_nowhere_says_why(extracted: Extracted, url: str) -> None:
    line = extracted.lines[extracted.asked.index(url)]
    assert (line["url"], line["kind"], line.get("reason")) == (url, "other", ELSEWHERE[url])
    assert line["error"]


def test_it_asks_as_a_crawl_asks(extracted: Extracted) -> None:
    for host in CAMPUS:
        requests = extracted.requests(host)
        assert requests[0].path == "/robots.txt"
        assert {request.headers["user-agent"] for request in requests} == {USER_AGENT}
    hits = [path for _, path in extracted.campus.hits]
    assert (hits.count(vsb.PRIVATE), hits.count(BROKEN), hits.count(ERROR)) == (0, 2, 2)
    assert "/main.htm" not in hits
    started = [request.started for request in extracted.requests("enorth")]
    assert len(started) > 4
    assert all(later - earlier > DELAY - 0.05 for earlier, later in pairwise(started))


def test_nothing_is_kept(extracted: Extracted) -> None:
    assert sorted(path.name for path in extracted.folder.iterdir()) == ["manifest.tsv", "seeds"]


def test_a_page_is_what_the_crawl_archived_and_may_be_replayed(crawled: Crawled) -> None:
    """The campus is crawled once for all tests: here its evidence answers, and the campus is not asked again."""
    before = len(crawled.campus.requests)
    (warc,) = crawled.archive.root.glob("warc/*.warc.gz")
    asked = {
        crawled.campus.url(host, path) for host, path in crawled.hits
    }  # of a page with two spellings the one that was linked
    live = {url: row for url, row in crawled.archive.documents.items() if row["path"] and url in asked}
    assert len(live) > 40
    lines = lines_of(*live, "-s", f"REPLAY_WARC={warc}", "-s", f"SEEDS_DIR={crawled.seeds}")
    assert len(crawled.campus.requests) == before
    for line, (url, row) in zip(lines, live.items(), strict=True):
        assert "error" not in line, line["error"]
        values, _ = crawled.archive.markdown(url)
        assert (line["url"], line["kind"], line["title"], line["family"]) == (
            url,
            "article",
            row["title"],
            row["family"],
        )
        assert line["date_raw"] == values["params"].get("date_raw")
        assert body_of((crawled.archive.root / row["path"]).read_bytes()).startswith(line["body"])


def test_a_page_that_was_never_recorded_is_not_found(crawled: Crawled) -> None:
    (warc,) = crawled.archive.root.glob("warc/*.warc.gz")
    (line,) = lines_of("https://news.example.edu.cn/1.htm", "-s", f"REPLAY_WARC={warc}")
    assert (line["error"], line["reason"]) == ("HTTP status 404", "not_found")


def test_it_stops_when_it_is_told_to(tmp_path: Path) -> None:
    with Campus() as campus:
        write_seeds(tmp_path, campus.port)
        campus.script["vsb", LATE] = [Response(wait=30)]
        reader, writer = os.pipe()
        asked = (PAGE, campus.url("vsb", LATE), PAGE, "-s", f"SEEDS_DIR={tmp_path}")
        with os.fdopen(reader) as lines, TemporaryFile() as told:
            with start("extract", *asked, env=environment(), files=(0, writer, told.fileno())) as process:
                os.close(writer)
                assert json.loads(lines.readline())["kind"] == "article"
                process.send_signal(signal.SIGINT)
                assert (process.wait(), lines.read()) == (1, "")
            told.seek(0)
            assert told.read() == b""
