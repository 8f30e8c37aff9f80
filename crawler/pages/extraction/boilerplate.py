"""What stands inside a container and is not of the article: previous/next, counters, buttons, related lists, the title once more."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.items import Dropped, MediaKind
from crawler.pages.extraction.blocks import Block
from crawler.pages.extraction.endings import MOST_OF_NEIGHBOUR, NEIGHBOUR, RELATED
from crawler.pages.extraction.feet import NUMBER, foot_of, is_stamp
from crawler.pages.extraction.fields import is_credit, read_fields
from crawler.pages.extraction.moments import HINT
from crawler.pages.extraction.names import is_names
from crawler.pages.extraction.page import squeeze
from crawler.pages.extraction.roles import Label, label_of
from crawler.pages.extraction.sections import HERE, is_trail

# What a control of the page says: a line that is one of these is no text, wherever it stands.
CONTROLS = (
    r"(?:上|下|前|后)\s*一?\s*[条篇页则个](?:(?:新闻|文章|信息)?\s*[:：].*|\s*[】\])）>»]*|[:：]?\s*(?:没有了|无).*)",
    r"(?:previous|next)(?: (?:post|article|page))?\s*[:：].*",
    (
        r"(?:打\s*印|关\s*闭|返\s*回|收\s*藏|分\s*享|点\s*赞|评\s*论|举\s*报|纠\s*错|推\s*荐)"
        r"(?:本页|窗口|页面|本文|此页|顶部|列表|首页|上一?页|文章|好友)*(?:到.{0,20})?\s*[:：]?"
    ),
    r"(?:(?:本[文页]|文章)?[已共]?被?)?(?:浏览|阅读|点击|访问|查看|人气|瀏覽|閱讀|點擊|點閱|訪問|檢視|人氣)(?:次数|次數|人次|人數|量|数|數|率|了)?\s*(?:[:：]\s*\[?\s*\d*\s*\]?\s*(?:人?次)?|\[?\s*\d+\s*\]?\s*人?次)",
    r"(?:page ?)?(?:views?|hits|reads?|clicks?)\s*[:：]\s*\d*|(?:热度|关注度|围观)\s*[:：]?\s*\d+|在线(?:咨询|客服)",
    r"字\s*[号体]\s*[:：]?[\s大中小特超默认正常缩放还原AaTt+\-\[\]【】|/]{0,14}",
    r"[大中小]\s+[大中小](?:\s+[大中小])?",
    r"打开微信.{0,20}(?:扫一扫|朋友圈).{0,40}|点击(?:图片|小图|大图)(?:可|即可)?(?:查看|放大|浏览).{0,8}",
    r"(?:扫.{0,4}二维码.{0,2})?用?手机(?:扫码)?(?:浏览|阅读|查看|看).{0,2}(?:文章|页面|本页|此页|新闻|本文|此文).{0,6}",
    (
        r"扫(?:一扫|码|描?.{0,3}二维码)"
        r"(?!.{0,20}(?:投递|简历|报名|填写|预约|[进入加]群|登记|缴费|答题|参[加与会]|咨询|申请|下载|查询|直播|观看)).{0,24}"
    ),  # to do what the text asks for is the author's word
    r"已?下载\s*\[?\d*\]?\s*次",
    r"(?:附件)?下载次数\s*[:：]?\s*\d*\s*次?",
    r"微信|微博|QQ空间|朋友圈|新浪微博|腾讯微博|人人网|复制链接|更多|返回列表|我要评论|发表评论|顶部|TOP",
    r"已有\d+人.{0,10}|\d+条评论|共\s*\d+\s*条.{0,12}",
    r"(?:\d{1,5}\s?)?分享(?:到|至).{0,30}",
    r"\+?\s*(?:关注|訂閱|订阅|Follow)|图集|举报\s*/\s*反馈|正在加载.{0,6}|点击(?:收起|展开|加载).{0,6}|阅读剩余全文.*|(?:点击|戳)?.{0,4}[“\"「]?阅读原文[”\"」]?.{0,10}|换一换|(?:我要|本页|文章|内容)?纠\s*错",
    r"您的浏览器.{0,12}(?:无法|不支持).{0,16}|自动播放(?:开关)?(?:\s*自动播放)?|发布于\s*[:：]\s*[\u4e00-\u9fff]{2,8}",
    r"(?:分享|转播|转发)到.{2,8}|点(?:亮|个|击|一下)?[“\"「]?\s*(?:在看|赞\b).{0,24}|长按.{0,12}(?:二维码|关注).{0,16}|加入收藏|设为首页",
    r"(?:accept|allow)(?: all)?(?: cookies)?|接受(?:全部|所有)?\s*cookies?|(?:本网站|本站|我们)(?:会)?使用\s*cookies?.{0,80}",
    r"(?:this (?:web)?site|we) uses? cookies.{0,160}|我要分享|(?:QQ|微信)好友|领英分享|用微信扫描?.{0,8}|分享至好友和朋友圈",
    r"(?:(?:收藏|分享|邀请|打印|关闭|评论|转发|点?赞|举报|推荐|复制链接|返回)\s?\d{0,6}\s?){2,6}",
    (
        r"回(?:到)?(?:上一?[页頁]|首[页頁]|列表|最上[面方]|頂部|顶部|主[頁页])|(?:友善)?列印(?:本[頁页])?|[轉转]寄(?:本[頁页]|好友)?|字[級级]\s*[:：]?.{0,12}"
        r"|(?:the\s?)?end|全文完|[关關]閉(?:[視窗本頁页]{0,4})"
    ),
    r"听(?:新闻|全文|文章)|语音播报|(?:点击)?(?:朗读|收听)(?:全文|文章)?|分[隔割]线",
    r"(?:顶|踩|赞)(?:一下)?\s*(?:[(（]?\d+[)）]?)?|(?:鲜花|握手|雷人|路过|鸡蛋|邀请|打赏){1,6}",
    (
        r"(?:如果)?您?.{0,6}(?:下载|安装).{0,10}(?:福昕|Foxit|Adobe\s?Reader|PDF\s?阅读器|Flash\s?Player).{0,40}"
        r"|如果您?无法在线(?:浏览|查看|阅读).{0,24}|下载此\s?PDF\s?文件"
    ),
    r"(?:缩小|放大|增大|减小|默认)?字体|放大|缩小|增大|减小|正常|默认|[大中小]字号|Qzone|\d*收藏|\d*评论|评论\s*\d*|发表|[请請][继繼][续續]往下[阅閱][读讀].*|點我.{0,12}|按我.{0,12}",
)
FRAME = r"[\s【\[(（〖<|/·•\-—】\])）〗>]*"
CONTROL = re.compile(rf"^{FRAME}+(?:{'|'.join(CONTROLS)}){FRAME}$", re.IGNORECASE)
PARTS = re.compile(r"[\s|｜/·•【】\[\]]+")  # between the buttons of one line
CODED = re.compile(r"\W*用?手机(?:扫码)?(?:浏览|阅读|查看|看)")  # with the code of the page
MAX_CONTROL = 300  # characters: a previous and a next article with their titles
SIZES = frozenset("大中小")  # of the font
MOST_BUTTONS, MAX_ROW = 8, 60  # buttons, characters of a row of them
SOME_BUTTONS = 4  # of a row in which one word may be something else: a name before the buttons
TAGS = re.compile(
    r"^\W*(?:(?:文章)?(?:标签|关键词|关键字)|tags?|keywords?)\s*[:：]"
    r"|^\W*(?:tagged(?: with)?|posted in|filed (?:under|in)|categor(?:y|ies))[\s:：]|^#\S",
    re.IGNORECASE,
)  # followed by links
SENTENCE = re.compile(r"[，。；！？]|[,.;!?] ")
MIN_RUNNING = 60  # characters
A_MARK_IN = 60  # characters of running text, on average
DATED = re.compile(
    r"^\W*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?\s*(?:来源|作者|\W*$|(?P<event>[^，。；]{0,30})$)"
)
PUBLISHED_ON = re.compile(r"^[\s\[(（【]*(?P<verb>发布|发表|发稿|更新)?(?:时间|日期)\s*[:：]")
ORIGINAL = re.compile(r"^\W*(?:本文)?原[标標][题題]\s*[:：]")
DEEP = 10  # blocks from the top in which such a line may stand
MAX_STAMP = 120  # characters of a line of metadata
RUNNING, SPOKEN = 20, re.compile("[。；！？]")  # of a block that is text
FEWEST_PAGES = 3  # links of a list of other pages
MOST_SPELT = 6  # characters of a heading in boxes of their own
ROW = re.compile(r"<tr><t[hd]>([^<>]{1,12})</t[hd]><t[hd]>([^<>]{0,60})</t[hd]></tr>")  # a label and its value
SUMMARY = re.compile(r"^\W*(?:内容)?(?:摘\s?要|提\s?要|导\s?读|简\s?介|核心提示)\W{1,4}")
MIN_SUMMARY = 16  # letters by which a summary is known as the beginning of a text
HEAD_BLOCKS, TAIL_BLOCKS = 6, 14  # how deep from either end metadata and credits are looked for
METADATA, CREDIT, ABOVE = "metadata", "a credit", "above the body"  # why a line goes whose fields are read all the same


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The blocks of an article, the lines of metadata that stood among them, and all that was left out."""

    blocks: list[Block]
    said: list[str]
    dropped: list[Dropped]


