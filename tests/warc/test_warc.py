"""Evidence: what is written can be read back by others and by us, and a crash costs at most the last record."""

import gzip
import json
import random
import resource
import zlib
from argparse import Namespace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter as RawWriter

from crawler.errors import EvidenceError
from crawler.items import Capture, Exchange
from crawler.warc import Original, WarcWriter, recover, response_at, warc_date, whole_bytes
from crawler.warc import records as read_records
from crawler.warc.members import CHUNK, GZIP, HEADER, read_members

AT = datetime(2026, 11, 23, 2, 53, 1, 250, tzinfo=UTC)
URL = "https://news.example.edu.cn/info/1/2.htm?a=1"
PAGE = gzip.compress("<html>新闻</html>".encode(), mtime=0)
HEADERS = (
    ("Content-Type", "text/html"),
    ("content-encoding", "gzip"),
    ("Set-Cookie", "a=1"),
    ("Set-Cookie", "b=2"),
    ("X-Name", "æ\x96°"),
)
INFO = {
    "software": "campus-archive/0.1",
    "robots": "obeyed",
    "sites": json.dumps({"example": {"name": "示例大学"}}, ensure_ascii=False),
}


def exchange(
    url: str = URL, status: int = 200, body: bytes = PAGE, headers: tuple[tuple[str, str], ...] = HEADERS
) -> Exchange:
    return Exchange(
        url=url, at=AT, request_headers=(("User-Agent", "test"),), status=status, headers=headers, body=body
    )


def capture(*exchanges: Exchange) -> Capture:
    last = exchanges[-1]
    return Capture(
        url=URL, final_url=last.url, fetched=AT, status=last.status, headers=last.headers, body=b"", exchanges=exchanges
    )


def records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    with path.open("rb") as file:
        return [
            (r.rec_type, dict(r.rec_headers.headers), r.raw_stream.read())
            for r in ArchiveIterator(file, no_record_parse=True)
        ]


def responses(path: Path) -> list[tuple[int, Exchange]]:
    read = read_records(path)
    return [(record.offset, record.exchange) for record in read if record.kind == "response" and record.exchange]


