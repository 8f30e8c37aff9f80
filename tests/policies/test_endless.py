"""A part of a site without end is left after few pages; a list of any length is not."""

import pytest

from crawler.policies.endless import FRUITLESS, FRUITLESS_QUERIES, Endless, pattern_of

HOST = "https://news.example.edu.cn"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/day/2024-05-06", "/day/1999-12-31"),
        ("/doc/a/index.html", "/doc/a/b/c/index.html"),
        ("/room.php?token=a1&c=2", "/room.php?c=3&token=b7"),
        ("/list_12.htm", "/list_3.htm"),
        ("/topic/art+music", "/topic/art+music+sport"),
    ],
)
def test_addresses_of_one_kind_have_one_pattern(one: str, other: str) -> None:
    assert pattern_of(HOST + one).replace("/…", "") == pattern_of(HOST + other).replace("/…", "")


def test_a_calendar_is_closed_after_a_few_days() -> None:
    endless = Endless()
    closed = [
        pattern
        for n in range(FRUITLESS)
        for pattern in endless.add(f"{HOST}/day/2024-05-{n}", is_article=False, links=[f"{HOST}/day/2024-06-{n}"])
    ]
    assert closed == ["/day/N-N-N"]
    assert endless.is_closed(f"{HOST}/day/2031-01-01")
    assert not endless.is_closed(f"{HOST}/xw/31.html")


def test_a_long_list_is_walked_on_as_long_as_it_names_articles() -> None:
    endless = Endless()
    for n in range(10 * FRUITLESS):
        assert not endless.add(f"{HOST}/xw/list_{n}.html", is_article=False, links=[f"{HOST}/xw/{n}.html"])


def test_a_list_whose_rows_another_one_named_is_walked_on_and_one_that_repeats_its_own_is_closed() -> None:
    endless = Endless()
    for n in range(3 * FRUITLESS):
        assert not endless.add(f"{HOST}/all/list_{n}.html", is_article=False, links=[f"{HOST}/xw/{n}.html"])
    again = [f"{HOST}/xw/{n}.html" for n in range(3 * FRUITLESS)]
    closed = [
        endless.add(f"{HOST}/all/list_{n}.html", is_article=False, links=again) for n in range(100, 100 + FRUITLESS)
    ]
    assert closed[-1] == ["/all/list_N.html"]


def test_filters_that_add_parameters_are_closed_though_each_page_has_other_ones() -> None:
    endless, url = Endless(), f"{HOST}/browse?a=1"
    for n in range(FRUITLESS_QUERIES):
        url = f"{url}&p{n}x=1"
        endless.add(url, is_article=False, links=[f"{url}&q{n}y=1"])
    assert endless.is_closed(f"{HOST}/browse?never=seen")


def test_an_article_makes_its_pattern_worth_asking_again() -> None:
    endless = Endless()
    for n in range(FRUITLESS * 3):
        endless.add(f"{HOST}/show.php?id={n}", is_article=n % FRUITLESS == 0, links=[])
    assert not endless.closed


def test_pages_that_are_missing_close_no_pattern_that_bears_articles() -> None:
    bearing, barren = Endless(), Endless()
    bearing.add(f"{HOST}/job/1.html", is_article=True, links=[])
    for number in range(2, 60):
        for endless in (bearing, barren):
            endless.add(f"{HOST}/job/{number}.html", is_article=False, links=[], is_missing=True)
    assert not bearing.closed
    assert barren.closed


def test_addresses_like_those_of_articles_that_bring_one_page_are_closed_unless_one_was_an_article() -> None:
    endless = Endless()
    endless.add(f"{HOST}/info/1.htm", is_article=True, links=[])
    closed = [
        pattern
        for number in range(2, FRUITLESS + 2)
        for url in (f"{HOST}/info/{number}.htm", f"{HOST}/show.jsp?id={number}")
        for pattern in endless.add_alike(url, "frame")
    ]
    assert closed == ["/show.jsp?id"]
    assert endless.is_barren(f"{HOST}/show.jsp?id=99")
    assert not endless.is_barren(f"{HOST}/info/99.htm")
