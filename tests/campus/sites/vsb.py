"""湖光大学新闻网 in the markup of VSB 博达: lists numbered backwards, a form around the article, counters "
"everywhere."""

from collections.abc import Sequence

from tests.campus import media
from tests.campus.response import Response, page
from tests.campus.sites.parts import chunks, listed, neighbours, paragraphs
from tests.campus.stories.vsb import HOT, NEWS, NOTICES, SECTIONS, STORIES
from tests.campus.stories.vsb_news import THUMBNAIL
from tests.campus.stories.vsb_notices import NAMES
from tests.campus.story import Story

NAME = "湖光大学"
OWNER = 1580012345
PER_PAGE = 4
OUTSIDE = "http://news.elsewhere.invalid/2024/05/article.html"  # in a list; its host is not ours
PINNED = NOTICES[3]  # stands on top of every list page of its section
COLUMNS = {  # column pages: an article's markup without any date
    "/xxjj.htm": (
        "学校简介",
        "湖光大学创建于1948年，坐落在镜湖之滨，现有五个校区、二十一个学院，是一所以理工见长、文理并重的综合性大学。",
    ),
    "/lxwm.htm": (
        "联系我们",
        "地址：镜湖市环湖路一号；新闻热线：0000-1234567；投稿信箱：news@huguang.invalid。来稿请注明作者和单位。",
    ),
}
PRIVATE = "/private/yxgz.htm"
FEED = "/rss.xml"
ROBOTS = "User-agent: *\nDisallow: /private/\n"
FOOTER = "版权所有：湖光大学党委宣传部 镜湖ICP备00000001号"
FORBIDDEN = (FOOTER, "点击排行", "上一条", "下一条", "浏览次数", "_showDynClicks", "已下载", "当前位置", "打印本页")


def pages() -> dict[str, Response]:
    """Return every path of the host."""
    site = {"/": page(_home()), "/index.htm": page(_home()), "/robots.txt": page(ROBOTS, mime="text/plain")}
    site |= {
        FEED: page(_feed(), mime="application/rss+xml"),
        PRIVATE: page(_shell(PRIVATE, "院系工作", "<p>内部资料，请勿转载。</p>")),
    }
    site |= {path: page(_column(path, title, text)) for path, (title, text) in COLUMNS.items()}
    for key, (name, stories) in SECTIONS.items():
        site |= {path: page(text) for path, text in _lists(key, name, stories)}
        site |= {
            path: page(_article(story, key, name, stories)) for story in stories for path in (story.path, *story.also)
        }
    site |= {path: media.picture(path) for story in STORIES for path in (*story.images, THUMBNAIL)}
    site |= {path: _attachment(path) for story in STORIES for path in story.attachments}
    return site


def list_paths(key: str, stories: Sequence[Story]) -> list[str]:
    """List a section's pages newest first: x.htm, then x/N-1.htm down to x/1.htm."""
    total = len(chunks(stories, PER_PAGE))
    return [f"/{key}.htm", *(f"/{key}/{number}.htm" for number in range(total - 1, 0, -1))]


def _attachment(path: str) -> Response:
    number = path.rpartition("wbfileid=")[2]
    return media.attachment(path, NAMES.get(int(number)) if number.isdigit() else None)


def _home() -> str:
    blocks = [
        f'<div class="box"><h2>{name}</h2><a class="more" href="{key}.htm">更多&gt;&gt;</a><ul>'
        f"{_items('/', stories[:3])}</ul></div>"
        for key, (name, stories) in SECTIONS.items()
    ]
    return _shell("/index.htm", "首页", "".join(blocks))


def _lists(key: str, name: str, stories: Sequence[Story]) -> list[tuple[str, str]]:
    """Return (path, page) of every list page of a section; 通知公告 draws three links an entry and a pinned one."""
    paths, found = list_paths(key, stories), []
    for index, (path, chunk) in enumerate(zip(paths, chunks(stories, PER_PAGE), strict=True)):
        items = _items(path, chunk) if key == "xyyw" else _triples(path, (PINNED, *chunk))
        if key == "xyyw" and index == 1:
            items += f'<li><span>2024-03-20</span><a href="{OUTSIDE}" target="_blank">省报：湖光大学的一天</a></li>'
        pager = _table_pager(paths, index, len(stories)) if key == "xyyw" else _span_pager(paths, index)
        position = f'当前位置：<a href="{_up(path)}index.htm">首页</a>&gt;&gt;<a href="{_up(path)}{key}.htm">{name}</a>'
        content = f'<div class="position">{position}</div><div class="list"><ul>{items}</ul>{pager}</div>'
        found.append((path, _shell(path, name, content)))
    return found


