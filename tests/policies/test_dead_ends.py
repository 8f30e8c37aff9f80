"""A list of links that lead nowhere is left after some hundreds; a site whose old articles are half dead is walked on."""

from itertools import pairwise

from crawler.policies.dead_ends import DEAD, DEAD_OF_A_PATTERN, PROBES, DeadEnds, left_for_later

HOST = "https://news.example.edu.cn"


def test_a_folder_of_dead_links_is_closed_and_no_other_one() -> None:
    dead_ends = DeadEnds()
    closed = [kind for n in range(DEAD) for kind in dead_ends.add_dead(f"{HOST}/info/4/{n}.htm")]
    assert closed == ["/info/4/N.htm"]
    assert dead_ends.is_closed(f"{HOST}/info/4/99999.htm")
    assert not dead_ends.is_closed(f"{HOST}/info/5/1.htm")
    assert not dead_ends.is_closed(f"{HOST}/info/4/list.htm")


def test_dead_links_in_ever_new_folders_are_closed_as_one_pattern() -> None:
    dead_ends = DeadEnds()
    for n in range(DEAD_OF_A_PATTERN):
        dead_ends.add_dead(f"{HOST}/info/{n}/{n}.htm")
    assert dead_ends.is_closed(f"{HOST}/info/never/1.htm")


def test_one_link_in_some_hundreds_that_leads_somewhere_keeps_its_kind_open() -> None:
    dead_ends = DeadEnds()
    for n in range(10 * DEAD):
        url = f"{HOST}/info/4/{n}.htm"
        assert not (dead_ends.add_dead(url) if n % (DEAD - 1) else dead_ends.add_alive(url))


def test_what_leads_somewhere_opens_its_kind_again() -> None:
    dead_ends = DeadEnds()
    for n in range(DEAD):
        dead_ends.add_dead(f"{HOST}/info/4/{n}.htm")
    assert dead_ends.add_alive(f"{HOST}/info/4/x1.htm") == []
    assert dead_ends.add_alive(f"{HOST}/info/4/{DEAD}.htm") == ["/info/4/N.htm"]
    assert not dead_ends.is_closed(f"{HOST}/info/4/1.htm")


def test_what_is_left_is_tried_at_equal_distances() -> None:
    urls = [str(n) for n in range(10_000)]
    left = left_for_later(urls)
    tried = sorted({*map(int, urls)} - {*map(int, left)})
    assert len(tried) == PROBES
    assert {after - before for before, after in pairwise(tried)} == {10_000 // PROBES}
    assert left_for_later(urls[:PROBES]) == []
