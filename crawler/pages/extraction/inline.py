"""Inline text: runs of one style, put together as the small HTML that Markdown can say."""

import re
from dataclasses import dataclass
from html import escape

STRONG = frozenset({"strong", "b"})
EMPHASIS = frozenset({"em", "i", "cite", "dfn"})
RAISED = frozenset({"sup", "sub"})
INK = re.compile(r"\w")
CJK_BREAK = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*\r?\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])")
WHITE = re.compile(r"[ \t\r\n\f\u00a0\u3000\u200b\ufeff]+")
# What CommonMark would read as markup inside a line (spec 0.31, 2.4); the marks that open a line are the converter's to escape.
MARKUP = re.compile(r"[`*\[<]|&(?=#?\w+;)|~|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
ESCAPE = (
    "\ue000"  # stands for a backslash until the converter, which would escape it, has passed; private use, in no text
)
OURS = re.compile("[\ue000-\ue002]")  # this mark and those of `markdown.py`: taken out of what a page says
EDGE = re.compile(r"^([\W_]*)(.*?)([\W_]*)$", re.DOTALL)
PAIRS = {"（": "）", "(": ")", "【": "】", "[": "]", "《": "》", "“": "”", "「": "」", "〔": "〕"}


@dataclass(slots=True)
class Inline:
    """A piece of inline text, or a picture or break in its place."""

    text: str
    strong: bool = False
    emphasis: bool = False
    raised: str = ""
    href: str = ""
    html: str = ""  # set for a picture or a line break


@dataclass(frozen=True, slots=True)
class Style:
    strong: bool = False
    emphasis: bool = False
    raised: str = ""
    href: str = ""


PLAIN = Style()


def styled(style: Style, tag: str) -> Style:
    """Return the style inside an element of inline text."""
    if tag in STRONG:
        return Style(True, style.emphasis, style.raised, style.href)
    if tag in EMPHASIS:
        return Style(style.strong, True, style.raised, style.href)
    if tag in RAISED:
        return Style(style.strong, style.emphasis, tag, style.href)
    return style


def trimmed(runs: list[Inline]) -> list[Inline]:
    """Return the runs without white space and breaks at both ends, nothing if no ink is left."""
    start, end = 0, len(runs)
    while start < end and _is_blank(runs[start]):
        start += 1
    while end > start and _is_blank(runs[end - 1]):
        end -= 1
    return runs[start:end]


def _is_blank(run: Inline) -> bool:
    return not run.text.strip() and (not run.html or run.html == "<br>")


def render(runs: list[Inline]) -> str:
    """Return inline HTML: neighbours of one style merged, marks drawn tight around letters, white space outside of them."""
    merged: list[Inline] = []
    for run in runs:
        last = merged[-1] if merged else None
        if last and not last.html and not run.html and not run.raised and _mergeable(last, run):
            last.text += run.text
        else:
            merged.append(Inline(run.text, run.strong, run.emphasis, run.raised, run.href, run.html))
    edges = ["", *(run.text for run in merged), ""]  # what stands before and after each run
    marked = (_mark(run, before[-1:], after[:1]) for run, before, after in zip(merged, edges, edges[2:], strict=False))
    return "".join(marked).strip()


def _mergeable(last: Inline, run: Inline) -> bool:
    same = (last.strong, last.emphasis, last.raised, last.href) == (run.strong, run.emphasis, run.raised, run.href)
    return same or (
        not INK.search(run.text) and not run.href and not last.href and not last.raised and run.text.strip() == ""
    )


def _mark(run: Inline, last: str, following: str) -> str:
    """Return the HTML of one run; `last` and `following` are the characters beside it, "" at an end or a break."""
    if run.html:
        return run.html
    if not (run.strong or run.emphasis or run.raised or run.href):
        return plain(run.text)
    if run.href:
        inner = plain(run.text.strip())
        return f'<a href="{escape(run.href)}">{inner}</a>' if inner else run.text
    # **标题：**正文 is no emphasis in CommonMark: a mark next to punctuation must not stand between letters (spec 0.31, 6.2).
    before, core, after = EDGE.match(run.text).groups()  # type: ignore[union-attr]
    # … yet a bracket is not parted from its partner where white space or another mark beside it lets it in: **（一）总则**.
    if not INK.match(last) and PAIRS.get(before[-1:], "\0") in core:
        before, core = before[:-1], before[-1] + core
    if not INK.match(following) and any(closing == after[:1] and opening in core for opening, closing in PAIRS.items()):
        core, after = core + after[0], after[1:]
    if not core:
        return plain(run.text)
    text = plain(core)
    for wanted, name in ((run.emphasis, "em"), (run.strong, "strong"), (run.raised, run.raised)):
        text = f"<{name}>{text}</{name}>" if wanted else text
    return plain(before) + text + plain(after)


def plain(text: str) -> str:
    """Return text that says the same in Markdown and in HTML."""
    return escape(MARKUP.sub(ESCAPE + r"\g<0>", OURS.sub("", text).replace("\\", ESCAPE * 2)), quote=False)