def trim(blocks: list[Block], title: str | None, *, is_known: bool, stamp: str | None = None) -> Trimmed:
    """Return what is left of a container's blocks without controls, related lists, metadata, credits and the title.

    `is_known`: a rule named the container, so that what opens it is the author's; else title, breadcrumb and stamps may stand in it,
    and what a platform says may follow. `stamp` is the text the date was read from.
    """
    why = dict.fromkeys(_related(blocks), "a list of other pages")
    why |= {n: "a control of the page" for n, block in enumerate(blocks) if n not in why and _is_control(block)}
    if not is_known:
        why |= _head(blocks, [n for n in range(len(blocks)) if n not in why], title, stamp)
        why |= _foot(blocks, [n for n in range(len(blocks)) if n not in why])
        why |= _summary(blocks, [n for n in range(len(blocks)) if n not in why])
    kept = [n for n in range(len(blocks)) if n not in why]
    start, end = 0, len(kept)
    while start < min(HEAD_BLOCKS, end) and _is_info(blocks[kept[start]], is_known=is_known, stamp=stamp):
        why[kept[start]] = METADATA
        start += 1
    pairs: list[str] = []
    while end > max(start, len(kept) - TAIL_BLOCKS):
        size = _credit_at_end([blocks[n] for n in kept[start:end]])
        if not size:
            break
        why |= dict.fromkeys(kept[end - size : end], CREDIT)
        pairs += [" ".join(blocks[n].text for n in kept[end - size : end])] if size > 1 else []
        end -= size
    left = [blocks[n] for n in kept[start:end] if blocks[n].text or blocks[n].media]
    said = [blocks[n].text for n, reason in why.items() if reason in (METADATA, CREDIT, ABOVE)] + pairs[::-1]
    return Trimmed(left, said, [Dropped(text=blocks[n].text, why=why[n]) for n in sorted(why) if blocks[n].text])


