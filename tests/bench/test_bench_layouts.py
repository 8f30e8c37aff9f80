"""The invented sites are what they say, and a crawl finds one of each kind by the real command."""

import sqlite3
from contextlib import closing
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from bench.layouts import crawl_together, every
from bench.layouts.served import Served

NAMED = {layout.name: layout for layout in every()}
SOME = ("pager-callback", "rows-called", "requests-get-json", "query-webplus", "nowhere-robots", "trap-home-for-all")


def test_there_are_many_layouts_and_each_has_a_name_of_its_own() -> None:
    assert len(NAMED) == len(every()) > 100


def test_every_article_of_a_layout_has_an_address_of_its_own() -> None:
    odd = [one.name for one in NAMED.values() if len(one.truth) != one.articles or not one.truth.isdisjoint(one.extra)]
    assert odd == []
    assert all(0 < layout.seed <= layout.articles for layout in NAMED.values())


def test_layouts_are_found_whole_and_a_query_is_kept_with_its_body(tmp_path: Path) -> None:
    found = crawl_together([NAMED[name] for name in SOME], tmp_path, again=False, settings=())
    assert {one.layout.name: list(one.faults()) for one in found} == {name: [] for name in SOME}
    bodies = [body for file in sorted((tmp_path / "archive" / "warc").glob("*.warc.gz")) for body in _posted(file)]
    assert len(bodies) == len(set(bodies)) == 4
    assert all(b"pageIndex=" in body for body in bodies)
    with closing(sqlite3.connect(tmp_path / "archive" / "catalog.db")) as db:
        queries = db.execute("SELECT count(*) FROM visits WHERE url LIKE '%__wb_method=POST&%' AND outcome = 'listed'")
        assert queries.fetchone() >= (4,)


def _posted(file: Path) -> list[bytes]:
    with file.open("rb") as stream:
        return [
            record.content_stream().read()
            for record in ArchiveIterator(stream)
            if record.rec_type == "request" and record.http_headers.protocol == "POST"
        ]


def test_a_layout_is_served_on_an_address_of_its_own() -> None:
    with Served(NAMED["pager-numbers"]) as one, Served(NAMED["pager-window"]) as other:
        assert one.host != other.host
