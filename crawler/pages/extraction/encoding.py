"""Bytes to text, in a documented order that survives lying headers.

1. A byte order mark, or the markup of UTF-16 without one.  2. UTF-8, if the bytes are valid UTF-8 (GBK text practically never is).  3. The
HTTP header, then `<meta>`, if the bytes are valid in it (gb2312 and gbk mean gb18030: WHATWG Encoding).  4. gb18030, then Big5, if valid.
5. UTF-8, what is declared, or gb18030, if few bytes are broken.  6. Statistics (charset-normalizer).  7. The declared encoding, or UTF-8,
with replacement characters: a broken byte never loses a page.
"""

import re
from collections.abc import Iterable

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

TRUNCATED = 4  # bytes at the end that a cut download may have torn
LOOSE_META = re.compile(
    rb"charset\s*+=\s*+[\"']?\s*+([\w-]+)", re.IGNORECASE
)  # also inside a malformed <meta http-equiv>
HEAD = 4096  # bytes in which a declaration is looked for
SAMPLE = 65_536  # bytes shown to the statistics
# What a browser reads pages in (WHATWG Encoding), by Python's names; a codec like idna or punycode is none. UTF-16 has a byte order mark.
ENCODINGS = re.compile(
    r"^(?:utf-8|gb18030|big5(?:hkscs)?|euc_(?:jp|kr)|shift_jis|cp(?:932|949|866|874|125[0-8])|iso8859-\d+|koi8-[ru]|mac-(?:roman|cyrillic))$"
)
WIDE = re.compile(
    rb"(?:\s\0)*+(<\0)[!?a-zA-Z]\0|(?:\0\s)*+\0<\0[!?a-zA-Z]"
)  # markup of two bytes a letter (XML 1.0, appendix F)
LATIN = frozenset(
    {"cp1252", "iso8859-1", "iso8859-15"}
)  # what servers claim for everything, and every byte is valid in
NOT_LATIN = re.compile(rb"[\xa1-\xfe]{6}")  # no Latin text has six accents in a row; three ideographs in GBK have
HIGH = re.compile(rb"[\x80-\xff]+")
FEW = 0.1  # of the bytes above ASCII: UTF-8 read as GBK breaks 1 %, GBK read as UTF-8 more than half


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Return the text of a page and the name of the encoding it was read in."""
    encoding, mark = read_bom(body)
    if encoding:
        return body[len(mark or b"") :].decode(encoding, "replace"), encoding
    if wide := WIDE.match(body):
        return body.decode(encoding := "utf-16-le" if wide[1] else "utf-16-be", "replace"), encoding
    if (text := _strict(body, "utf-8")) is not None:
        return text, "utf-8"
    declared = list(dict.fromkeys(_declared(body, content_type)))
    for encoding in (*declared, "gb18030", "big5"):
        if encoding != "utf-8" and (text := _strict(body, encoding)) is not None:
            return text, encoding
    sample = body[:SAMPLE]
    encoding = next((name for name in ("utf-8", *declared, "gb18030") if _broken(sample, name) <= FEW), None)
    if encoding is None:
        guess = from_bytes(sample).best() if len(body) > 64 else None
        encoding = guess.encoding if guess and "utf-8" not in declared else (declared or ["utf-8"])[0]
    return body.decode(encoding, "replace"), encoding


def _declared(body: bytes, content_type: str | None) -> Iterable[str]:
    loose = LOOSE_META.search(body[:HEAD])
    for name in (
        http_content_type_encoding(content_type),
        html_body_declared_encoding(body[:HEAD]),
        resolve_encoding(loose[1].decode()) if loose else None,
    ):
        if name and ENCODINGS.match(name) and not (name in LATIN and NOT_LATIN.search(body)):
            yield name


def _broken(sample: bytes, encoding: str) -> float:
    """Return how much of what is not ASCII cannot be read in an encoding, 0 to 1."""
    high = sum(map(len, HIGH.findall(sample)))
    return sample.decode(encoding, "replace").count("\ufffd") / max(1, high)


def _strict(body: bytes, encoding: str) -> str | None:
    """Return the text if every byte fits, but for a character torn at the very end."""
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        return body[: error.start].decode(encoding) if error.start >= len(body) - TRUNCATED and error.start else None
