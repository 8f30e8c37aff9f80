"""What a layout is: an invented site of some forty articles, how its lists show them, and what can be reached of it.

Everything has a default: a layout says only what is different about it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from html import escape
from math import ceil

UNIVERSITY = "云台大学"
PLACES = "图书馆 实验楼 体育馆 大礼堂 研究院 教学楼 植物园 校史馆 音乐厅 创新园".split()
DEEDS = "举行开放日 召开工作推进会 启动读书季 完成设备更新 发布年度报告 接待来访学者 组织安全演练 开展志愿服务 承办学术论坛 启用新系统".split()
PHRASES = (
    "{place}负责人介绍了第{n}期工作的安排，各部门按计划推进各项任务，进展顺利。",
    "参加活动的师生共有{many}人，大家就第{n}项议题交换了意见，提出了不少建议。",
    "据{place}统计，本学期已经完成{many}项预定内容，其余部分将在月底之前全部结束。",
    "会议要求认真总结第{n}阶段的经验，把好的做法固定下来，让更多同学从中受益。",
)
FIRST_DAY = date(2023, 9, 28)


class Reach(StrEnum):
    """How the articles of a layout can be found."""

    LINKS = "links"  # all addresses stand in links, attributes that hold an address, feeds or sitemaps
    DERIVED = "derived"  # the page or its script says how they are made
    GAP = "gap"  # not all of them: what is missing has to be told
    TRAP = "trap"  # as by links, beside addresses without end


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One article as a list shows it."""

    number: int
    url: str
    title: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a pager stands."""

    page: int  # from 1
    pages: int
    total: int  # articles
    urls: Sequence[str]  # of all pages, the first first

    @property
    def next(self) -> str | None:
        return self.urls[self.page] if self.page < self.pages else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    path: str  # with its query, as it came
    host: str = ""
    method: str = "GET"
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response."""

    body: bytes | str
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def li_rows(rows: Sequence[Row]) -> str:
    """Return the rows of an ordinary list."""
    return "<ul>" + "".join(f'<li><a href="{r.url}">{r.title}</a><span>{r.day}</span></li>' for r in rows) + "</ul>"


def formed(form: str) -> Callable[[Sequence[Row]], str]:
    """Return the rows of a list as a form has them, where `r` is a row."""

    def rows_of(rows: Sequence[Row]) -> str:
        return "".join(form.format(r=row) for row in rows)

    return rows_of


def numbered(place: Place) -> str:
    """Return an ordinary pager: every number, and the next page."""
    if place.pages == 1:
        return ""
    numbers = "".join(
        f"<b>{n}</b> " if n == place.page else f'<a href="{url}">{n}</a> ' for n, url in enumerate(place.urls, 1)
    )
    onward = f'<a href="{place.next}">下一页</a>' if place.next else ""
    return f'<div class="page">共{place.total}条 {numbers}{onward}</div>'


