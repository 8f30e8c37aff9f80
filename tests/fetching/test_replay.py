"""Replay: every request answered from WARC files."""

import gzip
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.errors import EvidenceError
from crawler.fetching import capture, explain
from crawler.fetching.replay import ReplayAddon
from crawler.items import Capture, Reason
from crawler.urls import with_body
from crawler.warc import UrlIndex, index_files
from crawler.warc.url_index import url_key
from tests.fetching_harness import fetch, site_of

HTML = [("Content-Type", "text/html")]
DATE = "2025-06-01T00:00:00Z"


class Recorder:
    """Writes a WARC file record by record."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream = path.open("wb")
        self._writer = WARCWriter(self._stream, gzip=path.suffix == ".gz")

    def response(
        self, url: str, body: bytes, *, status: str = "200 OK", headers: Any = HTML, date: str = DATE
    ) -> "Recorder":
        http = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            url, "response", payload=BytesIO(body), http_headers=http, warc_headers_dict={"WARC-Date": date}
        )
        self._write(record)
        self.last_digest = record.rec_headers.get_header("WARC-Payload-Digest")
        self.last_id = record.rec_headers.get_header("WARC-Record-ID")
        return self

    def revisit(self, url: str, *, date: str, status: str | None = "200 OK", digest: str | None = None) -> "Recorder":
        http = StatusAndHeaders(status, HTML, protocol="HTTP/1.1") if status else None
        record = self._writer.create_revisit_record(
            url, digest or self.last_digest, url, DATE, http_headers=http, warc_headers_dict={"WARC-Date": date}
        )
        self._write(record)
        return self

    def request(self, url: str) -> "Recorder":
        http = StatusAndHeaders("GET / HTTP/1.1", [("Host", "a.example")], is_http_request=True)
        self._write(self._writer.create_warc_record(url, "request", http_headers=http))
        return self

    def post(self, url: str, body: bytes) -> "Recorder":
        """Add the request that the last response answers, as warcio and pywb do."""
        http = StatusAndHeaders("POST / HTTP/1.1", [("Host", "a.example")], is_http_request=True)
        told = {"WARC-Concurrent-To": self.last_id}
        self._write(
            self._writer.create_warc_record(
                url, "request", payload=BytesIO(body), http_headers=http, warc_headers_dict=told
            )
        )
        return self

    def _write(self, record: Any) -> None:
        self._writer.write_record(record)
        if record.raw_stream:
            record.raw_stream.close()  # warcio leaves its temporary file open

    def done(self) -> str:
        self._stream.close()
        return str(self.path)


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "a.warc.gz")


def replayed(files: str, *urls: str, **settings: Any) -> dict[str, Capture]:
    got = fetch(site_of("a.example", "b.example"), *urls, REPLAY_WARC=files, **settings)
    assert all(isinstance(result, Response) for result in got.values()), got
    return {url: capture(result) for url, result in got.items() if isinstance(result, Response)}


def body_of(index: UrlIndex, url: str) -> bytes:
    found = index.find(url)
    assert found is not None
    return found.body


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_request_is_answered_with_the_record_and_its_date(tmp_path: Path, name: str) -> None:
    file = Recorder(tmp_path / name).request("http://a.example/x").response("http://a.example/x", b"<p>x").done()
    got = replayed(file, "http://a.example/x")["http://a.example/x"]
    assert (got.status, got.body, got.fetched) == (200, b"<p>x", datetime(2025, 6, 1, tzinfo=UTC))
    assert [(exchange.at, exchange.body) for exchange in got.exchanges] == [(got.fetched, b"<p>x")]
    assert dict(got.headers)["Content-Type"] == "text/html"


def test_http_and_https_are_one_and_what_is_not_in_the_files_is_a_404(recorder: Recorder) -> None:
    file = recorder.response("http://a.example/x", b"x").done()
    got = replayed(file, "https://a.example/x", "https://a.example/y")
    assert got["https://a.example/x"].body == b"x"
    assert got["https://a.example/x"].final_url == "https://a.example/x"
    assert got["https://a.example/y"].status == 404


def test_several_files_are_one_and_robots_is_obeyed_without_delay(tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /y\nCrawl-delay: 50"
    one = Recorder(tmp_path / "1.warc.gz").response("http://a.example/robots.txt", rules).done()
    two = Recorder(tmp_path / "2.warc").response("http://b.example/x", b"b").response("http://a.example/x", b"a").done()
    urls = ("http://a.example/x", "http://b.example/x", "http://a.example/y")
    settings: dict[str, Any] = {"ROBOTSTXT_OBEY": True, "AUTOTHROTTLE_ENABLED": True, "DOWNLOAD_DELAY": 20}
    got = fetch(site_of("a.example", "b.example", private=False), *urls, REPLAY_WARC=f"{one}, {two}", **settings)
    assert sorted(result.body for result in got.values() if isinstance(result, Response)) == [b"a", b"b"]
    (refused,) = (result for result in got.values() if isinstance(result, Failure))
    assert explain(refused)[1] is Reason.ROBOTS


def test_redirects_and_error_pages_are_replayed(recorder: Recorder) -> None:
    recorder.response("http://a.example/old", b"", status="301 Moved", headers=[("Location", "https://a.example/new")])
    recorder.response("https://a.example/new", b"new").response("http://a.example/gone", b"no", status="410 Gone")
    got = replayed(recorder.done(), "http://a.example/old", "http://a.example/gone")
    assert got["http://a.example/old"].final_url == "https://a.example/new"
    assert [exchange.status for exchange in got["http://a.example/old"].exchanges] == [301, 200]
    assert got["http://a.example/gone"].status == 410


def test_redirect_to_the_other_scheme_does_not_hide_the_page(recorder: Recorder) -> None:
    recorder.response("https://a.example/x", b"page")
    recorder.response("http://a.example/x", b"", status="301 Moved", headers=[("Location", "https://a.example/x")])
    assert body_of(index_files([recorder.done()]), "http://a.example/x") == b"page"


def test_bytes_keep_their_content_encoding_and_lose_their_transfer_encoding(recorder: Recorder) -> None:
    packed = gzip.compress(b"<p>packed")
    headers = [*HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    file = recorder.response("http://a.example/x", chunks, headers=headers).done()
    got = replayed(file, "http://a.example/x")["http://a.example/x"]
    assert got.body == b"<p>packed"
    assert got.exchanges[0].body == packed
    assert [name for name, _ in got.headers] == ["Content-Type", "Content-Encoding"]


def test_newest_record_wins_and_the_later_one_of_equal_dates(recorder: Recorder) -> None:
    recorder.response("http://a.example/x", b"newest", date="2025-06-03T00:00:00Z")
    recorder.response("http://a.example/x", b"older", date="2025-06-02T00:00:00.5Z")
    recorder.response("http://a.example/y", b"first").response("http://a.example/y", b"second")
    index = index_files([recorder.done()])
    assert body_of(index, "http://a.example/x") == b"newest"
    assert body_of(index, "http://a.example/y") == b"second"
    assert len(index) == 2


def test_revisit_gives_its_own_date_and_the_earlier_body(recorder: Recorder) -> None:
    recorder.response("http://a.example/x", b"body").revisit("http://a.example/x", date="2025-07-01T00:00:00Z")
    recorder.revisit("http://a.example/copy", date="2025-07-02T00:00:00Z", status=None)
    index = index_files([recorder.done()])
    for url, day in (
        ("http://a.example/x", datetime(2025, 7, 1, tzinfo=UTC)),
        ("http://a.example/copy", datetime(2025, 7, 2, tzinfo=UTC)),
    ):
        found = index.find(url)
        assert found is not None
        assert (found.body, found.at, found.status) == (b"body", day, 200)


def test_a_query_by_post_is_found_by_what_was_sent_though_a_foreign_file_names_its_address_alone(
    recorder: Recorder,
) -> None:
    recorder.response("http://a.example/q", b"one").post("http://a.example/q", b"page=1")
    recorder.response("http://a.example/q", b"two").post("http://a.example/q", b"page=2")
    recorder.response("http://a.example/q", b"got").request("http://a.example/q")
    index = index_files([recorder.done()])
    asked = [with_body("http://a.example/q", "page=1"), with_body("http://a.example/q", "page=2"), "http://a.example/q"]
    assert [body_of(index, url) for url in asked] == [b"one", b"two", b"got"]


def test_revisit_without_its_response_and_304_do_not_hide_an_earlier_response(recorder: Recorder) -> None:
    recorder.response("http://a.example/x", b"body")
    recorder.revisit("http://a.example/x", date="2025-07-01T00:00:00Z", digest="sha1:AAAA")
    recorder.response("http://a.example/x", b"", status="304 Not Modified", date="2025-07-02T00:00:00Z")
    assert body_of(index_files([recorder.done()]), "http://a.example/x") == b"body"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTP://A.Example:80", "a.example/"),
        ("https://a.example:443/x#top", "a.example/x"),
        ("http://a.example:8080/", "a.example:8080/"),
        ("http://a.example/%7Eme/%e6%96%b0?q=%2f&e=", "a.example/~me/%E6%96%B0?q=%2F&e="),
        ("http://a.example/新?关=a b", "a.example/%E6%96%B0?%E5%85%B3=a%20b"),
    ],
)
def test_url_key_is_one_spelling(url: str, key: str) -> None:
    assert url_key(url) == key
    assert url_key(f"http://{key}") == key


def test_url_that_cannot_be_requested_has_no_key_and_does_not_stop_the_reading(recorder: Recorder) -> None:
    recorder.response("http://a.example:port/x", b"odd").response("http://[a.example/x", b"odd")
    recorder.response("http://a.example/y", b"y", status="302 Found", headers=[("Location", "http://[x/")])
    index = index_files([recorder.response("http://a.example/x", b"x").done()])
    assert (url_key("http://a.example:port/x"), url_key("http://[::1/x")) == (None, None)
    assert body_of(index, "http://a.example/x") == b"x"


def test_unusable_file_is_an_error_that_names_it(tmp_path: Path, recorder: Recorder) -> None:
    whole = Path(
        recorder.response("http://a.example/x", b"x" * 5000)
        .response("http://a.example/y", bytes(range(256)) * 90)
        .done()
    )
    (cut := tmp_path / "cut.warc.gz").write_bytes(whole.read_bytes()[:200])
    (as_one := tmp_path / "as_one.warc.gz").write_bytes(gzip.compress(gzip.decompress(whole.read_bytes())))
    (empty := tmp_path / "empty.warc.gz").write_bytes(b"")
    (page := tmp_path / "page.html").write_bytes(b"<html>no warc")
    for file in (cut, as_one, empty, page, tmp_path / "missing.warc", tmp_path):
        with pytest.raises(EvidenceError, match=file.name):
            index_files([str(file)])


def test_a_record_that_cannot_be_read_costs_no_other(tmp_path: Path, recorder: Recorder) -> None:
    for name in "xyz":
        recorder.response(f"http://a.example/{name}", name.encode() * 5000)
    damaged = bytearray(Path(recorder.done()).read_bytes()[:-40])
    damaged[300:330] = bytes(30)
    (file := tmp_path / "damaged.warc.gz").write_bytes(damaged)
    index = index_files([str(file)])
    assert [index.find(f"http://a.example/{name}") is not None for name in "xyz"] == [False, True, False]


def test_a_revisit_is_read_before_its_response_and_without_a_digest(recorder: Recorder, tmp_path: Path) -> None:
    response = Recorder(tmp_path / "b.warc.gz").response("http://a.example/x", b"body")
    later, copy = response.done(), "http://a.example/copy"
    recorder.revisit(copy, date="2025-07-02T00:00:00Z", digest=response.last_digest)
    assert body_of(index_files([recorder.done(), later]), copy) == b"body"
    told = b"WARC-Type: revisit\r\nWARC-Target-URI: http://a.example/y\r\nWARC-Refers-To-Target-URI: http://a.example/x\r\n"
    file = _plain(tmp_path, told)
    assert body_of(index_files([file, later]), "http://a.example/y") == b"body"


def test_a_resource_is_an_answer_whose_type_is_told(tmp_path: Path) -> None:
    file = _plain(
        tmp_path, b"WARC-Type: resource\r\nWARC-Target-URI: http://a.example/x\r\nContent-Type: text/html\r\n"
    )
    found = index_files([file]).find("http://a.example/x")
    assert found is not None
    assert (found.status, found.headers, found.body) == (200, (("Content-Type", "text/html"),), b"")


def _plain(folder: Path, told: bytes) -> str:
    """Write a file of one record without a block."""
    usual = b"WARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2025-06-01T00:00:00Z\r\nContent-Length: 0\r\n"
    (file := folder / "foreign.warc").write_bytes(b"WARC/1.0\r\n" + told + usual + b"\r\n\r\n\r\n")
    return str(file)


def test_add_on_leaves_a_live_crawl_alone_and_the_command_line_its_last_word(recorder: Recorder) -> None:
    file = recorder.response("http://a.example/x", b"x").done()
    got = replayed(file, "http://a.example/x", AUTOTHROTTLE_ENABLED=True)
    assert len(got) == 1
    settings = Settings({"REPLAY_WARC": file, "DOWNLOAD_DELAY": 3})
    settings.set("CONCURRENT_REQUESTS", 2, priority="cmdline")
    ReplayAddon().update_settings(settings)
    assert settings.getint("CONCURRENT_REQUESTS") == 2
    assert settings.getint("DOWNLOAD_DELAY") == 0