def _items(path: str, stories: Sequence[Story]) -> str:
    return "".join(
        f'<li id="line_u8_{index}"><span>{story.published[:10]}</span>'
        f'<a href="{_link(path, story)}" target="_blank" title="{story.title}">{listed(story.title)}</a></li>'
        for index, story in enumerate(stories)
    )


def _triples(path: str, stories: Sequence[Story]) -> str:
    """Draw entries of three links each, the first empty, with a date without a year."""
    return "".join(
        f'<li id="line_u7_{index}"><a href="{_link(path, story)}"></a><a href="{_link(path, story)}" class="tit">'
        f"{story.title}</a>"
        f'<a href="{_link(path, story)}" class="time">{story.published[5:10]}</a></li>'
        for index, story in enumerate(stories)
    )


def _table_pager(paths: Sequence[str], index: int, total: int) -> str:
    """Draw the pager of VSB 8: 共N条 and four words, of which those that lead nowhere are spans."""
    targets = {"首页": 0, "上页": index - 1, "下页": index + 1, "尾页": len(paths) - 1}
    words = "".join(
        f'<a href="{_up(paths[index])}{paths[target][1:]}" class="{"Next" if word in "下页尾页" else "Prev"}">'
        f"{word}</a>"
        if 0 <= target < len(paths) and target != index
        else f'<span class="{"NextDisabled" if word in "下页尾页" else "PrevDisabled"}">{word}</span>'
        for word, target in targets.items()
    )
    return (
        '<div align="center"><table class="headStyle19d9vy2y1f"><tr valign="middle">'
        '<td nowrap align="left" id="fanye203020">'
        f"共{total}条&nbsp;&nbsp;{index + 1}/{len(paths)}&nbsp;</td><td><div>{words}&nbsp;&nbsp;"
        '<input type="button" value="转到" onclick="javascript:a203020_gopage_fun()">'
        '<input name="a203020GOPAGE" size="2">页'
        "</div></td></tr></table></div>"
    )


def _span_pager(paths: Sequence[str], index: int) -> str:
    """Draw the pager of VSB 9: numbers and words in spans, the current one without a link."""
    up = _up(paths[index])

    def word(kind: str, text: str, target: int) -> str:
        if not 0 <= target < len(paths) or target == index:
            return f'<span class="p_{kind}_d p_fun_d">{text}</span>'
        return f'<span class="p_{kind} p_fun"><a href="{up}{paths[target][1:]}">{text}</a></span>'

    numbers = "".join(
        f'<span class="p_no_d">{number + 1}</span>'
        if number == index
        else f'<span class="p_no"><a href="{up}{path[1:]}">{number + 1}</a></span>'
        for number, path in enumerate(paths)
    )
    return (
        '<div class="pb_sys_common pb_sys_normal pb_sys_style1" style="margin-top:10px;text-align:center;">'
        '<span class="p_pages">'
        f"{word('first', '首页', 0)}{word('prev', '上页', index - 1)}{numbers}{word('next', '下页', index + 1)}"
        f"{word('last', '尾页', len(paths) - 1)}</span></div>"
    )