def nothing(_: object) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One site. A mapping of paths to answers is made of it; `respond` goes before that mapping."""

    name: str
    reach: Reach
    articles: int = 36
    per: int = 10  # rows of a list page
    article_url: Callable[[int], str] = "/news/{}.html".format
    list_url: Callable[[int], str] = lambda page: "/news/index.html" if page == 1 else f"/news/index_{page}.html"
    rows: Callable[[Sequence[Row]], str] = li_rows
    pager: Callable[[Place], str] = numbered
    script: Callable[[Place], str] = nothing  # at the end of every list page
    head: Callable[[Place], str] = nothing
    menu: str | None = None  # on every page; None: home and the list
    crumb: str | None = None  # of an article; None: home and the list
    beside: Callable[[int], str] = nothing  # below the text of an article
    home: str | None = None  # None: the menu and the newest rows; "": there is none
    lists_links: bool = True  # False: list pages are not served under `list_url`, but by `respond` alone
    extra: Mapping[str, Answer | str] = field(default_factory=dict)
    respond: Callable[["Layout", Asked], Answer | None] | None = None
    encoding: str = "utf-8"
    seed: int = 7
    body: Callable[[str], str] = lambda inner: inner  # around everything in <body> of a list

    @property
    def pages(self) -> int:
        return ceil(self.articles / self.per)

    def row(self, number: int) -> Row:
        place, deed = PLACES[number % 10], DEEDS[number * 7 // 10 % 10]
        day = FIRST_DAY - timedelta(days=number * 3)
        return Row(number=number, url=self.article_url(number), title=f"{place}{deed}第{number}号消息", day=day)

    def on_page(self, page: int) -> list[Row]:
        last = min(self.articles, page * self.per)
        return [self.row(number) for number in range((page - 1) * self.per + 1, last + 1)]

    def place(self, page: int) -> Place:
        urls = [self.list_url(number) for number in range(1, self.pages + 1)]
        return Place(page=page, pages=self.pages, total=self.articles, urls=urls)

    @property
    def menu_html(self) -> str:
        if self.menu is not None:
            return self.menu
        return f'<div class="nav"><a href="/">首页</a> <a href="{self.list_url(1)}">校园新闻</a></div>'

    def html(self, title: str, inner: str, head: str = "") -> Answer:
        """Return a whole page in the encoding of the site."""
        source = f'<!DOCTYPE html><html><head><meta charset="{self.encoding}"><title>{title}</title>{head}</head><body>{inner}</body></html>'
        return Answer(body=source.encode(self.encoding, "replace"), type=f"text/html; charset={self.encoding}")

    def article(self, number: int) -> Answer:
        row = self.row(number)
        told = {"place": row.title[:3], "n": number, "many": 100 + number * 3}
        text = "".join(f"<p>{phrase.format(**told)}</p>" for phrase in PHRASES)
        crumb = self.crumb
        if crumb is None:
            crumb = f'<div class="path">当前位置：<a href="/">首页</a> &gt; <a href="{self.list_url(1)}">校园新闻</a> &gt; 正文</div>'
        info = f'<div class="info">发布时间：{row.day} 来源：宣传部</div>'
        inner = f"{self.menu_html}{crumb}<h1>{row.title}</h1>{info}<div class='con'>{text}</div>{self.beside(number)}"
        return self.html(f"{row.title}-{UNIVERSITY}", inner + f"<div class='foot'>版权所有 {UNIVERSITY}</div>")

    def list_page(self, page: int) -> Answer:
        place = self.place(page)
        inner = f"{self.menu_html}<h2>校园新闻</h2>{self.rows(self.on_page(page))}{self.pager(place)}"
        foot = f"<div class='foot'>版权所有 {UNIVERSITY}</div>{self.script(place)}"
        return self.html(f"校园新闻-{UNIVERSITY}", self.body(inner + foot), self.head(place))

    def answers(self) -> dict[str, Answer]:
        """Return what the site answers, by path and query."""
        found = {self.article_url(number): self.article(number) for number in range(1, self.articles + 1)}
        if self.lists_links:
            found |= {self.list_url(page): self.list_page(page) for page in range(1, self.pages + 1)}
        if self.home != "":
            found["/"] = self.html(UNIVERSITY, self.home if self.home is not None else self.menu_html + self._newest())
        return found | {
            path: answer if isinstance(answer, Answer) else self.html(UNIVERSITY, answer)
            for path, answer in self.extra.items()
        }

    def _newest(self) -> str:
        return "".join(f'<p><a href="{row.url}">{row.title}</a> {row.day}</p>' for row in self.on_page(1)[:3])

    @property
    def truth(self) -> frozenset[str]:
        """Return the addresses of all articles, without the host."""
        return frozenset(self.article_url(number) for number in range(1, self.articles + 1))


def attribute(text: str) -> str:
    return escape(text, quote=True)
