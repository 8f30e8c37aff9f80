"""The list as a witness: it chooses among what extraction found, and is never the one that says it."""

from dataclasses import replace
from datetime import date

import pytest

from crawler.items import Article, Listed, Site
from crawler.pages.extraction.witness import title_agrees
from crawler.pages.reading import read
from tests import factories

SITE = Site(key="x", name="云岭大学", hosts=("news.example.edu.cn",))
TEXT = (
    "<p>三月十二日下午，学校在明德楼召开教学工作会议，各学院院长和有关部门负责人参加会议，讨论了本学期的工作。</p>" * 4
)
TITLE, DAY = "学校召开春季教学工作会议部署重点任务", date(2024, 3, 13)
# The heading of this page names its column, its line of dates the day of the event.
PAGE = f"""
<html><head><title>教学动态与改革专题 - 云岭大学</title></head><body><h1>教学动态与改革专题</h1><div><p class=t>{TITLE}</p>
<p>2024-03-12</p>{TEXT}</div></body></html>
"""


def read_as(html: str, listed: Listed | None, path: str = "/2024/0313/c1.html") -> Article:
    page = replace(factories.page(html, f"https://news.example.edu.cn{path}", headers=()), listed=listed)
    article = read(page, SITE).article
    assert article is not None
    return article


def test_a_title_that_the_list_said_is_chosen_among_those_of_the_page() -> None:
    assert read_as(PAGE, None).title != TITLE
    assert read_as(PAGE, Listed(title=TITLE)).title == TITLE


@pytest.mark.parametrize(
    "cut", ["学校召开春季教学工作会议…", "学校召开春季教学工作会议...", "学校召开春季教学工作会议……"]
)
def test_a_title_that_the_list_cut_is_chosen_whole(cut: str) -> None:
    assert read_as(PAGE, Listed(title=cut)).title == TITLE


def test_a_day_that_the_list_showed_is_chosen_among_those_of_the_page() -> None:
    assert read_as(PAGE, None).published != read_as(PAGE, Listed(title=TITLE, day=DAY)).published
    published = read_as(PAGE, Listed(title=TITLE, day=DAY)).published
    assert published is not None
    assert published.date() == DAY


def test_nothing_is_taken_from_the_list_that_the_page_does_not_say() -> None:
    without = read_as(PAGE, None)
    told = read_as(PAGE, Listed(title="关于举办田径运动会的通知", day=date(2024, 5, 6)))
    assert (told.title_agrees, told.day_agrees) == (False, False)
    assert replace(told, title_agrees=None, day_agrees=None) == without


def test_what_agrees_with_the_list_stays_as_it_was_read() -> None:
    html = f"<title>{TITLE}-云岭大学</title><h1>{TITLE}</h1><p>发布时间：2024-03-13 08:30</p><div>{TEXT}</div>"
    told = read_as(html, Listed(title="学校召开春季…", day=DAY))
    assert (told.title_agrees, told.day_agrees) == (True, True)
    assert replace(told, title_agrees=None, day_agrees=None) == read_as(html, None)


def test_a_day_that_the_page_lost_does_not_agree() -> None:
    html = f"<title>{TITLE}-云岭大学</title><h1>{TITLE}</h1><div>{TEXT}</div>"
    assert read_as(html, Listed(title=TITLE, day=DAY), "/info/1/2.htm").day_agrees is False


def test_without_a_list_nothing_is_said_of_agreement() -> None:
    article = read_as(PAGE, None)
    assert (article.title_agrees, article.day_agrees) == (None, None)
    assert read_as(PAGE, Listed(title=TITLE)).day_agrees is None


@pytest.mark.parametrize(
    ("told", "agrees"),
    [
        (TITLE, True),
        (f"[教务处] {TITLE}", True),
        (f"{TITLE} 2024-03-13", True),
        ("学校召开春季教学", True),
        ("关于举办田径运动会的通知", False),
        ("学校召开秋季教学…", False),
        ("更多", False),
    ],
)
def test_a_title_agrees_by_its_letters(told: str, agrees: bool) -> None:
    assert title_agrees(Listed(title=told), TITLE) is agrees
