"""Readers: whatever a page does to the process that reads it, it costs that page alone."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.items import Capture, Kind, MediaFile, MediaKind, Reading, Reason, Selectors, Site
from crawler.pages.reading import MAX_TAGS, read
from crawler.runs.readers import Readers
from tests import factories
from tests.campus.sites.vsb import pages
from tests.campus.stories.vsb import NEWS, STORIES

SITE = Site(key="vsb", name="湖光大学", hosts=("news.example.edu.cn",))
BROKEN_SITE = Site(key="broken", name="坏", hosts=("news.example.edu.cn",), selectors=Selectors(title="h1[["))
PAGES = pages()
Answer = tuple[Reading, str | None]


def capture(path: str = NEWS[0].path, body: bytes | None = None) -> Capture:
    url = f"https://news.example.edu.cn{path}"
    return factories.page(PAGES[path].body if body is None else body, url)


def using(job: Callable[[Readers], Awaitable[None]], processes: int = 1, **options: float) -> None:
    """Run a job with readers, and see that none of them is left."""

    async def run() -> None:
        readers = Readers(processes, **options)  # type: ignore[arg-type]
        await readers.start()
        try:
            await asyncio.wait_for(job(readers), 300)
        finally:
            await readers.close()

    asyncio.run(run())
    assert not reader_ids()


def reader_ids() -> set[int]:
    return {process.pid for process in multiprocessing.active_children() if process.pid}


def parent_of(pid: int) -> int:
    """Return the process that readers are forked from."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_reading_is_what_reading_here_would_give() -> None:
    async def job(readers: Readers) -> None:
        answers = await asyncio.gather(*(readers.read(capture(story.path), SITE) for story in STORIES))
        for story, (reading, detail) in zip(STORIES, answers, strict=True):
            assert (reading, detail) == (read(capture(story.path), SITE), None)

    using(job, processes=2)


def test_a_page_without_a_word_is_told_and_the_reader_goes_on() -> None:
    async def job(readers: Readers) -> None:
        before = reader_ids()
        reading, detail = await readers.read(capture(body=b""), SITE)
        assert (reading.kind, reading.reason) == (Kind.OTHER, Reason.NO_CONTENT)
        assert detail
        reading, detail = await readers.read(capture(), BROKEN_SITE)
        assert (reading.kind, reading.reason) == (Kind.OTHER, Reason.UNREADABLE)
        assert "SelectorSyntaxError" in str(detail)
        assert (await readers.read(capture(), SITE))[0].kind is Kind.ARTICLE
        assert reader_ids() == before

    using(job)


def begin_to_hang(readers: Readers) -> tuple[int, list[asyncio.Task[Answer]]]:
    """Give pages to a reader that stands still; return which it is, and the pages."""
    (hanging,) = reader_ids()
    os.kill(hanging, signal.SIGSTOP)
    return hanging, [asyncio.create_task(readers.read(capture(), SITE)) for _ in range(4)]


def test_a_page_that_hangs_costs_itself_alone() -> None:
    async def job(readers: Readers) -> None:
        hanging, (hung, *others) = begin_to_hang(readers)
        await asyncio.sleep(0)  # the first page is in its reader's hands
        readers._seconds = 60  # the others may take their time, however busy the machine is
        reading, detail = await hung
        assert reading.reason is Reason.READER_TIMEOUT
        assert str(detail).startswith("reading took longer than ")
        assert [(await other)[0].kind for other in others] == [Kind.ARTICLE] * 3
        assert hanging not in reader_ids()

    using(job, seconds=0.01)


def test_a_page_that_kills_its_reader_costs_itself_alone() -> None:
    async def job(readers: Readers) -> None:
        hanging, (deadly, *others) = begin_to_hang(readers)
        await asyncio.sleep(0)  # the first page is in its reader's hands
        os.kill(hanging, signal.SIGKILL)
        reading, detail = await deadly
        assert reading.reason is Reason.READER_DIED
        assert detail == "the reader process died on this page"
        assert [(await other)[0].kind for other in others] == [Kind.ARTICLE] * 3
        assert hanging not in reader_ids()

    using(job)


