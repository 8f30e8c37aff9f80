"""What a terminal and a log are told of a crawl that goes on."""

import pytest
from scrapy.utils.test import get_crawler

from crawler.fetching.politeness import Politeness
from crawler.ingest import Visited
from crawler.items import Kind, Outcome, Reading, Reason
from crawler.monitoring.progress import Tally, drawn, duration, line, waiting
from tests.factories import NOW, SITE, link, site


def test_a_list_an_article_and_what_was_not_read_are_counted_apart() -> None:
    tally = Tally()
    for reading in (Reading(kind=Kind.LIST), Reading(kind=Kind.ARTICLE), Reading(kind=Kind.ARTICLE), None):
        tally.add(
            Visited(
                site=SITE,
                link=link("https://news.example.edu.cn/x.htm"),
                at=NOW,
                reading=reading,
                outcome=Outcome.FAILED,
            )
        )
    assert (tally.lists, tally.articles, tally.other, tally.pages) == (1, 2, 1, 4)


@pytest.mark.parametrize(("seconds", "told"), [(5.4, "5 s"), (600, "10 min"), (9000, "2.5 h")])
def test_a_time_is_told_in_the_unit_a_person_would_use(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_a_host_that_is_left_alone_is_told_with_its_reason() -> None:
    told = site("lake", "news.lake.example", hosts=("news.lake.example", "old.lake.example"))
    politeness = Politeness(get_crawler(), 120, lambda: NOW)
    politeness.slow_down("https://news.lake.example/", 3)
    assert waiting(told, politeness) == "waits 3 s between requests"
    politeness.pause("https://old.lake.example/", 600, Reason.SERVER_ERROR)
    assert waiting(told, politeness) == "waits 10 min for old.lake.example (server_error)"


def test_a_site_is_a_row_on_a_terminal_and_a_sentence_in_a_log() -> None:
    row = ("lake", "3", "20", "1", "7", "40", "58", "2 min", "waits 1 s between requests")
    assert (
        line(row)
        == "lake: 3 lists, 20 articles, 1 other, 7 media, 40 to do, 58 a minute, 2 min left, waits 1 s between requests"
    )
    assert drawn([row]).row_count == 1
