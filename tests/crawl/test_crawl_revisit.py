"""The crawl day after day: what is due is asked for, conditionally where the server can be believed, and nothing is written twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Response
from warcio.archiveiterator import ArchiveIterator

from crawler.items import Validators
from tests.campus import Campus, Request
from tests.campus.seed_files import write_seeds
from tests.campus.sites.vsb import list_paths
from tests.campus.stories.vsb import NEWS, SECTIONS
from tests.crawl_harness import Archive, Ended, crawl
from tests.fetching_harness import COMPONENTS, REPLY, fetch, serving, site_of

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
MIDDLEWARES = {**COMPONENTS["DOWNLOADER_MIDDLEWARES"], "crawler.fetching.conditional.ConditionalMiddleware": 610}


@dataclass(frozen=True, slots=True)
class Day:
    """One run, and what it changed."""

    ended: Ended
    requests: Sequence[Request]  # without robots.txt
    files: dict[str, bytes]
    evidence: Sequence[tuple[str, int]]  # of this run: type and bytes of each record of a page
    outcomes: Sequence[str]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Day]]:
    """Three runs, a day apart, of one site whose server answers 304: nothing changes, then two articles come, one of them back-dated."""
    folder = tmp_path_factory.mktemp("week")
    with Campus(validators=True) as campus, pytest.MonkeyPatch.context() as patch:
        write_seeds(folder / "seeds", campus.port)
        days = []
        for number in range(3):
            if number == 2:
                publish(campus)
            patch.setenv("SIMULATED_NOW", (START + number * DAY).isoformat())
            days.append(run(folder, campus))
        yield days


def run(folder: Path, campus: Campus) -> Day:
    before = len(campus.requests)
    ended = crawl(
        folder / "archive", "-a", "site=vsb", seeds=folder / "seeds", CLOCK="tests.simulated.clock", LOG_LEVEL="ERROR"
    )
    archive = Archive(folder / "archive")
    archive.check()
    return Day(
        ended,
        [request for request in campus.requests[before:] if request.path != "/robots.txt"],
        archive.files,
        records(max(archive.root.glob("warc/*"))),
        archive.values("SELECT outcome FROM visits WHERE run = (SELECT max(run) FROM runs)"),
    )


def records(file: Path) -> list[tuple[str, int]]:
    found = []
    with file.open("rb") as stream:
        records = ArchiveIterator(stream)
        for record in records:
            kind, url = record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or ""
            records.read_to_end(record)
            if url and not url.endswith("/robots.txt"):
                found.append((kind, records.get_record_length()))
    return found


def publish(campus: Campus) -> None:
    """Put a new article at the end of the first page of a list, where its date belongs, and another on the second page."""
    paths = list_paths("xyyw", SECTIONS["xyyw"][1])
    for path, name in ((paths[0], "late"), (paths[1], "later")):
        page = campus.pages["vsb", path]
        number = "9901" if name == "late" else "9902"
        item = f'<li><span>2024-03-01</span><a href="/info/1012/{number}.htm">{number}号楼的灯光改造完成</a></li></ul>'
        campus.pages["vsb", path] = replace(
            page, body=page.body.replace(b"</ul><div align", item.encode() + b"<div align")
        )
        article = campus.pages["vsb", NEWS[0].path]
        body = article.body.replace(NEWS[0].title.encode(), f"{number}号楼的灯光改造完成".encode())
        campus.pages["vsb", f"/info/1012/{number}.htm"] = replace(article, body=body)


def test_a_day_on_which_nothing_changed_costs_a_few_conditional_requests(week: list[Day]) -> None:
    first, second, _ = week
    assert (first.ended.code, second.ended.code) == (0, 0)
    assert len(second.requests) < len(first.requests) / 2
    assert len({request.path for request in second.requests}) == len(second.requests)
    assert all("if-none-match" in request.headers for request in second.requests)
    assert set(second.outcomes) == {"not_modified", "refused"}  # by robots.txt: looked up again, and not asked
    assert second.files == first.files


def test_what_was_not_modified_costs_less_than_a_kilobyte_of_evidence(week: list[Day]) -> None:
    _, second, _ = week
    assert Counter(kind for kind, _ in second.evidence) == {
        "revisit": second.outcomes.count("not_modified"),
        "metadata": second.outcomes.count("refused") + 2,  # how the run ended
    }
    assert max(size for _, size in second.evidence) < 1000


def test_a_back_dated_article_is_found_and_the_walk_goes_on_from_its_page(week: list[Day]) -> None:
    assert week[2].outcomes.count("new") == 2
    assert len(week[2].files) == len(week[1].files) + 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("since=2024-13-01",), "-a since=2024-13-01: not a day; expected YYYY-MM-DD"),
        (("since=20240101",), "-a since=20240101: not a day"),
        (("since=",), "-a since=: is empty"),
        (("since=2999-01-01",), "-a since=2999-01-01: lies in the future"),
        (("since=2024-01-01", "full=1"), "-a since= and -a full=1: give one of them"),
    ],
)
def test_a_wrong_day_is_told_before_anything_is_written(tmp_path: Path, arguments: Sequence[str], told: str) -> None:
    given = [part for argument in arguments for part in ("-a", argument)]
    ended = crawl(tmp_path / "archive", *given, seeds=tmp_path)
    assert ended.code == 2
    assert told in ended.stdout + ended.stderr
    assert not (tmp_path / "archive").exists()


def asked(pages: dict[str, REPLY], path: str, validators: Validators, **settings: Any) -> list[dict[str, str]]:
    """The headers of every request that fetching a page with these validators makes, in lower case."""

    with serving(pages) as server:
        site = site_of(f"127.0.0.1:{server.port}")
        got = fetch(
            site,
            server.url(path),
            meta={"validators": validators},
            DOWNLOADER_MIDDLEWARES=MIDDLEWARES,
            **settings,
        )
        assert all(isinstance(found, Response) for found in got.values())
        return [{name.lower(): value for name, value in headers.items()} for _, headers in server.asked]


BOTH = Validators(etag='W/"1"', last_modified="Sun, 01 Nov 2026 00:00:00 GMT")


def test_a_request_carries_the_validators_it_is_given() -> None:
    (headers,) = asked({"/a": (304, {}, b"")}, "/a", BOTH)
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('W/"1"', BOTH.last_modified)


def test_a_redirect_to_another_page_takes_them_off() -> None:
    pages: dict[str, REPLY] = {"/a": (302, {"Location": "/b"}, b""), "/b": (200, {}, b"<p>b")}
    first, second = asked(pages, "/a", BOTH)
    assert "if-none-match" in first
    assert {"if-none-match", "if-modified-since"}.isdisjoint(second)


def test_conditions_can_be_switched_off() -> None:
    (headers,) = asked({"/a": (200, {}, b"<p>a")}, "/a", BOTH, CONDITIONAL_GET=False)
    assert "if-none-match" not in headers
