"""A whole page as somebody copied it: navigation, breadcrumb, article, lists and footer in one text, often in a single line.

Told by its line of metadata: the title stands before it, the text behind it, as far as the editor's name or the first list of other pages.
"""

import re
from dataclasses import dataclass

DAY = r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
DATE_LABEL = r"(?:发稿|發稿|发布|發布|发表|更新|录入)?(?:时间|時間|日期)"
# 来源：… 发稿时间：2023-01-1609:50: what a template writes above a text, in either order; the time may have lost its space.
HEAD = re.compile(
    rf"(?:(?:信息|文章|稿件)?(?:来源|來源|稿源)\s?[:：]\s?(?P<source>[^:：\n]{{1,40}}?)\s{{0,8}})?"
    rf"{DATE_LABEL}\s?[:：]\s?(?P<day>{DAY})\s{{0,4}}(?P<time>\d{{1,2}}:\d\d(?::\d\d)?)?"
)
BEHIND = re.compile(r"\s{0,8}(?:信息|文章|稿件)?(?:来源|來源|稿源)\s?[:：]\s?(?P<source>[^\s:：]{1,30})(?=\s)")
EDITOR = re.compile(r"[（(\[【]?(?:责任编辑|責任編輯|编辑|編輯|责编)\s?[:：]\s?")
# What a page shows below an article, in a text without line ends.
BELOW = re.compile(
    r"微信往期|往期(?:推送|回顾|推荐)|相[关關](?:新[闻聞]|阅读|閱讀|推[荐薦]|[链鏈]接|文章)|[上下]一[篇条條]\s?[:：]|[热熱][门門点點](?:新[闻聞]|推[荐薦]|文章)|最新(?:新[闻聞]|文章)"
    r"|新[闻聞][热熱][线線]|投稿信箱|版[权權](?:所有|声明|聲明)|[Cc]opyright|©|打印本[页頁]|[关關][闭閉]窗口|更多\.{2,}|分享到"
)
INDENT = re.compile(r"\u3000{2,}")
END = re.compile(r"[。！？…：；”』」）)!?]\s*$")
LAST_STOP = re.compile(r"^(.*[。！？”])([^。！？]{2,40})$", re.DOTALL)
MOST_TITLE, LEAST_TITLE = 200, 5  # characters
WHOLE = 3  # lines above the metadata; fewer are a title, not a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """The article of such a text."""

    title: str
    paragraphs: tuple[str, ...]
    said: tuple[str, ...]  # its lines of metadata, apart: source, date, editor
    source: str | None


def read_dump(text: str) -> Dump | None:
    """Return the article in the text of a whole page; None if it is not one that can be told apart."""
    text = text.replace("\u00a0", " ").strip()
    head = HEAD.search(text)
    title = _title(text, head.start()) if head else None
    if head is None or title is None:
        return None
    behind = BEHIND.match(text, head.end())
    start = behind.end() if behind else head.end()
    body, editor = _cut(text[start:])
    paragraphs = tuple(part for piece in re.split(r"\n+", INDENT.sub("\n", body)) for part in _parted(piece.strip()))
    source = (head["source"] or (behind["source"] if behind else "")).strip() or None
    date = f"发布时间：{head['day']} {head['time'] or ''}".strip()
    return Dump(
        title=title, paragraphs=paragraphs, said=(date, *([f"编辑：{editor}"] if editor else ())), source=source
    )


def _title(text: str, end: int) -> str | None:
    """Return the title above the metadata: what the window's title, with which the text begins, repeats there, else the line above it."""
    above = text[:end].rstrip()
    for length in range(min(len(above) - 1, MOST_TITLE), LEAST_TITLE - 1, -1):
        if above.endswith(text[:length]) and "\n" not in text[:length]:
            return text[:length].strip()
    lines = [line.strip() for line in above.split("\n") if line.strip()]
    return lines[-1] if len(lines) >= WHOLE and LEAST_TITLE <= len(lines[-1]) <= MOST_TITLE else None


def _cut(text: str) -> tuple[str, str | None]:
    """Return the text as far as its end, and the editor that is named there."""
    below = BELOW.search(text)
    text = text[: below.start()] if below else text
    editors = list(EDITOR.finditer(text))
    if editors and len(name := text[editors[-1].end() :].strip(" \n\u3000)）]】-")) <= MOST_TITLE // 10:
        return text[: editors[-1].start()], name or None
    return text, None


def _parted(piece: str) -> tuple[str, ...]:
    """Return a paragraph, and the heading of the next one that ran into its end."""
    if not piece or END.search(piece) or (parts := LAST_STOP.match(piece)) is None:
        return (piece,) if piece else ()
    return parts[1], parts[2].strip()
