"""As much of an S3 server as a client asks for that puts, reads and lists objects; in memory, on loopback, and it can be away for a while."""

import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 1000  # objects of a listing in one answer
KEY, SECRET = "of-the-tests", "secret"


@dataclass
class S3Server:
    """One bucket, `archive`."""

    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    refuses: bool = False  # every request: wrong credentials
    fails: int = 0  # that many requests: too much to do
    puts: list[str] = field(default_factory=list)
    port: int = 0
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self.stop()

    def start(self) -> None:
        """Answer, on the port of the first time."""
        self._server = _Server(self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Be away; the objects stay."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to know."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }

    def listing(self, prefix: str, after: str) -> str:
        names = sorted(name for name in self.objects if name.startswith(prefix) and name > after)
        shown = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(self.objects[name][0])}</Size><ETag>{tag(self.objects[name][0])}</ETag>"
            f"<LastModified>{self.objects[name][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for name in names[:PAGE]
        )
        more = f"<NextContinuationToken>{names[PAGE - 1]}</NextContinuationToken>" if len(names) > PAGE else ""
        return f"<ListBucketResult>{shown}<IsTruncated>{str(bool(more)).lower()}</IsTruncated>{more}</ListBucketResult>"


def tag(data: bytes) -> str:
    return f'"{md5(data, usedforsecurity=False).hexdigest()}"'


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, s3: S3Server) -> None:
        self.s3 = s3
        super().__init__(("127.0.0.1", s3.port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        name, given, data = self.asked()
        if "uploadId" in given:
            self.server.s3.uploads[given["uploadId"]][int(given["partNumber"])] = data
        else:
            self.server.s3.objects[name] = data, datetime.now(UTC)
            self.server.s3.puts.append(name)
        self.answer(200, b"", ETag=tag(data))

    def do_POST(self) -> None:
        name, given, data = self.asked()
        if "uploads" in given:
            self.server.s3.uploads[name] = {}
            self.xml(
                f"<InitiateMultipartUploadResult><UploadId>{escape(name)}</UploadId></InitiateMultipartUploadResult>"
            )
        elif "uploadId" in given:
            parts = self.server.s3.uploads.pop(given["uploadId"])
            whole = b"".join(parts[number] for number in sorted(parts))
            self.server.s3.objects[name] = whole, datetime.now(UTC)
            self.server.s3.puts.append(name)
            self.xml(
                f"<CompleteMultipartUploadResult><ETag>{escape(tag(whole))}</ETag></CompleteMultipartUploadResult>"
            )
        else:
            keys = re.findall(r"<Key>(.*?)</Key>", data.decode())
            for key in keys:
                self.server.s3.objects.pop(key, None)
            self.xml(f"<DeleteResult>{''.join(f'<Deleted><Key>{key}</Key></Deleted>' for key in keys)}</DeleteResult>")

    def do_GET(self) -> None:
        name, given, _ = self.asked()
        if "list-type" in given and not self.path.startswith("/archive"):
            self.answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
            return
        if "list-type" in given:
            self.xml(self.server.s3.listing(given.get("prefix", ""), given.get("continuation-token", "")))
            return
        data, modified = self.server.s3.objects.get(name, (None, datetime.now(UTC)))
        if data is None:
            self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        headers = {"ETag": tag(data), "Last-Modified": f"{modified:%a, %d %b %Y %H:%M:%S GMT}"}
        if wanted := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", "")):
            first, last = int(wanted[1]), min(int(wanted[2]), len(data) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
            self.answer(206, data[first : last + 1], **headers)
        else:
            self.answer(200, data, **headers)

    do_HEAD = do_GET

    def asked(self) -> tuple[str, dict[str, str], bytes]:
        """Return the name of the object, the query and the body."""
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        return (
            unquote(parts.path).removeprefix("/archive/"),
            {name: found[0] for name, found in query.items()},
            data,
        )

    def xml(self, said: str) -> None:
        self.answer(200, f'<?xml version="1.0" encoding="UTF-8"?>{said}'.encode())

    def answer(self, status: int, data: bytes, **headers: str) -> None:
        if self.server.s3.refuses:
            status, data, headers = 403, b"<Error><Code>InvalidAccessKeyId</Code></Error>", {}
        elif self.server.s3.fails:
            self.server.s3.fails -= 1
            status, data, headers = 503, b"<Error><Code>SlowDown</Code></Error>", {}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
