"""海岳大学新闻网 in the markup of Enorth 北方网: tables, absolute links, lists that count down, old pages in GBK.

海岳要闻 has the pager of today: only a script names the number of pages, the addresses are made from it. 综合新闻 has
the older one, with plain links. In both, page 1 holds the oldest articles and the index repeats the newest ones.
"""

from collections.abc import Sequence

from tests.campus import media
from tests.campus.response import Response, page
from tests.campus.sites.parts import chunks, listed, neighbours, paragraphs
from tests.campus.stories.enorth import COMMENTS, FRONT, HOT, SECTIONS, STORIES
from tests.campus.story import Story

NAME = "海岳大学"
PER_PAGE = 4
SOFT_404 = "/ywsd/system/2024/03/01/030055999.shtml"  # in a list; says so with status 200
MISSING = "/ywsd/system/2024/03/02/030056000.shtml"  # in a list; a true 404
DEAD = (("2024-03-01", SOFT_404, "关于图书馆闭馆的通知"), ("2024-03-02", MISSING, "春季运动会报名开始"))
FOOTER = "本网站由海岳大学新闻中心设计维护 海ICP备00000002号"
FORBIDDEN = (FOOTER, "上一篇", "下一篇", "相关新闻", "热点排行", "您当前的位置", "发稿时间", "新闻热线")


def pages() -> dict[str, Response]:
    """Return every path of the host."""
    site = {"/": page(_home()), "/index.shtml": page(_home()), SOFT_404: page(_soft_404())}
    for key, (channel, name, stories) in SECTIONS.items():
        site |= {path: page(text) for path, text in _lists(key, channel, name, stories)}
        for story in stories:
            texts = _article(story, key, name, stories)
            site |= {path: _encoded(text, story) for path, text in zip(article_paths(story), texts, strict=True)}
    site[_pager_script("ywsd", "0012")] = page(
        f"var maxpage = {len(chunks(FRONT, PER_PAGE))};\n", charset=None, mime="application/x-javascript"
    )
    site |= {path: media.picture(path) for story in STORIES for path in story.images}
    return site


def article_paths(story: Story) -> list[str]:
    """List the pages of an article: N.shtml, N_01.shtml, N_02.shtml."""
    stem = story.path.removesuffix(".shtml")
    return [story.path, *(f"{stem}_{number:02d}.shtml" for number in range(1, len(story.further) + 1))]


def list_paths(key: str, stories: Sequence[Story]) -> list[str]:
    """List a channel's pages newest first: the index, then the countdown to 1."""
    channel = SECTIONS[key][0]
    numbers = range(len(chunks(stories, PER_PAGE)), 0, -1)
    if key == "ywsd":
        prefix = f"/{key}/system/count/{channel}000/000000000000/000/000/c{channel}000000000000000_"
        return [f"/{key}/index.shtml", *(f"{prefix}{number:09d}.shtml" for number in numbers)]
    return [
        f"/{key}/index.shtml",
        *(f"/{key}/system/more/13000000/0000/13000000_{number:08d}.shtml" for number in numbers),
    ]


def _pager_script(key: str, channel: str) -> str:
    return f"/{key}/system/count/{channel}000/000000000000/count_page_list_{channel}000000000000000.js"


def _encoded(text: str, story: Story) -> Response:
    return page(text, encoding=story.encoding, charset=story.header_charset)


def _home() -> str:
    blocks = "".join(
        f'<table width="100%"><tr><td><a href="@BASE@/{key}/index.shtml">{name}</a></td></tr></table>'
        f"{_rows(stories[:3])}"
        for key, (_, name, stories) in SECTIONS.items()
    )
    return _shell(f"{NAME}新闻网", blocks)


def _lists(key: str, channel: str, name: str, stories: Sequence[Story]) -> list[tuple[str, str]]:
    """Return (path, page) of every list page of a channel."""
    oldest_first = chunks(stories[::-1], PER_PAGE)
    contents = [stories[:PER_PAGE], *(chunk[::-1] for chunk in reversed(oldest_first))]
    paths = list_paths(key, stories)
    found = []
    for index, (path, chunk) in enumerate(zip(paths, contents, strict=True)):
        rows = _rows(chunk, dead=key == "ywsd" and index == 0)
        if key == "ywsd":
            pager = f'<div id="pagetemple"></div><script src="@BASE@{_pager_script(key, channel)}"></script>'
        else:
            pager = _plain_pager(paths, index)
        position = (
            f"您当前的位置 ：<a href=@BASE@/index.shtml>{NAME}</a>&gt;&gt;<a href=@BASE@/{key}/index.shtml>{name}</a>"
        )
        content = (
            f'<table width="100%"><tr><td width="875"><span class="cms_block_span">{position}</span></td></tr></table>'
            f'<table width="100%"><tr><td style="line-height:48px;">{rows}</td></tr></table>'
            f'<table width="100%"><tr><td align="center"><span class="cms_block_span">{pager}</span></td></tr></table>'
        )
        found.append((path, _shell(name, content)))
    return found


def _rows(stories: Sequence[Story], *, dead: bool = False) -> str:
    rows = [(story.published[:10], story.path, story.title) for story in stories] + (list(DEAD) if dead else [])
    return "".join(
        '<table width="98%" border="0" cellpadding="0" cellspacing="0"><tr><td width="80%" valign="middle">'
        '<div align="left">'
        f'<a href="@BASE@{path}" target="_blank">{listed(title)}</a></div></td>'
        f'<td width="20%" align="right" valign="middle"><div align="right">{date}</div></td></tr></table>'
        for date, path, title in rows
    )


