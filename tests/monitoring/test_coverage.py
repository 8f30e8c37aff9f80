"""What is missing of a list, by what its pages tell and name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.catalog.queries.coverage import ListFacts, ListPage
from crawler.catalog.tables.coverage import ListCoverage
from crawler.items import AcceptedGap, Obstacle, Outcome, Reason, Role
from crawler.monitoring.coverage import Cause, are_failing, cover, gaps, has_no_list, other_hosts, sentence

NOW = datetime(2026, 11, 30, tzinfo=UTC)
LIST = "https://news.example.edu.cn/xw/list.htm"


def page(number: int = 1, **said: Any) -> ListPage:
    given: dict[str, Any] = {
        "role": Role.NEXT if number > 1 else Role.SECTION,
        "outcome": Outcome.LISTED,
        "articles": 10,
        **said,
    }
    return ListPage(url=f"{LIST}?{number}", **given)


def covered(*pages: ListPage, archived: int = 0, url: str = LIST, **known: Any) -> ListCoverage:
    facts = ListFacts(url=url, role=pages[0].role, pages=pages, archived=archived, **known)
    (one,) = cover([facts], now=NOW)
    return one


def test_a_list_whose_pages_name_what_it_tells_is_whole() -> None:
    told: dict[str, Any] = {"articles_told": 20, "pages_told": 2}
    assert covered(page(**told), page(2, **told), archived=20).cause is None


@pytest.mark.parametrize(("archived", "cause"), [(19, None), (18, Cause.UNNAMED)])
def test_one_article_less_than_a_list_tells_is_no_gap(archived: int, cause: str | None) -> None:
    assert covered(page(articles_told=20), archived=archived).cause == cause


def test_a_list_read_to_its_last_page_may_count_what_it_does_not_show() -> None:
    assert covered(page(articles_told=38), page(2), archived=36).cause is None
    broken = page(2, outcome=Outcome.GONE, reason=Reason.NOT_FOUND, articles=0)
    assert covered(page(articles_told=38), broken, archived=36).cause == Cause.UNNAMED


def test_a_pager_whose_pages_show_the_first_one_is_a_gap() -> None:
    pages = [page(number, shown=(10, 1, 10, 55), found_on=LIST) for number in (1, 2, 3)]
    assert covered(*pages, archived=10).cause == Cause.REPEATED
    assert covered(*pages[:2], archived=10).cause is None


def test_a_page_behind_the_last_one_is_no_gap_and_one_that_breaks_off_is() -> None:
    empty: dict[str, Any] = {"outcome": Outcome.NOT_ARTICLE, "reason": Reason.NO_CONTENT, "articles": 0, "links": 9}
    assert covered(page(), page(2), page(3, **empty), archived=20).cause is None
    assert covered(page(), page(2), page(3, **{**empty, "links": 0}), archived=20).cause == Cause.UNREAD
    onward = page(4, found_on=f"{LIST}?3", outcome=Outcome.GONE, reason=Reason.SOFT_404, articles=0)
    assert covered(page(), page(2), page(3, **empty), onward, archived=20).cause == Cause.UNREAD
    lost = page(2, outcome=Outcome.GONE, reason=Reason.SOFT_404, articles=0)
    assert (
        covered(page(), lost, archived=10).cause == Cause.UNREAD
    )  # "this page does not exist", says the only next one
    again = [page(number, shown=(10, 11, 20, 155)) for number in (2, 3)]
    assert (
        covered(page(), *again, replace(lost, url=f"{LIST}?4"), archived=20).cause is None
    )  # it goes on with its last one
    home = page(3, outcome=Outcome.GONE, reason=Reason.REDIRECTED, articles=0)
    assert covered(page(), page(2), home, archived=20).cause == Cause.UNREAD


def test_a_server_that_breaks_behind_the_last_page_hides_nothing() -> None:
    broken = page(3, outcome=Outcome.FAILED, reason=Reason.SERVER_ERROR, articles=0, found_on=f"{LIST}?2")
    assert covered(page(), page(2, articles=6), broken, archived=16).cause is None
    assert covered(page(), page(2), broken, archived=20).cause == Reason.SERVER_ERROR


def test_rows_that_lead_by_a_page_of_their_own_to_their_article_are_there() -> None:
    assert covered(page(articles_told=20, articles=20), leading=20).cause is None


def test_a_list_that_leads_to_the_home_page_is_a_gap() -> None:
    moved = page(role=Role.LIST, outcome=Outcome.GONE, reason=Reason.REDIRECTED, articles=0)
    assert covered(moved).cause == Reason.REDIRECTED


@pytest.mark.parametrize(("title", "cause"), [("预约系统", None), ("通知公告", Obstacle.APPLICATION)])
def test_a_service_in_a_menu_is_no_list(title: str, cause: str | None) -> None:
    pages = (page(role=Role.LIST, articles=0, obstacles=(Obstacle.APPLICATION,)),)
    column = ListFacts(url=f"{LIST}/yy/", role=Role.LIST, pages=pages, title=title)
    news = ListFacts(url=LIST, role=Role.SECTION, pages=(page(shown=(10, 1)),), archived=10)
    assert [one.cause for one in cover([news, column], now=NOW)] == [None, cause]


@pytest.mark.parametrize(("dead", "cause"), [(4, None), (8, Cause.NOT_ARCHIVED)])
def test_a_few_dead_rows_are_nobodys_loss_and_a_third_of_a_list_is(dead: int, cause: str | None) -> None:
    assert covered(page(), archived=24 - dead, not_archived={Reason.NOT_FOUND: dead}).cause == cause


def test_a_list_under_two_addresses_is_judged_once() -> None:
    told: dict[str, Any] = {"articles_told": 20, "shown": (10, 1, 10, 55)}
    whole = ListFacts(url=LIST, role=Role.SECTION, pages=(page(**told), page(2)), archived=20)
    other = ListFacts(url=f"{LIST}?skin=red", role=Role.OTHER, pages=(page(**told),), archived=10)
    second = ListFacts(
        url=f"{LIST}?2&skin=red", role=Role.OTHER, pages=(page(**{**told, "shown": (10, 11)}),), archived=10
    )
    whole = replace(whole, pages=(whole.pages[0], page(2, shown=(10, 11))))
    assert [one.cause for one in cover([other, second, whole], now=NOW)] == [None, None, None]


def test_pages_that_a_list_tells_and_nobody_read_are_a_gap() -> None:
    one = covered(page(pages_told=4), archived=10)
    assert (one.cause, one.missing, one.pages_read) == (Cause.UNREAD, 30, 1)


def test_pages_that_are_left_out_on_purpose_are_none() -> None:
    assert covered(page(pages_told=4), archived=10, left_out=3).cause is None


def test_an_obstacle_is_the_cause_of_a_gap_and_none_where_the_numbers_agree() -> None:
    obstacles = (Obstacle.PAGER_SCRIPT,)
    assert covered(page(articles_told=36, obstacles=obstacles), archived=10).cause == Obstacle.PAGER_SCRIPT
    assert covered(page(articles_told=10, obstacles=obstacles), archived=10).cause is None


def test_a_refused_page_is_the_cause_of_a_gap() -> None:
    broken = page(2, outcome=Outcome.FAILED, reason=Reason.SERVER_ERROR, articles=0)
    assert covered(page(articles_told=20), broken, archived=10).cause == Reason.SERVER_ERROR


@pytest.mark.parametrize("reason", [Reason.ROBOTS, Reason.LOGIN, Reason.FORBIDDEN])
def test_a_list_that_is_not_given_is_a_gap_nobody_can_count(reason: Reason) -> None:
    one = covered(page(outcome=Outcome.REFUSED, reason=reason, articles=0))
    assert (one.cause, one.missing) == (reason, None)


def test_a_breadcrumb_that_leads_to_a_page_without_links_is_a_gap() -> None:
    one = covered(page(outcome=Outcome.NOT_ARTICLE, reason=Reason.NO_CONTENT, articles=0))
    assert one.cause == Cause.EMPTY


def test_rows_elsewhere_are_not_missing_here() -> None:
    assert covered(page(articles_told=20, elsewhere={"mp.example.com": 10}), archived=10).cause is None


@pytest.mark.parametrize(
    ("reason", "cause"),
    [(Reason.FORBIDDEN, Cause.NOT_ARCHIVED), (Reason.TIMEOUT, Cause.NOT_ARCHIVED), (Reason.NOT_FOUND, None)],
)
def test_articles_that_are_named_and_refused_are_missing_and_those_that_are_gone_are_not(
    reason: Reason, cause: str | None
) -> None:
    assert covered(page(articles_told=20), archived=15, not_archived={reason: 5}).cause == cause


def test_articles_beside_those_that_a_list_tells_are_not_missing() -> None:
    assert covered(page(articles_told=9), archived=10, not_archived={Reason.LOGIN: 2}).cause is None


def test_a_total_that_cannot_be_true_counts_other_things() -> None:
    assert covered(page(articles_told=9000, pages_told=1), archived=10).cause is None


def test_a_list_that_has_named_nothing_for_days_is_a_gap() -> None:
    emptied: dict[str, Any] = {"articles": 10, "emptied": NOW - timedelta(days=3)}
    assert covered(page(**emptied), archived=10).cause == Cause.EMPTIED
    assert covered(page(articles=10, emptied=NOW), archived=10).cause is None


def test_a_gap_is_accepted_until_it_grows() -> None:
    one = covered(page(articles_told=36), archived=10)
    assert gaps([one], {}) == [one]
    assert gaps([one], {LIST: AcceptedGap(reason="asked for by a form", missing=26)}) == []
    assert gaps([one], {LIST: AcceptedGap(reason="asked for by a form", missing=25)}) == [one]
    assert gaps([one], {LIST: AcceptedGap(reason="asked for by a form")}) == []


def test_another_host_of_the_university_is_named_with_the_line_that_includes_it() -> None:
    elsewhere = {"sports.example.edu.cn": 12, "mp.example.com": 12}
    found = [covered(page(elsewhere=elsewhere), archived=10)]
    (one,) = other_hosts(found, ["news.example.edu.cn"], "https")
    assert (one.list, one.missing) == ("https://sports.example.edu.cn/", 12)
    assert "add sports.example.edu.cn to `hosts`" in sentence(one)


def test_a_home_page_with_a_few_rows_is_no_list_of_a_site() -> None:
    home = covered(page(), archived=3, url="https://news.example.edu.cn/")
    assert has_no_list([home], 4)
    assert has_no_list([], 1)
    assert not has_no_list([], 36)
    assert not has_no_list([home, covered(page(), archived=10)], 11)


def test_most_media_failing_is_more_than_half_of_many() -> None:
    assert are_failing({"stored": 4, "failed": 7})
    assert not are_failing({"stored": 6, "failed": 5})
    assert not are_failing({"failed": 3})


def test_a_sentence_names_cause_and_numbers() -> None:
    told = sentence(covered(page(articles_told=36, obstacles=(Obstacle.PAGER_POST,)), archived=10))
    assert told.startswith("pager_post: ")
    assert "36 articles told; 10 named, 10 archived; about 26 missing" in told
