"""What a platform sets below a body that it holds: counters, stamps, statements, tags, its channels, the list of the files.

Of pages whose site nobody described and whose sisters taught nothing. What an author may have written is kept: one code to scan, a file
to download, an address with a path.
"""

import re
from collections.abc import Sequence

from crawler.items import MediaKind
from crawler.pages.extraction.blocks import Block
from crawler.pages.extraction.dates import is_metadata

NUMBER = re.compile(r"^\W*\d{1,5}\W*$")  # a counter, at either end of a text
# What a platform says below what others wrote on it, and an owner below everything.
STATEMENT = re.compile(
    r"^\W*(?:版权|免责|郑重|特别|風險|风险)?[声聲]明\W*$|仅代表.{0,12}(?:观点|本人)|不代表.{0,16}(?:观点|立场)|仅提供信息(?:存储|发布)|"
    r"(?:未|非)[经經](?:书面|本[网網站])?(?:授[权權]|许可|允许).{0,8}(?:转载|轉載|不得|禁止|使用)|版[权權][归歸].{0,12}所有|网络传播视听节目许可|"
    r"^\W*(?:特别|重要|温馨)(?:说明|提示|提醒)\s*[:：].{0,120}(?:仅供参考|信息为准)|"
    r"^\W*(?:发送邮件至|投稿(?:邮箱|信箱)|举报(?:电话|邮箱)|新闻热线)"
)
ACCOUNT = re.compile(
    r"(?:官方(?:帐|账)号|特邀作者|认证作者|优质[\u4e00-\u9fff]{2,6}创作者)(?:\W*关注)?\W*$"
)  # ends the card of an author
LISTED = re.compile(r"(?:\W{0,4}附\s?件\s?【[^【】]{1,200}】){1,50}\W*")  # the files of an article as a CMS lists them
MAX_STATEMENT = 300  # characters
STAMP = re.compile(
    r"^\W*(?:最[后近])?(?:(?:发布|发稿|发表|更新|录入|上传|添加|创建|公布|发文|提交|编辑|撰写|加入)(?:时间|日期)|更新)\s*[:：]|^\W*(?:浏览|点击|阅读)(?:量|次数|数)\s*[:：]"
)
MAX_STAMP = 90  # characters
# What a page says of itself: the address of it or of its site, the label of its tags, where to report a fault, the edition it is of.
OF_PAGE = re.compile(
    r"\W*+(?:https?://[\w.-]{4,60}/?\W*|(?:本[文页]|本篇|文章|永久|固定)(?:链接|地址|网址)\s*[:：].{0,200}"
    r"|(?:标签|关键词|关键字|tags?|keywords?)\W*|(?:(?:文章)?标签|tags?)\s*[:：].{0,80}"
    r"|(?:(?:错误|问题|意见|建议|纠错|bug)[与和及或/、]?){1,3}(?:反馈|提交|上报)(?:处|入口|通道|专区)?\W*)"
    r"|[^\w《]*+《[^《》]{2,20}》\s*[（(]\s*\d{4}年[^（()）]{3,20}版\s*[)）]\W*",
    re.IGNORECASE,
)
OFFER = re.compile(
    r"[下点點].{0,4}[载載].{0,8}(?:APP|客[户戶]端)|(?:[优優]惠|立即|[按点點]此|欢迎|歡迎).{0,8}[订訂][阅閱]",
    re.IGNORECASE,
)  # with a link
TAG_LINK = re.compile(r"/(?:tags?|topics?|keywords?|labels?)[/=?-]", re.IGNORECASE)
HREF = re.compile(r"<a href=\"([^\"]*)\"")
# A channel of the publisher below its code: XX大学官方微信. Of one alone the word 官方 must tell that it is not the author's.
CHANNEL = re.compile(
    r"[\w《》“”·]{0,16}(?:微信(?:公众(?:平台|号)|订阅号|服务号|视频号)?|微博|公众号|订阅号|服务号|视频号|抖音号?|快手号?|头条号?|小红书|[Bb]站|哔哩哔哩|客户端|APP|二维码)"
)
OFFICIAL = re.compile("官方|官微")
# An item that ends in its day is an entry of a list; one that begins with it is of a chronicle.
ENTRY = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s{0,2}(?:\d{1,2}:\d\d)?[)）\]\s]{0,3}(?:</\w{1,6}>){1,8}\s{0,2}$"
)
SPACES = re.compile(r"[\s|｜、]+")


def foot_of(blocks: Sequence[Block]) -> int:
    """Return the number of the first block of the foot, which is how many blocks the body has."""
    end = len(blocks)
    while end and (size := int(_is_platform(blocks[end - 1])) or _channels(blocks[:end])):
        end -= size
    return end


def is_stamp(block: Block) -> bool:
    """Tell a line that only a system writes: 发布时间 with counters; an author's has a full stop (更新：校方昨日回应，…。)."""
    is_line = not block.media and len(block.text) < MAX_STAMP and "。" not in block.text
    return is_line and bool(STAMP.search(block.text))


def _is_platform(block: Block) -> bool:
    text = block.text
    if LISTED.fullmatch(text) or is_stamp(block) or (not block.media and is_metadata(text)):
        return True
    if block.media or len(text) >= MAX_STATEMENT:
        return False
    said = NUMBER.match(text) or STATEMENT.search(text) or ACCOUNT.search(text) or OF_PAGE.fullmatch(text)
    return bool(said or (block.linked and OFFER.search(text))) or _is_tags(block) or _is_entries(block)


def _is_entries(block: Block) -> bool:
    """Return whether a block is a list of other pages, each with its day behind it."""
    items = block.html.split("<li>")[1:] if block.kind == "list" else []
    return len(items) > 1 and all(map(ENTRY.search, items))


def _is_tags(block: Block) -> bool:
    """Return whether a block is nothing but links to what else bears a tag."""
    hrefs = HREF.findall(block.html)
    return bool(hrefs) and block.linked * 4 >= len(block.text) * 3 and all(map(TAG_LINK.search, hrefs))


def _channels(blocks: Sequence[Block]) -> int:
    """Return how many of the last blocks show the channels of the publisher: codes to scan, and their captions above or below them."""
    size = pictures = captions = 0
    is_official = False
    for number, block in enumerate(reversed(blocks), 1):
        names = [name for name in SPACES.split(block.text) if name]
        if not all(map(CHANNEL.fullmatch, names)) or any(one.kind is not MediaKind.IMAGE for one in block.media):
            break
        pictures, captions = pictures + len(block.media), captions + len(names)
        is_official = is_official or bool(OFFICIAL.search(block.text))
        if pictures <= captions and (captions > 1 or (is_official and pictures)):
            size = number
    return size