def test_files_pass_the_check_of_warcio(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        warc.write(capture(exchange("http://news.example.edu.cn/x", 302, b"", (("Location", URL),)), exchange()))
        warc.note("https://news.example.edu.cn/y", AT, "timeout", "no answer in 30 s")
    assert Checker(Namespace(inputs=[str(tmp_path / "warc/r1-00000.warc.gz")], verbose=True)).process_all() == 0
    assert capsys.readouterr().out.count("digest pass") == 6


def test_a_response_whose_body_is_held_elsewhere_is_a_revisit_record(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        first = warc.write(capture(exchange()))
        original = Original(url=URL, at=AT, record_id=first.record_id, payload_digest=first.payload_digest)
        warc.write(capture(exchange()), original)
        unsent = warc.write(capture(exchange(status=304, body=b"", headers=(("ETag", '"1"'),))), original)
    kinds = [
        (kind, head.get("WARC-Profile", "").rpartition("/")[2]) for kind, head, _ in records(tmp_path / unsent.warc)
    ]
    assert kinds[3:] == [("revisit", "identical-payload-digest"), ("request", ""), ("revisit", "server-not-modified")]
    _, head, body = records(tmp_path / unsent.warc)[-1]
    assert (head["WARC-Refers-To"], head["WARC-Refers-To-Target-URI"]) == (first.record_id, URL)
    assert (head["WARC-Refers-To-Date"], head["WARC-Payload-Digest"]) == (warc_date(AT), first.payload_digest)
    assert body == b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    assert Checker(Namespace(inputs=[str(tmp_path / unsent.warc)], verbose=False)).process_all() == 0
    assert len(responses(tmp_path / unsent.warc)) == 1


def test_first_record_tells_software_robots_and_sites(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        warc.write(capture(exchange()))
    kind, _, body = records(tmp_path / "warc/r1-00000.warc.gz")[0]
    assert kind == "warcinfo"
    fields = dict(line.split(": ", 1) for line in body.decode().splitlines())
    assert json.loads(fields["sites"])["example"]["name"] == "示例大学"
    assert fields["robots"] == "obeyed"
    assert fields["isPartOf"] == "r1"


def test_response_is_kept_as_received_and_linked_to_its_request(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        evidence = warc.write(capture(exchange()))
    _, response, request = records(tmp_path / evidence.warc)
    assert response[1]["WARC-Date"] == "2026-11-23T02:53:01.000250Z"
    assert response[1]["WARC-Record-ID"] == evidence.record_id == request[1]["WARC-Concurrent-To"]
    assert response[1]["WARC-Payload-Digest"] == evidence.payload_digest
    head, body = response[2].split(b"\r\n\r\n", 1)
    assert body == PAGE
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\ncontent-encoding: gzip\r\n")
    assert b"\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n" in head
    assert "X-Name: 新".encode() in head
    assert request[2] == b"GET /info/1/2.htm?a=1 HTTP/1.1\r\nHost: news.example.edu.cn\r\nUser-Agent: test\r\n\r\n"


def test_length_is_stated_only_where_the_server_did_not(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        told = warc.write(capture(exchange(headers=(("content-length", "7"), ("Transfer-Encoding", "chunked")))))
        untold = warc.write(capture(exchange(headers=())))
    assert response_at(tmp_path / told.warc, told.offset).headers == (("content-length", "7"),)
    assert response_at(tmp_path / untold.warc, untold.offset).headers == (("Content-Length", str(len(PAGE))),)


def test_every_hop_is_read_back_in_order(tmp_path: Path) -> None:
    hop = exchange("http://news.example.edu.cn/x", 302, b"", (("Location", URL), ("Content-Length", "0")))
    page = exchange(headers=(*HEADERS, ("Content-Length", str(len(PAGE)))))
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        evidence = warc.write(capture(hop, page))
        warc.note(URL, AT, "timeout", None)
    read = responses(tmp_path / evidence.warc)
    assert [(item.url, item.at, item.status, item.headers, item.body) for _, item in read] == [
        (item.url, item.at, item.status, item.headers, item.body) for item in (hop, page)
    ]
    assert read[1][0] == evidence.offset
    assert response_at(tmp_path / evidence.warc, evidence.offset).body == PAGE


def test_visit_without_response_is_a_metadata_record(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        evidence = warc.note(URL, AT, "dns", "no such host:\nnews.example.edu.cn")
    kind, fields, body = records(tmp_path / evidence.warc)[1]
    assert (kind, fields["WARC-Target-URI"], fields["Content-Type"]) == ("metadata", URL, "application/warc-fields")
    assert body == b"outcome: no response\r\nreason: dns\r\ndetail: no such host: news.example.edu.cn\r\n"


def test_full_file_is_followed_by_the_next(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO, max_bytes=1) as warc:
        files = [warc.write(capture(exchange())).warc, warc.write(capture(exchange())).warc]
    assert files == ["warc/r1-00000.warc.gz", "warc/r1-00001.warc.gz"]
    assert {records(file)[0][0] for file in (tmp_path / "warc").iterdir()} == {"warcinfo"}


def test_evidence_is_never_written_over(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        warc.write(capture(exchange()))
    again = WarcWriter(tmp_path, "r1", INFO)
    with pytest.raises(EvidenceError, match=r"r1-00000\.warc\.gz: cannot start the evidence of run r1"):
        again.write(capture(exchange()))


def test_run_without_a_visit_leaves_no_file(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        warc.flush()
    assert not (tmp_path / "warc").exists()


def test_capture_without_exchanges_is_no_evidence(tmp_path: Path) -> None:
    empty = Capture(url=URL, final_url=URL, fetched=AT, status=200, headers=(), body=b"")
    with pytest.raises(EvidenceError, match="without exchanges"), WarcWriter(tmp_path, "r1", INFO) as warc:
        warc.write(empty)


def test_value_that_would_break_the_warcinfo_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="sites: a value may hold no line break"):
        WarcWriter(tmp_path, "r1", {"sites": "a:\n  b"})


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_truncated_record_is_cut_off_and_the_rest_reads(tmp_path: Path, kept: float) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        whole = [warc.write(capture(exchange())) for _ in range(3)]
        warc.flush()
        end = (tmp_path / whole[0].warc).stat().st_size
        warc.note(URL, AT, "timeout", "x" * 500)
    path = tmp_path / whole[0].warc
    size = end + int((path.stat().st_size - end) * kept)
    with path.open("r+b") as file:
        file.truncate(size)
    assert recover(tmp_path, "r1") == [
        f"warc/r1-00000.warc.gz: {size - end} bytes of an unfinished record cut off at {end}"
    ]
    assert recover(tmp_path, "r1") == []
    assert len(responses(path)) == 3


def test_file_without_one_whole_record_is_removed(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc/r1-00000.warc.gz").write_bytes(b"\x1f\x8b\x08")
    assert recover(tmp_path, "r1") == ["warc/r1-00000.warc.gz: removed, 3 bytes without one whole record"]
    assert recover(tmp_path, "r1") == []


def test_zeros_after_a_power_cut_are_cut_off(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "r1", INFO) as warc:
        path = tmp_path / warc.write(capture(exchange())).warc
    with path.open("ab") as file:
        file.write(bytes(4096))
    assert len(recover(tmp_path, "r1")) == 1
    assert len(responses(path)) == 1


def test_recovery_leaves_other_runs_alone(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    other = tmp_path / "warc/r10-00000.warc.gz"
    other.write_bytes(b"\x1f\x8b\x08")
    assert recover(tmp_path, "r1") == []
    assert other.exists()


def test_file_that_is_no_warc_is_an_evidence_error(tmp_path: Path) -> None:
    file = tmp_path / "x.warc.gz"
    file.write_bytes(b"not a warc")
    with pytest.raises(EvidenceError, match=r"x\.warc\.gz: not readable as WARC"):
        responses(file)


def test_chunked_response_of_another_writer_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    with path.open("wb") as file:
        writer = RawWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Transfer-Encoding", "chunked"), ("A", "b")], protocol="HTTP/1.1")
        body = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        fields = {"WARC-Date": "2020-01-02T03:04:05Z"}
        writer.write_record(
            writer.create_warc_record(
                URL, "response", payload=BytesIO(body), length=len(body), http_headers=head, warc_headers_dict=fields
            )
        )
    ((_, read),) = responses(path)
    assert (read.body, read.headers, read.at) == (b"abcde", (("A", "b"),), datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))


def test_a_header_may_stand_across_two_chunks_of_reading(tmp_path: Path) -> None:
    dice, file = random.Random(1), tmp_path / "r1-00000.warc.gz"
    frame = len(_member(dice.randbytes(CHUNK - 100))) - (CHUNK - 100)
    for over in range(1, len(HEADER)):  # bytes of the second header that the first chunk holds
        padded = _member(dice.randbytes(CHUNK - over - frame))
        assert len(padded) == CHUNK - over
        file.write_bytes(padded + _member(b"second") + _member(b"third"))
        assert [(member.header, member.damage) for member in read_members(file)] == [(HEADER, None)] * 3


def _member(content: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    return packer.compress(content) + packer.flush()


def test_a_record_that_does_not_fit_on_the_disk_leaves_no_half_of_itself(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk; afterwards there is room again."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with WarcWriter(tmp_path, "r1", {}) as warc:
        first = warc.write(capture(exchange(body=b"first")))
        file = tmp_path / first.warc
        size = file.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, hard))
        try:
            with pytest.raises(EvidenceError, match="cannot write the record"):
                warc.write(capture(exchange(body=random.Random(1).randbytes(5000))))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert (file.stat().st_size, whole_bytes(file)) == (size, size)
        later = warc.write(capture(exchange(body=b"third")))
    assert later.offset == size
    assert whole_bytes(file) == file.stat().st_size