def _foot(blocks: list[Block], kept: list[int]) -> dict[int, str]:
    """Return what a platform writes below a body."""
    end = foot_of([blocks[n] for n in kept])
    while end > 1 and (_is_bare_heading(blocks[kept[end - 1]]) or _is_list_of_pages(blocks[kept[end - 1]])):
        end -= 1  # of what stands beside the article
        while end > 1 and _is_list_of_pages(blocks[kept[end]]) and _is_label(blocks[kept[end - 1]]):
            end -= 1
    return dict.fromkeys(kept[end:], "below the body") if end else {}


def _is_bare_heading(block: Block) -> bool:
    return block.kind == "h" and not block.media and not block.linked and len(block.text) <= MOST_SPELT


def _is_list_of_pages(block: Block) -> bool:
    """Tell a list of nothing but links to other pages."""
    is_linked = block.kind == "list" and not block.media and block.linked * 4 >= len(block.text) * 3
    return is_linked and block.html.count("<a ") >= FEWEST_PAGES


def _is_label(block: Block) -> bool:
    own = len(block.text) - block.linked
    return not block.media and 0 < own <= RUNNING and not SENTENCE.search(block.text)


def _summary(blocks: list[Block], kept: list[int]) -> dict[int, str]:
    """Return a summary above a body that is no more than the beginning of its first paragraph."""
    for place, n in enumerate(kept[:2]):
        said = squeeze(SUMMARY.sub("", blocks[n].text))
        following = (squeeze(blocks[other].text) for other in kept[place + 1 : place + 3])
        if len(said) >= MIN_SUMMARY and any(text.startswith(said) and text != said for text in following):
            return {n: ABOVE}
    return {}


