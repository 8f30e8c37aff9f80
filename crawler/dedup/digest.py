"""Digests: "sha256:" and 64 hex digits, as the catalog and the evidence hold them."""

from hashlib import sha256

from crawler.dedup.normalise import normalise, plain
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