def test_a_reader_is_replaced_after_so_many_pages() -> None:
    async def job(readers: Readers) -> None:
        (first,) = reader_ids()
        for _ in range(2):
            await readers.read(capture(), SITE)
        assert reader_ids() == {first}
        await readers.read(capture(), SITE)
        assert len(reader_ids() - {first}) == 1

    using(job, pages=3)


def test_a_reader_is_replaced_once_it_has_grown() -> None:
    async def job(readers: Readers) -> None:
        (first,) = reader_ids()
        await readers.read(capture(), SITE)
        assert len(reader_ids() - {first}) == 1

    using(job, grown=0)


def test_a_reader_leaves_ctrl_c_to_the_crawl() -> None:
    async def job(readers: Readers) -> None:
        (pid,) = reader_ids()
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)
        assert (await readers.read(capture(), SITE))[0].kind is Kind.ARTICLE
        assert reader_ids() == {pid}

    using(job)


@pytest.mark.parametrize("processes", [1, 2])
def test_no_more_processes_than_asked_for(processes: int) -> None:
    async def job(readers: Readers) -> None:
        await asyncio.gather(*(readers.read(capture(), SITE) for _ in range(8)))
        assert len(reader_ids()) == processes

    using(job, processes=processes)


@pytest.mark.parametrize("processes", [0, -1])
def test_there_is_always_one(processes: int) -> None:
    async def job(readers: Readers) -> None:
        assert readers.processes == len(reader_ids()) == 1
        reading, _ = await readers.read(capture(), SITE)
        assert reading.kind is Kind.ARTICLE

    using(job, processes=processes)


def test_a_medium_is_examined_where_it_can_be_killed() -> None:
    async def job(readers: Readers) -> None:
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
        found = await readers.examine(svg, "https://news.example.edu.cn/a.svg", MediaKind.IMAGE)
        assert isinstance(found, MediaFile)
        assert found.type == "image/svg+xml"
        assert (
            await readers.examine(b"<html>", "https://news.example.edu.cn/a.png", MediaKind.IMAGE) is Reason.NOT_MEDIA
        )

    using(job)


def test_what_learning_trips_over_costs_what_would_be_learnt() -> None:
    async def job(readers: Readers) -> None:
        broken = [replace(capture(), body=None)] * 4  # type: ignore[arg-type] # raises, as too little memory does
        assert await readers.learn(broken, SITE) is None
        assert (await readers.read(capture(), SITE))[0].kind is Kind.ARTICLE

    using(job)


def test_of_a_page_without_end_the_beginning_is_read() -> None:
    async def job(readers: Readers) -> None:
        whole = PAGES[NEWS[0].path].body
        reading, detail = await readers.read(capture(body=whole + b"<p>x</p>" * MAX_TAGS), SITE)
        assert reading.kind is Kind.ARTICLE
        assert detail == "a very large page: only its beginning was read"

    using(job)


NO_READER_STARTS = """
import asyncio, multiprocessing.resource_tracker, os, signal
from crawler.errors import ReaderError
from crawler.runs.readers import Readers
from tests.runs.test_readers import SITE, capture, parent_of, reader_ids

async def run():
    readers = Readers(1)
    if {starts}:
        await readers.start()
    multiprocessing.resource_tracker.ensure_running()  # it is started the same way
    multiprocessing.set_executable("/bin/false")
    for pid in {{*map(parent_of, reader_ids()), *reader_ids()}}:
        os.kill(pid, signal.SIGKILL)
    try:
        for _ in range(2):
            try:
                print((await readers.read(capture(), SITE))[0].reason if {starts} else await readers.start())
            except ReaderError:
                print("ReaderError")
    finally:
        await readers.close()
    print("closed")

if __name__ == "__main__":
    asyncio.run(run())
"""


@pytest.mark.parametrize(("starts", "told"), [(False, "ReaderError"), (True, "reader_died")])
def test_a_reader_that_dies_while_starting_harms_nobody_else(starts: bool, told: str) -> None:
    """The process group of the crawl least of all: that is the shell it was started from."""
    script = NO_READER_STARTS.format(starts=starts)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, start_new_session=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, [told, "ReaderError", "closed"]), done.stderr
