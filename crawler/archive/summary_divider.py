"""Where the `<!--more-->` mark of a Markdown body stands: after the opening paragraphs, never inside anything.

Static-site generators (Hugo, Hexo) show what stands before the mark as the summary.
"""

import re
from collections.abc import Iterator

DIVIDER = "<!--more-->"
SUMMARY = 200  # characters: two to four Chinese sentences
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
# What opens a block that is no paragraph: table, list, quote, heading, HTML, code, rule, the rest of a list item.
STRUCTURE = re.compile(
    r"\||[-*+][ \t]|\d{1,9}[.)][ \t]|>|#{1,6}[ \t]|<|`{3}|~{3}|(?:[-*_][ \t]*){3,}$| {2}|\t", re.MULTILINE
)
# No bracket is looked for past the next one that opens.
TARGET = re.compile(r"(!?)\[([^\[\]]*+)\]\([^()]*+(?:\([^()]*+)?\)")
BLANK = re.compile(r"\n(?:[ \t]*\n)+")


def divide(body: str) -> str:
    """Return the body with the mark, as a block of its own, at the first paragraph end after about 200 characters.

    Where no paragraph end is that far down it stands after the last paragraph; where there is no paragraph, at the end.
    """
    best, seen = len(body), 0
    for start, end in _blocks(body):
        seen += len(_visible(body[start:end]))
        if STRUCTURE.match(body, start):
            continue
        best = end
        if seen >= SUMMARY:
            break
    return "\n\n".join(part for part in (body[:best], DIVIDER, body[best:].lstrip("\n")) if part)


def _blocks(body: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of what blank lines separate; a fenced code block is one, whatever blank lines it has."""
    position = 0
    while position < len(body):
        fence = FENCE.match(body, position)
        blank = BLANK.search(body, _fence_end(body, fence) if fence else position)
        end = blank.start() if blank else len(body)
        yield position, end
        position = blank.end() if blank else len(body)


def _fence_end(body: str, fence: re.Match[str]) -> int:
    """Return where the fence that opened is closed; an open one runs to the end (CommonMark 4.5)."""
    closing = re.compile(rf"\n {{0,3}}{re.escape(fence[1])}[`~]*[ \t]*(?=\n|$)").search(body, fence.end())
    return closing.end() if closing else len(body)


def _visible(block: str) -> str:
    """Return roughly what a reader sees of a block: link texts without targets, no pictures."""
    return TARGET.sub(lambda found: "" if found[1] else found[2], block)
