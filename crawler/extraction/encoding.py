"""Bytes to text, in a documented order that survives lying headers.

1. A byte order mark.  2. UTF-8, if the bytes are valid UTF-8 (GBK text practically never is).  3. The HTTP header, then `<meta>`, if the bytes
are valid in it (gb2312 and gbk mean gb18030: WHATWG Encoding).  4. gb18030, then Big5, if valid.  5. Statistics (charset-normalizer).
6. The declared encoding, or UTF-8, with replacement characters: a broken byte never loses a page.
"""

import codecs
import re
from collections.abc import Iterable

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

TRUNCATED = 4  # bytes at the end that a cut download may have torn
LOOSE_META = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)  # also inside a malformed <meta http-equiv>
HEAD = 4096  # bytes in which a declaration is looked for
SAMPLE = 65_536  # bytes shown to the statistics


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Return the text of a page and the name of the encoding it was read in."""
    encoding, mark = read_bom(body)
    if encoding:
        return body[len(mark or b"") :].decode(encoding, "replace"), encoding
    if (text := _strict(body, "utf-8")) is not None:
        return text, "utf-8"
    declared = list(dict.fromkeys(_declared(body, content_type)))
    for encoding in (*declared, "gb18030", "big5"):
        if encoding != "utf-8" and (text := _strict(body, encoding)) is not None:
            return text, encoding
    guess = from_bytes(body[:SAMPLE]).best() if len(body) > 64 else None
    encoding = guess.encoding if guess and "utf-8" not in declared else (declared or ["utf-8"])[0]
    return body.decode(encoding, "replace"), encoding


def _declared(body: bytes, content_type: str | None) -> Iterable[str]:
    loose = LOOSE_META.search(body[:HEAD])
    for name in (
        http_content_type_encoding(content_type),
        html_body_declared_encoding(body[:HEAD]),
        resolve_encoding(loose[1].decode()) if loose else None,
    ):
        if name and _is_text_encoding(name):
            yield "gb18030" if name.replace("-", "").lower() in {"gb2312", "gbk", "gb18030", "hzgb2312"} else name


def _is_text_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


def _strict(body: bytes, encoding: str) -> str | None:
    """Return the text if every byte fits, but for a character torn at the very end."""
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        return body[: error.start].decode(encoding) if error.start >= len(body) - TRUNCATED and error.start else None
