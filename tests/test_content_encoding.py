"""The codings of a body: what is fetched and what evidence gives back are unpacked by one door, and never beyond a limit."""

import gzip
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from scrapy.http import Response

from crawler.content_encoding import decode, decoded
from crawler.errors import BodyTooLargeError, ContentEncodingError
from crawler.fetching import capture
from crawler.items import Exchange
from crawler.warc import WarcWriter, capture_at
from tests.fetching_harness import fetch, serving, site_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGE = "<html>新闻</html>".encode() * 500


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": (" X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw-deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "twice": ("br, gzip", lambda body: gzip.compress(brotli.compress(body))),
    "members": ("gzip", lambda body: gzip.compress(body[:99]) + gzip.compress(body[99:])),
}


def headers(*codings: str) -> list[tuple[str, str]]:
    return [("Content-Type", "text/html"), *(("content-encoding", coding) for coding in codings)]


@pytest.mark.parametrize("name", PACKED)
def test_every_coding_is_undone_and_not_beyond_a_limit(name: str) -> None:
    coding, pack = PACKED[name]
    assert decode(headers(coding), pack(PAGE)) == (PAGE, [])
    assert decode(headers(coding), pack(PAGE), len(PAGE)) == (PAGE, [])
    assert decode(headers(coding), b"") == (b"", [coding.strip().lower()] if "," not in coding else ["br", "gzip"])
    with pytest.raises(BodyTooLargeError):
        decode(headers(coding), pack(PAGE * 1000), len(PAGE))


def test_fields_of_a_gzip_header_are_walked_over() -> None:
    packed = gzip.compress(PAGE)
    header = packed[:3] + bytes([2 | 4 | 8 | 16]) + packed[4:10]
    extra, name, comment, total = b"\3\0abc", b"name\0", b"comment\0", b"xx"
    member = header + extra + name + comment + total + packed[10:]
    assert decode(headers("gzip"), member * 2 + b"\0" * 99) == (PAGE * 2, [])
    with pytest.raises(ContentEncodingError):
        decode(headers("gzip"), header + extra + b"n" * 9_000)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_stream_of_members_without_end_is_given_up(coding: str) -> None:
    with pytest.raises(ContentEncodingError):
        decode(headers(coding), PACKED[coding][1](b"") * 10_001)


def test_codings_of_several_fields_are_one_list_undone_from_its_end() -> None:
    packed = gzip.compress(brotli.compress(PAGE))
    assert decode(headers("br", "gzip"), packed) == (PAGE, [])
    assert decode(headers("br", "aes128gcm", "gzip"), packed) == (brotli.compress(PAGE), ["br", "aes128gcm"])
    assert decode(headers(), PAGE) == (PAGE, [])


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_of_a_body_that_is_cut_off_there_is_as_much_as_was_received(name: str) -> None:
    coding, pack = PACKED[name]
    body = bytes(n * n % 251 ^ n // 7 % 256 for n in range(300_000))
    found, _ = decode(headers(coding), pack(body)[:-1000])
    assert len(found) > 50_000
    assert body.startswith(found)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_was_never_packed_is_as_it_is_fetched_and_from_evidence(coding: str) -> None:
    body = b"<html>not packed at all"
    assert decode(headers(coding), body)[0] == body
    at = datetime(2027, 1, 1, tzinfo=UTC)
    plain = Exchange(
        url="https://a.example/", at=at, request_headers=(), status=200, headers=tuple(headers(coding)), body=body
    )
    assert decoded(plain) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_damaged_body_is_refused(coding: str) -> None:
    damaged = b"\x1f\x8b\x28\xb5" if coding != "zstd" else b"\x28\xb5\x2f\xfd\xff\xff\xff"
    with pytest.raises(ContentEncodingError):
        decode(headers(coding), damaged + bytes(range(200, 256)) * 9)


def test_more_codings_than_anybody_uses_are_not_undone() -> None:
    with pytest.raises(ContentEncodingError):
        decode(headers(", ".join(["gzip"] * 30)), b"\x1f\x8b")


def test_a_page_is_the_same_fetched_and_read_back(tmp_path: Path) -> None:
    pages = {
        f"/{name}": (200, {"Content-Encoding": coding.strip()}, pack(PAGE)) for name, (coding, pack) in PACKED.items()
    }
    with serving(pages) as server:
        got = fetch(site_of(f"127.0.0.1:{server.port}"), *map(server.url, pages), LOG_LEVEL="CRITICAL")
    with WarcWriter(tmp_path, "r", {}) as warc:
        for url, response in got.items():
            assert isinstance(response, Response), response
            fetched = capture(response)
            evidence = warc.write(fetched)
            warc.flush()
            read = capture_at(tmp_path / evidence.warc, evidence.offset, url)
            assert fetched.body == read.body == PAGE
