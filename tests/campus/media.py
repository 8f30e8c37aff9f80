"""Pictures and attachments made of their path: small, valid, and different for every path."""

import io
import struct
import zipfile
import zlib
from hashlib import sha256
from urllib.parse import quote

from tests.campus.response import Response

SIDE = 24  # pixels


def picture(path: str) -> Response:
    """Return a PNG of one colour, whatever extension the path has: the content is what counts."""
    colour = sha256(path.encode()).digest()[:3]
    rows = b"".join(b"\0" + colour * SIDE for _ in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return Response(body=b"\x89PNG\r\n\x1a\n" + b"".join(chunks), content_type="image/png")


def attachment(path: str, name: str | None = None) -> Response:
    """Return a PDF or an office file after the ending of its name; a name of its own goes into Content-Disposition."""
    pdf = (name or path).endswith(".pdf")
    disposition = (("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}"),) if name else ()
    return Response(
        body=_pdf(path) if pdf else _office(path),
        content_type="application/octet-stream" if name else "application/pdf" if pdf else "application/msword",
        headers=disposition,
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _pdf(path: str) -> bytes:
    return (
        f"%PDF-1.4\n% {path}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n"
    ).encode()


def _office(path: str) -> bytes:
    """Return the outer shape of an Office Open XML file: a zip archive with a fixed date inside."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("[Content_Types].xml", date_time=(2024, 5, 1, 0, 0, 0))
        archive.writestr(entry, f'<?xml version="1.0"?><Types><!-- {path} --></Types>')
    return buffer.getvalue()