def _plain_pager(paths: Sequence[str], index: int) -> str:
    older = f'<a href="@BASE@{paths[index + 1]}">下一页</a>' if index + 1 < len(paths) else "下一页"
    newer = f'<a href="@BASE@{paths[index - 1]}">上一页</a>' if index else "上一页"
    return f'<a href="@BASE@{paths[0]}">首页</a>&nbsp;{newer}&nbsp;{older}&nbsp;<a href="@BASE@{paths[-1]}">尾页</a>'


def _article(story: Story, key: str, name: str, stories: Sequence[Story]) -> list[str]:
    """Return the pages of an article, one for most."""
    paths = article_paths(story)
    return [
        _shell(
            f"{story.title}-{name}-{NAME}", _article_page(story, key, name, stories, blocks, _turn(paths, index)), story
        )
        for index, blocks in enumerate((story.blocks, *story.further))
    ]


def _turn(paths: Sequence[str], index: int) -> str:
    """Draw the links between the pages of one article, inside its text."""
    if len(paths) == 1:
        return ""
    numbers = "".join(f'<a href="@BASE@{path}">[{number}]</a>&nbsp;' for number, path in enumerate(paths, start=1))
    following = f'<a href="@BASE@{paths[index + 1]}">下一页</a>' if index + 1 < len(paths) else ""
    return f'<p align="center" class="pageList">{numbers}{following}</p>'


def _article_page(story: Story, key: str, name: str, stories: Sequence[Story], blocks: Sequence[str], turn: str) -> str:
    newer, older = neighbours(stories, story)
    around = "".join(
        f'<p>{word}：<a href="@BASE@{other.path}">{other.title}</a></p>'
        for word, other in (("上一篇", newer), ("下一篇", older))
        if other
    )
    related = "".join(f'<li><a href="@BASE@{other.path}">{other.title}</a></li>' for other in HOT if other is not story)
    return (
        '<table cellspacing="10" width="100%"><tbody><tr><td width="875"><span class="cms_block_span">您当前的位置 ：'
        f"<a href=@BASE@/index.shtml>{NAME}</a>&gt;&gt;<a href=@BASE@/{key}/index.shtml>{name}</a></span></td></tr>"
        "</tbody></table>"
        '<table width="100%"><tbody><tr><td style=" font-size:30px; font-weight:bold; text-align:center;">'
        f"{story.title}</td></tr>"
        f'<tr><td style="text-align:center;"><span style="margin-right:10px;">来源： {story.source}</span>'
        f"<span>发稿时间：{story.published.replace('T', ' ')}</span></td></tr><tr><style>"
        f"#txt p{{ line-height:2em; }}</style>"
        f'<td style="padding-top:25px;" id="txt">{paragraphs(blocks, "text-align:left")}{turn}</td></tr>'
        '<tr><td align="right"><p style=" text-indent:2em;"><span class=" hong">编辑：</span>'
        f"{' '.join(story.people['编辑'])}</p></td></tr></tbody></table>{around}"
        f'<table width="100%"><tr><td>相关新闻</td></tr><tr><td><ul>{related}</ul></td></tr></table>'
        f"{_comments() if story is FRONT[0] else ''}"
    )


def _comments() -> str:
    rows = "".join(
        f'<li><span class="user">{user}</span><span class="time">2024-05-1{number} 08:15</span><p>{text}</p></li>'
        for number, (user, text) in enumerate(COMMENTS, start=3)
    )
    return f'<div class="comment-list" id="comments"><h3>网友评论</h3><ul>{rows}</ul></div>'


def _soft_404() -> str:
    return (
        '<html><head><meta charset="utf-8"><title>提示信息</title></head><body><div style="text-align:center"><p>'
        "您访问的页面不存在</p>"
        '<p>页面可能已被删除或更名，5秒后返回<a href="/index.shtml">首页</a></p></div></body></html>'
    )


def _shell(title: str, content: str, story: Story | None = None) -> str:
    """Draw what every page has: head, navigation, the hot list, the footer."""
    nav = "".join(
        f'<td width="96"><a href="@BASE@/{key}/index.shtml">{name}</a></td>' for key, (_, name, _) in SECTIONS.items()
    )
    hot = "".join(f'<a href="@BASE@{other.path}" target="_blank">{other.title}</a><br/>\n' for other in HOT)
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; '
        f'charset={story.meta_charset if story else "utf-8"}"><title>{title}</title></head><body><div id="root">'
        f'<table id="nav" width="1200"><tbody><tr><td width="79"><a href="@BASE@/index.shtml">首页</a></td>{nav}</tr>'
        "</tbody></table>"
        f'<!--正文--><table width="1200"><tbody><tr><td valign="top">{content}</td><td width="270" valign="top">'
        f'<table width="270"><tr><td>热点排行</td></tr><tr><td><span class="cms_block_span">{hot}</span></td></tr>'
        "</table></td></tr></tbody></table>"
        f'<!--页脚--><table width="1200"><tr><td height="100">新闻热线：0000-7654321 {FOOTER}</td></tr></table></div>'
        "</body></html>"
    )
