"""Records are what warcio writes, byte for byte."""

from io import BytesIO

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.warc.serialisation import Content, record_bytes

URL = "https://news.example.edu.cn/info/1/2.htm"
ID = "<urn:uuid:00000000-0000-4000-8000-000000000000>"
FIELDS = {"WARC-Date": "2026-01-02T03:04:05.000006Z", "WARC-Refers-To": ID, "Archive-Listed": "标题"}
LINES = [("Host", "news.example.edu.cn"), ("X-Empty", "")]


@pytest.mark.parametrize(
    ("kind", "first", "body", "type_", "digest"),
    [
        ("response", "HTTP/1.1 200 OK", b"<html>\r\n\r\n", "", "sha256:aa"),
        ("response", "HTTP/1.1 521", b"", "", "sha256:aa"),
        ("request", "GET /info/1/2.htm HTTP/1.1", b"", "", None),
        ("request", "POST /more HTTP/1.1", b"page=2", "", None),
        ("revisit", "HTTP/1.1 304 Not Modified", b"", "", "sha256:aa"),
        ("metadata", "", b"outcome: no response\r\n", "application/warc-fields", "sha256:aa"),
        ("resource", "", b"---\ntitle: x\n", "text/x-mirror", "sha256:aa"),
    ],
)
def test_a_record_is_what_warcio_writes(kind: str, first: str, body: bytes, type_: str, digest: str | None) -> None:
    head = StatusAndHeaders(first, LINES) if first else None
    given = {**FIELDS, **({"WARC-Payload-Digest": digest} if digest else {}), "WARC-Type": kind, "WARC-Record-ID": ID}
    writer = WARCWriter(BytesIO(), gzip=False, warc_version="WARC/1.1")
    writer.write_record(
        writer.create_warc_record(
            URL,
            kind,
            payload=BytesIO(body),
            length=len(body),
            warc_content_type=type_,
            warc_headers_dict=given,
            http_headers=head,
        )
    )
    ours = Content(body=body, type=type_, head=head.to_bytes() if head else b"", digest=digest)
    assert record_bytes(kind, URL, ours, FIELDS, ID) == writer.out.getvalue()
