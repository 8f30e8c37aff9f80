"""The Markdown of a document as a generator of somebody else may be given it: nothing in it runs, and it reads the same.

The archive's own Markdown says what the page said. A generator takes `{{< … >}}` or `{% … %}` in it for its template language, and may let HTML
and addresses of any scheme through. Outside code a backslash takes their meaning away. Code is what stands between fences, or between backticks
on one line within one cell: where a generator might see none, there is none here.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from html import unescape

from markdown_it import MarkdownIt

from crawler.archive.summary_divider import DIVIDER

SPECIAL = re.compile(r"\\[\s\S]|`+|<(?=[a-zA-Z/!?])|\{|\]\(\s*+|\]:\s*+")
KEPT = re.compile(rf"<https?://[^<>\n`]*+>|{re.escape(DIVIDER.strip())}")
RUN = re.compile(r"\\`|`+")  # of backticks
CODE = re.compile(r"[^\n|]*+")
TARGET = re.compile(r"<[^<>\n]*+|\S++")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
BLANK = re.compile(r"[\x00-\x20\x7f]+")  # which browsers pass over in an address
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*+:", re.IGNORECASE)
SCHEMES = {"http:", "https:", "mailto:", "tel:", "ftp:"}
BLOCKS = MarkdownIt("commonmark", {"html": False}).disable(["inline", "code"])


def inert(markdown: str) -> str:
    """Return Markdown without HTML, without template code outside code, and without links that are no addresses."""
    lines = markdown.split("\n")
    fenced = {n for token in BLOCKS.parse(markdown) if token.type == "fence" and token.map for n in range(*token.map)}
    parts: list[str] = []
    prose: list[str] = []
    for number, line in enumerate(lines):
        if number not in fenced:
            prose.append(line)
            continue
        if prose:
            parts.append(_prose("\n".join(prose)))
            prose = []
        parts.append(line)
    return "\n".join([*parts, _prose("\n".join(prose))] if prose else parts)


def _prose(text: str) -> str:
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """Yield text that has no fences, piece by piece, each with what it needs."""
    ends = _ends_of_code(text)
    at = 0
    while found := SPECIAL.search(text, at):
        yield text[at : found.start()]
        sign, at = found[0], found.end()
        if sign[0] == "`":
            end = ends.get(found.start(), at)
            yield text[found.start() : end]
            at = end
        elif sign == "<" and (kept := KEPT.match(text, found.start())):
            yield kept[0]
            at = kept.end()
        elif sign[0] == "\\" or (sign[0] == "]" and _is_address(text, at)):
            yield sign
        else:
            yield f"\\{sign}"
    yield text[at:]


def _ends_of_code(text: str) -> dict[int, int]:
    """Return where code between backticks ends, by where it begins."""
    runs = [run.span() for run in RUN.finditer(text) if run[0][0] == "`"]
    starts: defaultdict[int, list[int]] = defaultdict(list)  # by length
    for start, end in runs:
        starts[end - start].append(start)
    ends = {}
    for start, end in runs:
        same = starts[end - start]
        after = bisect_right(same, start)
        if after < len(same) and same[after] <= _reach(text, end):
            ends[start] = same[after] + end - start
    return ends


def _reach(text: str, start: int) -> int:
    """Return how far code that begins here could reach: to the end of the line or cell."""
    found = CODE.match(text, start)
    assert found is not None, "it matches nothing too"
    return found.end()


def _is_address(text: str, at: int) -> bool:
    """Return whether the target that begins here is an address that a reader may follow."""
    found = TARGET.match(text, at)
    target = BLANK.sub("", ESCAPED.sub(r"\1", unescape(found[0].removeprefix("<")))) if found else ""
    scheme = SCHEME.match(target)
    return scheme is None or scheme[0].lower() in SCHEMES
