"""One invented article: what its page shows, and beside it what a crawler must make of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

INLINE = re.compile(r"</?(?:strong|span|em|b|a|u)\b[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article of the campus. Paths are relative to its host; every field is what the archive must hold."""

    path: str
    title: str
    published: str  # site's local time as precise as the page states it: "2024-05-06" or "2024-05-06T09:30"
    blocks: tuple[str, ...] = ()  # a paragraph's text, or, beginning with "<", markup of its own
    further: tuple[tuple[str, ...], ...] = ()  # the blocks of its second, third … page
    source: str | None = None
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # role as printed -> names
    images: tuple[str, ...] = ()  # full-size variants, in document order
    attachments: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # other spellings of the same page, linked somewhere
    duplicate_of: tuple[str, str] | None = (
        None  # (host, path) with equal content; which one is first depends on the crawl
    )
    forbidden: tuple[str, ...] = ()  # strings of this page only that must not be in the body (comments, related titles)
    encoding: str = "utf-8"  # of the bytes
    meta_charset: str = "utf-8"  # what the page says of itself
    header_charset: str | None = "utf-8"  # what the HTTP header says; None: nothing

    def sentences(self) -> tuple[str, ...]:
        """List the paragraphs that must stand in the body, each in one piece, in this order (inline tags taken out)."""
        blocks = [block for page in (self.blocks, *self.further) for block in page]
        return tuple(INLINE.sub("", block).strip("\u3000") for block in blocks if not block.startswith("<"))
