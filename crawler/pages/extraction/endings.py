"""The lines below an article and never in it: headings of other articles, of comments, of the site; its footer; its editor's line."""

import re
from collections.abc import Sequence

from crawler.pages.extraction.page import Line

FOOTER = re.compile(
    r"^\W{0,4}copyright\b.{0,60}$|您是(?:本站)?的?第\W{0,3}\d{0,9}\W{0,3}位(?:访问者|访客|浏览者|来访者)"
    r"|(?:主办|承办|版权)(?:单位)?\s?[:：].{2,40}(?:维护|技术支持|制作)(?:单位)?\s?[:：]"
    r"|版权所有|copyright(?=\W{0,4}(?:©|@|c\)|\d|all\b|by\b|reserved))|all rights reserved|©\s{0,3}(?:\d{4}|版|copyright|all\b)"
    r"|ICP[备備证證](?:案(?:序?号|编号))?\s{0,2}[:：]?\s{0,2}\d{5}|公网安备|技术支持\s{0,3}[:：](?!.{0,12}(?:老师|电话|\d{4}))"
    r"|(?:关于我们|联系我们|网站地图|免责声明)\s{0,3}[|｜·]",
    re.IGNORECASE,
)
# Where the owner is to be reached: of the footer if that stands right below, else of the article.
REACHED = re.compile(
    r"(?:地\s{0,4}址|電話|电\s{0,4}话|邮\s{0,4}编|郵編|传\s{0,4}真|邮\s{0,4}箱|信箱|热线|Tel|Fax|E-?mail|Address|Add)\s{0,3}[:：]",
    re.IGNORECASE,
)
# The headings of a list of other pages, each a whole line.
OTHER_PAGES = (
    r"相[关關](?:新[闻聞]|文章|[阅閱][读讀]|[链鏈][接結]|推[荐薦]|[报報][道導]|[信訊]息|[资資][讯訊]|[内內]容|[专專][题題]|[视視][频頻])"
    r"|(?:热门|热点|热图|最新|推荐|精彩|精品|头条|编辑|本类|随机|频道|小编|更多|为[您你]|[24\d]{1,2}小时)(?:精彩)?"
    r"(?:新闻|文章|阅读|推荐|精选|视频|评论|资讯|信息|内容|点击|排行|动态|消息|公告|通知)(?:推荐|排行榜?)?"
    r"|(?:更多|相[关關]|精彩|最新|热门)(?:图[集片文]|组图|影像|照片|视频|专题|活动|公告|通知|報導|报道|資訊|公告|消息)"
    r"|往期(?:精彩|推荐|回顾|精选|文章|阅读|热文)(?:推荐|回顾)?|(?:推荐|荐|延伸|点击|阅读)\W{0,3}(?:阅|閱)\W{0,3}(?:读|讀|排行)|延伸\W{0,3}推荐|荐\W{0,3}读"
    r"|猜你喜欢|你可能会?喜欢|作者(?:最新|其他)文章|[\u4e00-\u9fff]{2}热榜(?:换一换)?|热门排行|点击排行|阅读排行|(?:点击)?进入专题"
    r"|related\s+(?:news|posts|articles|links)|friendly links|(?:友情|校内|校外|常用|院系)链接|快[速捷]链接|快捷导航"
)
COMMENTS = (
    r"(?:全部|精彩)?(?:评论|留言)\s?[(（]?\d{1,6}[)）]?|网友评论|最新评论|最热评论|评论列表|全部评论|用户评论|留言"
)
RELATED = re.compile(rf"^[\s【\[■◆▌|>「“]*(?:{OTHER_PAGES}|{COMMENTS})[\s】\]:：」”>]*$", re.IGNORECASE)
AFTER = re.compile(
    rf"^\W*(?:{COMMENTS}|我要评论|发表评论|写评论.*|上一[条篇页则]\W.*|下一[条篇页则]\W.*|[上下]一[条篇页则]|"
    r"THE END|登录后发表评论.*|\d+\s*条评论|跟贴.*|打赏.*|(?:版权|免责|郑重|特别|风险)?声明\W.*)\W*$",
    re.IGNORECASE,
)
CONTACT = re.compile(r"^\W*(?:联系我们|关注我们|扫码关注|contact us|follow us)\W*$", re.IGNORECASE)
# An editor's line below a text: what a page shows after it is no more of the article.
EDITOR = re.compile(
    r"^[\s【\[(（]*+(?:纠\s*+错[\s】\])）【\[(（]*+)?(?:本文来源\s*+[:：][^。，]{1,24}?\s)?\s*+(?:责任编辑|责编|编辑)\s*+[:：][^。，]{1,20}$"
)
# The article before or after, its title a link behind these words, with nothing between.
NEIGHBOUR = re.compile(r"^\W*(?:[上下前后]\s?一\s?[条篇页则个]|prev(?:ious)?\b|next\b)", re.IGNORECASE)
MOST_OF_NEIGHBOUR = 12  # characters that are no link: of both, where they stand in one line
NEAR = 6  # lines below a related list inside an article in which its text goes on
LONG = 20  # characters of a line that is running text even without punctuation
LAST = 4  # lines of a footer that say how the owner is reached


def is_after(lines: Sequence[Line], number: int) -> bool:
    """Return whether the article has ended before this line: by what the line says, unless the text goes on around it."""
    line = lines[number]
    if FOOTER.search(line.text) or (REACHED.search(line.text) and is_footed(lines, number)):
        return True
    if CONTACT.match(line.text):  # of a footer, or a heading of the text
        return number == 0 or lines[number - 1].block.getparent() is not line.block.getparent()
    if NEIGHBOUR.match(line.text) and line.linked >= len(line.text) - MOST_OF_NEIGHBOUR > 0:
        return True
    return bool(AFTER.match(line.text)) or (bool(RELATED.match(line.text)) and not _goes_on(lines, number))


def is_footed(lines: Sequence[Line], number: int) -> bool:
    """Return whether a footer's own line follows with nothing between but how its owner is reached, or the page ends there.

    It stands in the same box, or the line in one that is not the text's.
    """
    box = lines[number].block.getparent()
    is_apart = number > 0 and lines[number - 1].block.getparent() is not box
    is_whole = is_apart and len(REACHED.findall(lines[number].text)) > 1  # says in a box of its own how to reach whom
    for line in lines[number + 1 : number + 1 + LAST]:
        if FOOTER.search(line.text):
            return is_whole or line.block.getparent() is box or line.block is lines[number].block
        if line.text and not REACHED.search(line.text):
            return False
    return is_whole and number + 1 + LAST > len(lines)


def is_paragraph(line: Line) -> bool:
    """Return whether a line is a paragraph of running text."""
    return line.block.tag == "p" and not line.linked and len(line.text) >= LONG


def _goes_on(lines: Sequence[Line], number: int) -> bool:
    """Return whether paragraphs follow a heading where the text stands: in the element of the heading, or in that of the text above its box."""
    around = {lines[number].block.getparent()}
    above = (line for line in lines[max(0, number - NEAR) : number][::-1] if is_paragraph(line))
    if (last := next(above, None)) is not None:
        around.add(last.block.getparent())
    following = lines[number + 1 : number + 1 + NEAR]
    return any(is_paragraph(line) and line.block.getparent() in around for line in following)
