"""Digests: "sha256:" and 64 hex digits, as the catalog and the evidence hold them; and the text that is digested.

Text is compared in one script, one width, one case; without markup, white space and punctuation.
"""

import re
import unicodedata
from functools import cache
from hashlib import sha256

from opencc_pyo3 import OpenCC

from crawler.items import Article

# Letters: a body shorter than that does not tell two articles of one title apart, so its media are counted in.
SHORT = 40


def digest_of(data: bytes) -> str:
    """Return the digest of bytes as they are."""
    return f"sha256:{sha256(data).hexdigest()}"


def content_digest(article: Article) -> str:
    """Return the digest of an article's normalised title and body.

    Layout, script, punctuation, counters and addresses do not count; where the body says next to nothing its media do.
    """
    body = normalise(plain(article.body))
    media = sorted(medium.url.partition("://")[2] for medium in article.media) if len(body) < SHORT else []
    return digest_of("\n".join((normalise(article.title), body, *media)).encode())


# Possessive, and never begun at an escaped mark: a text full of brackets is read once.
ADDRESS = r"\((?:<[^<>\n]*+>|(?:[^()\s]++|\([^()\s]*+\))*+)(?:\s+\"[^\"\n]*+\")?\)"
IMAGE = re.compile(rf"(?<!\\)!\[(?:[^\[\]\\]++|\\.)*+\]{ADDRESS}")
LINK = re.compile(rf"(?<!\\)\[((?:[^\[\]\\]++|\\.)*+)\]{ADDRESS}")
AUTOLINK = re.compile(r"<https?://[^<>\s]*+>")
COMMENT = re.compile(r"(?<!\\)<!--[^<]{0,500}?-->")
TAG = re.compile(r"(?<!\\)</?[a-z][^>\n]{0,80}>", re.IGNORECASE)
RULE_ROW = re.compile(r"^[ \t]*+(?:\|[ \t]*+)?:?-{3,}.*$", re.MULTILINE)
# In the order in which they are taken out: a sign without which a pattern has nothing to find, the pattern, and what is left of it.
MARKUP = (
    ("![", IMAGE, ""),
    ("<!--", COMMENT, ""),
    ("<http", AUTOLINK, ""),
    ("](", LINK, r"\1"),
    ("<", TAG, ""),
    ("---", RULE_ROW, ""),
)
MARKS = re.compile(r"^[ \t]*(?:#{1,6}|>+|[-+*]|\d+[.)])[ \t]+|(?<!\\)[*|`]|\\(?=[\W_])|\\$", re.MULTILINE)
NOT_INK = re.compile(r"[\W_]+")
# The usual marks where nothing could compose across them: without them most texts are NFKC already, which halves the time.
# Only a run's beginning is tried (lookbehind): a run of marks before nothing would be read again from each of them.
_MARK = r"[\s，。、；：？！“”‘’（）《》【】…—·,.:;()\"-]"
USUAL_MARKS = re.compile(rf"(?<!{_MARK}){_MARK}++(?=[0-9A-Za-z\u4e00-\u9fff])")
IDEOGRAPHS = "".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))))


@cache
def _script() -> dict[int, str]:
    """Return the character map Traditional -> Simplified (OpenCC's, one character at a time: words never change the length)."""
    simple = OpenCC("t2s").convert("\n".join(IDEOGRAPHS)).split("\n")
    table = {ord(old): new for old, new in zip(IDEOGRAPHS, simple, strict=True) if old != new and len(new) == 1}
    return {old: table.get(ord(new), new) for old, new in table.items()}  # 薴 is 苧, which is 苎


def simplify(text: str) -> str:
    """Return text in Simplified characters, one for one. Idempotent."""
    return text.translate(_script())


def plain(markdown: str) -> str:
    """Return the text a reader sees of Markdown: no marks, no addresses, no pictures."""
    text = markdown
    for sign, pattern, left in MARKUP:
        text = pattern.sub(left, text) if sign in text else text
    return MARKS.sub("", text).strip()


def normalise(text: str) -> str:
    """Return the letters, digits and ideographs of a plain text: NFKC, Simplified, case folded. Idempotent."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", USUAL_MARKS.sub("", text)).casefold())
    return unicodedata.normalize(
        "NFKC", NOT_INK.sub("", simplify(folded))
    )  # without marks between them letters may compose