def _head(blocks: list[Block], kept: list[int], title: str | None, stamp: str | None) -> dict[int, str]:
    """Return what a page writes above a body, and why it goes: stamps, breadcrumbs, the title and what stands over it."""
    why = {n: METADATA for n in kept[:DEEP] if _is_stamp(blocks[n])}
    rest = [n for n in kept if n not in why]
    titled = (place + 1 for place, n in enumerate(rest[:HEAD_BLOCKS]) if _is_title(blocks[n], title))
    head = next((place for place in titled if _opens([blocks[n] for n in rest], place)), 0)
    head = max(head, _below_stamp([blocks[n] for n in rest[:DEEP]], stamp))
    while head < len(rest) and NUMBER.match(blocks[rest[head]].text) and not blocks[rest[head]].media:
        head += 1
    if not any(blocks[n].text or blocks[n].media for n in rest[head:]):
        return why  # the title is all the text there is
    return why | {n: ABOVE for n in rest[:head] if blocks[n].kind != MediaKind.VIDEO}


def _opens(blocks: list[Block], place: int) -> bool:
    """Tell a title above the text from one that is said again below it, of what the text was taken from."""
    above, below = (sum(len(block.text) - block.linked for block in part) for part in (blocks[:place], blocks[place:]))
    return above <= below or not any(
        len(block.text) - block.linked >= RUNNING and SPOKEN.search(block.text) for block in blocks[: place - 1]
    )


def _below_stamp(blocks: list[Block], stamp: str | None) -> int:
    """Return how many blocks stand above and with the line the date was read from, or 原标题; 0 if a text stands above it."""
    head, letters = 0, squeeze(stamp or "")
    for number, block in enumerate(blocks):
        is_own = bool(DATED.fullmatch(block.text)) or (bool(letters) and letters in squeeze(block.text))
        is_stamp = is_own and len(block.text) < MAX_STAMP and not SPOKEN.search(block.text)
        if is_stamp or ORIGINAL.match(block.text):
            head = number + 1
        elif len(block.text) - block.linked >= RUNNING and SPOKEN.search(block.text):
            break
    return head


def reads_like_text(blocks: list[Block]) -> bool:
    """Return whether blocks hold running text rather than menus: whole sentences, and few of them links."""
    spoken = [block for block in blocks if len(SENTENCE.findall(block.text)) * A_MARK_IN >= len(block.text)]
    running = sum(len(block.text) - block.linked for block in spoken)
    return running >= MIN_RUNNING and running >= 0.5 * sum(len(block.text) for block in blocks)


def _related(blocks: list[Block]) -> set[int]:
    """Return each related-news heading with the blocks of links that follow it."""
    found: set[int] = set()
    skipping = False
    for number, block in enumerate(blocks):
        spelt = _spelt(blocks, number)
        if RELATED.match("".join(block.text for block in spelt)):
            found.update(range(number, number + len(spelt)))
            skipping = True
        elif number not in found:
            skipping = skipping and _is_links(block)
            found |= {number} if skipping else set()
    return found