def _article(story: Story, key: str, name: str, stories: Sequence[Story]) -> str:
    up, (newer, older) = _up(story.path), neighbours(stories, story)
    tree, number = story.path.split("/")[2], story.path.split("/")[3].removesuffix(".htm")
    author = " ".join(story.people.get("作者", ()))
    turn = "".join(
        f'{word}：<a href="{up}{other.path[1:]}" Title="{other.title}">{listed(other.title)}</a>'
        for word, other in (("上一条", newer), ("下一条", older))
        if other
    )
    content = (
        f'<div class="position">当前位置：<a href="{up}index.htm">首页</a>&gt;&gt;<a href="{up}{key}.htm">{name}</a>'
        "&gt;&gt;正文</div>"
        '<div class="content"><form name="_newscontent_fromname">'
        f'<script language="javascript" src="{up}system/resource/js/dynclicks.js"></script>'
        f'<div><h1 class="title">{story.title}</h1><p class="info">'
        f"作者：{author}&nbsp;&nbsp;来源：{story.source}&nbsp;&nbsp;"
        f"发布时间：{story.published[:10]}&nbsp;&nbsp;浏览次数：<span><script>"
        f'_showDynClicks("wbnews", {OWNER}, {number})'
        '</script></span></p><div id="vsb_content"><div class="v_news_content">'
        f'{paragraphs(story.blocks, "text-indent: 2em; line-height: 1.75em;")}</div></div><div id="div_vote_id"></div>'
        f'<dl class="page"><dd>{turn}</dd></dl><p align="right">【<a href="javascript:window.print()">打印本页</a>】'
        "【<a href=\"javascript:window.opener=null;window.open('','_self');window.close();\">关闭</a>】</p></div>"
        "</form></div>"
    )
    head = f"<script type=\"text/javascript\">_jsq_({tree},'/content.jsp',{number},{OWNER})</script>"
    if "T" in story.published:
        head += (
            f'<META name="ArticleTitle" content="{story.title}"><META name="PubDate" '
            f'content="{story.published.replace("T", " ")}">'
            f'<META name="ContentSource" content="{story.source}">'
        )
    return _shell(story.path, story.title, content, head)


def _column(path: str, title: str, text: str) -> str:
    content = (
        f'<div class="position">当前位置：<a href="index.htm">首页</a>&gt;&gt;{title}</div>'
        '<form name="_newscontent_fromname">'
        f'<h1 class="title">{title}</h1><div id="vsb_content"><div class="v_news_content">{paragraphs((text,))}</div>'
        "</div></form>"
    )
    return _shell(path, title, content)


def _feed() -> str:
    items = "".join(
        f"<item><title>{story.title}</title><link>@BASE@{story.path}</link></item>"
        for story in (*NEWS[:5], *NOTICES[:3])
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{NAME}新闻网</title><link>@BASE@/</link><description>最新消息</description>{items}</channel></rss>"
    )


def _shell(path: str, title: str, content: str, head: str = "") -> str:
    """Draw what every page has: head, navigation, the sidebar with the hot list, the footer."""
    up = _up(path)
    hot = "".join(f'<li><a href="{_link(path, story)}" title="{story.title}">{story.title}</a></li>' for story in HOT)
    hot += f'<li><a href="{NEWS[-1].also[0]}">{listed(NEWS[-1].title)}</a></li>'
    nav = "".join(f'<li><a href="{up}{key}.htm">{name}</a></li>' for key, (name, _) in SECTIONS.items())
    nav += "".join(f'<li><a href="{up}{column[1:]}">{name}</a></li>' for column, (name, _) in COLUMNS.items())
    return (
        f'<!DOCTYPE html><HTML><HEAD><META charset="utf-8"><TITLE>{title}-{NAME}新闻网</TITLE>'
        f'<META Name="keywords" Content="{NAME}新闻网,{title}" /><!--Announced by Visual SiteBuilder 9-->'
        f'<link rel="stylesheet" type="text/css" href="{up}_sitegray/_sitegray_d.css" />'
        f'<link rel="alternate" type="application/rss+xml" title="{NAME}新闻网" href="{FEED}">{head}</HEAD><BODY>'
        f'<div class="header"><ul class="nav"><li><a href="{up}index.htm">首页</a></li>{nav}</ul></div>'
        f'<div class="main">{content}</div><div class="side"><h3>点击排行</h3><ul>{hot}</ul></div>'
        f'<div class="footer"><p>{FOOTER}</p><a href="{PRIVATE}">院系工作</a></div></BODY></HTML>'
    )


def _link(path: str, story: Story) -> str:
    return f"{_up(path)}{story.path[1:]}"


def _up(path: str) -> str:
    """Return the relative way from a page to the root, as VSB writes its links."""
    return "../" * (path.count("/") - 1)