def _spelt(blocks: list[Block], number: int) -> list[Block]:
    """Return a block, with those that follow it where each is one character: 推, 荐, 阅, 读 in circles of their own."""
    end = number + 1
    while end < min(len(blocks), number + MOST_SPELT) and len(blocks[number].text) == len(blocks[end].text) == 1:
        end += 1
    return blocks[number:end]


def _is_links(block: Block) -> bool:
    return not block.text or block.linked >= 0.6 * len(block.text)


def _is_control(block: Block) -> bool:
    if not block.text or len(block.text) >= 200 or (block.media and not CODED.match(block.text)):
        return False
    is_neighbour = block.linked >= len(block.text) - MOST_OF_NEIGHBOUR > 0 and NEIGHBOUR.match(block.text)
    return is_control(block.text) or bool(block.linked and (is_neighbour or TAGS.match(block.text)))


@lru_cache(maxsize=4096)  # the buttons of a site stand on every page of it, and are asked for in each box around them
def is_control(text: str) -> bool:
    """Return whether a line is a button of the page, or a row of them."""
    if len(text) <= MAX_CONTROL and CONTROL.match(text):
        return True
    if len(text) > MAX_ROW:
        return False
    parts = [part for part in PARTS.split(text) if part]
    said = [part for part in parts if not part.isdigit()]  # a button may show how often it was pressed
    buttons = sum(bool(CONTROL.match(part)) or (part in SIZES and len(said) > 1) for part in said)
    return 0 < len(said) <= MOST_BUTTONS and (buttons == len(said) or buttons >= max(SOME_BUTTONS, len(said) - 1))


def _is_title(block: Block, title: str | None) -> bool:
    """Tell the title once more, in a heading also with the date and the source behind it."""
    if not (title and block.text) or block.media:
        return False
    letters, own = squeeze(block.text), squeeze(title)
    return letters == own or (
        block.kind == "h" and letters.startswith(own) and bool(HINT.search(block.text, len(title)))
    )


def _is_info(block: Block, *, is_known: bool, stamp: str | None) -> bool:
    """Tell a line of metadata at the head: labelled fields and little else.

    In a container that a rule named, a date that is not the page's is the author's: 时间：… of a lecture, the first day of a chronicle.
    """
    if block.media or not block.text or len(block.text) > 160:
        return False
    if ORIGINAL.match(block.text):
        return True
    fields = read_fields(block.text)
    is_own = is_known and not (stamp and stamp in block.text)
    if (dated := DATED.match(block.text)) and len(block.text) < 80 and not (is_own and dated["event"]):
        return True
    label = PUBLISHED_ON.match(block.text)
    return (
        is_credit(block.text)
        or (bool(fields) and "时间" in block.text)
        or bool(label and (label["verb"] or not is_own))
    )


def _is_stamp(block: Block) -> bool:
    """Tell a line that only a system writes: 发布时间 with counters, a breadcrumb. It is dropped even below a line of the text."""
    if is_stamp(block):
        return True
    return not block.media and len(block.text) < 90 and bool(HERE.search(block.text) or is_trail(block.text))


def _credit_at_end(blocks: Sequence[Block]) -> int:
    """Return how many blocks the credit takes that ends a text: its line, or its label and its names in boxes of their own; 0 if none."""
    if _is_credit(blocks[-1]):
        return 1
    label, value = (blocks[-2], blocks[-1]) if len(blocks) > 1 else (blocks[-1], blocks[-1])
    if label is value or value.media or not value.text:
        return 0
    is_pair = label.text.endswith(("：", ":")) and _is_credit(label) and is_credit(label.text + value.text)
    is_row = len(label.text) > 1 and label_of(label.text) is Label.ROLE and is_names(value.text)  # cells of a layout
    return 2 if is_pair or is_row else 0


def _is_credit(block: Block) -> bool:
    if block.kind == "table" and not block.media and len(block.text) < MAX_STAMP and (rows := ROW.findall(block.html)):
        return len(rows) == block.html.count("<tr>") and all(
            label_of(role) is Label.ROLE and name for role, name in rows
        )
    return not block.media and bool(block.text) and is_credit(block.text)
