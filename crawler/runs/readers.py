"""Readers: worker processes that turn captures into readings and say what media are, so that the reactor thread never waits for a parse.

Each reader is a process of its own behind a one-worker executor, with a limit of memory: a page that kills or hangs its reader costs that
page alone. A reader is replaced after PAGES_A_PROCESS pages, before the caches of lxml and trafilatura grow.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from crawler.archive.media_type import examine
from crawler.errors import ExtractionError, ReaderError
from crawler.items import Boilerplate, Capture, Kind, MediaFile, MediaKind, Reading, Reason, Site
from crawler.memory import collect_seldom, cpu_seconds, give_back, resident
from crawler.pages.reading import beginning, is_cut, learn, read
from crawler.warc import capture_at

logger = logging.getLogger(__name__)

T = TypeVar("T")
Place = tuple[str, str, int]
"""Where a capture stands: its URL, a WARC file relative to the archive, an offset."""

PAGES_A_PROCESS = 5_000
MOST_GROWN = 50_000_000  # bytes that a reader may keep of the pages it read: a fresh one has them in 0.1 s
SECONDS_A_PAGE = 30.0  # of work; the slowest real page seen took 1.2 s
PATIENCE = 10  # times as long a reader may take that does not work all the time: others want the machine, or it hangs
SECONDS_TO_START = 120.0  # on a loaded machine; 2 s alone
STARTS = 3
# A fork of the crawl would copy its reactor. Readers are forked from a process that has loaded the rules and does nothing else, and share them.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([__name__])
LARGE = 200_000  # bytes of a page that leaves a reader larger than it was
MOST_MEMORY = 2_000_000_000  # bytes of address space of a reader; its libraries reserve 1.1 GB before they use it


class Readers:
    """A fixed number of reader processes. Use `start`, then `read`, then `close`."""

    def __init__(
        self, processes: int, seconds: float = SECONDS_A_PAGE, pages: int = PAGES_A_PROCESS, grown: int = MOST_GROWN
    ) -> None:
        self.processes = max(1, processes)  # with none, every page would wait for a reader for ever
        self._seconds, self._pages, self._grown = seconds, pages, grown
        self._idle: asyncio.Queue[_Reader] = asyncio.Queue()
        self._all: set[_Reader] = set()

    async def start(self) -> None:
        """Start the processes; returns when all of them have loaded what they need. Raises ReaderError if they do not."""
        for reader in await asyncio.gather(*(self._started() for _ in range(self.processes))):
            self._idle.put_nowait(reader)

    async def read(
        self, capture: Capture, site: Site, further: Sequence[Capture] = (), boilerplate: Boilerplate | None = None
    ) -> tuple[Reading, str | None]:
        """Return the reading of a capture and, where there is none to speak of, a sentence that says why.

        Waits for a free reader. A page that cannot be read is a Reading of Kind.OTHER with its reason, never an exception.
        """
        reader = await self._next()
        try:
            reading = await self._in_time(reader, reader.read(capture, site, further, boilerplate))
        except TimeoutError:
            reader = await self._replaced(reader)
            return _unread(Reason.READER_TIMEOUT), f"reading took longer than {self._seconds:g} s"
        except BrokenProcessPool:
            reader = await self._replaced(reader)
            return _unread(Reason.READER_DIED), "the reader process died on this page"
        except ExtractionError as error:
            return _unread(Reason.NO_CONTENT), str(error)
        except Exception as error:  # noqa: BLE001 - the edge of one URL: whatever a page does to the rules is a fact about that page
            return _unread(Reason.UNREADABLE), f"{type(error).__name__}: {error}\n{error.__cause__ or ''}".strip()
        else:
            if reader.pages >= self._pages or reader.grown > self._grown:
                reader = await self._replaced(reader)
            return reading, "a very large page: only its beginning was read" if is_cut(capture) else None
        finally:
            self._idle.put_nowait(reader)

    async def learn(self, captures: Sequence[Capture], site: Site) -> Boilerplate | None:
        """Return what captures of one site teach, None if reading them takes too long or breaks. Waits for a free reader."""
        return await self._learn(site, lambda reader: reader.learn(captures, site))

    async def learn_at(self, root: Path, places: Sequence[Place], site: Site) -> Boilerplate | None:
        """Return the same of captures that stand in the evidence."""
        return await self._learn(site, lambda reader: reader.learn_at(root, places, site))

    async def _learn(self, site: Site, job: "Callable[[_Reader], Awaitable[Boilerplate]]") -> Boilerplate | None:
        reader = await self._next()
        try:
            return await self._in_time(reader, job(reader))
        except (TimeoutError, BrokenProcessPool):
            reader = await self._replaced(reader)
            return None
        except Exception:  # the edge of one site: too little memory for its pages, or whatever they do to the rules
            logger.exception("%s: its boilerplate cannot be learnt", site.key)
            return None
        finally:
            self._idle.put_nowait(reader)

    async def examine(self, body: bytes, url: str, kind: MediaKind) -> MediaFile | Reason:
        """Return what a medium is, or why that is not known. Waits for a free reader."""
        reader = await self._next()
        try:
            return await self._in_time(reader, reader.examine(body, url, kind)) or Reason.NOT_MEDIA
        except TimeoutError:
            reader = await self._replaced(reader)
            return Reason.READER_TIMEOUT
        except BrokenProcessPool:
            reader = await self._replaced(reader)
            return Reason.READER_DIED
        except Exception:  # the edge of one URL: what parses pictures raises what it likes
            logger.exception("%s: cannot be examined", url)
            return Reason.UNREADABLE
        finally:
            self._idle.put_nowait(reader)

    async def close(self) -> None:
        """Stop the processes, and the threads that wait for them: one that outlives the event loop has it reported when it dies."""
        free = {self._idle.get_nowait() for _ in range(self._idle.qsize())}
        for reader in self._all:
            (reader.dismiss if reader in free else reader.kill)()
        self._all.clear()

    async def _in_time(self, reader: "_Reader", job: Awaitable[T]) -> T:
        """Return what a reader answers. TimeoutError once it has worked too long for it: what waits for a busy machine is no page's fault."""
        answer, before, left = asyncio.ensure_future(job), reader.worked, self._seconds
        try:
            async with asyncio.timeout(PATIENCE * self._seconds):
                while not answer.done():
                    if left <= 0:
                        raise TimeoutError
                    await asyncio.wait([answer], timeout=max(left, self._seconds / PATIENCE))
                    left = self._seconds - (reader.worked - before)
            return answer.result()
        finally:
            answer.cancel()

    async def _next(self) -> "_Reader":
        """Return a reader that is free; one that could not be replaced when it had to be is replaced now."""
        reader = await self._idle.get()
        if reader.is_alive:
            return reader
        try:
            return await self._started()
        except ReaderError:
            self._idle.put_nowait(reader)
            raise

    async def _replaced(self, reader: "_Reader") -> "_Reader":
        """Return a fresh reader; where none starts the dead one, so that this page has its outcome and the next one tries again."""
        reader.kill()
        self._all.discard(reader)
        try:
            return await self._started()
        except ReaderError as error:
            logger.error("%s", error)
            return reader

    async def _started(self) -> "_Reader":
        for _ in range(STARTS):
            reader = _Reader()
            self._all.add(reader)
            try:
                await asyncio.wait_for(reader.wait_ready(), SECONDS_TO_START)
            except (
                BrokenProcessPool,
                EOFError,
                OSError,
            ):  # the last two: it died before it was told what to do; TimeoutError is one
                reader.kill()
                self._all.discard(reader)
            else:
                return reader
        raise ReaderError(f"a reader process died while starting, {STARTS} times: is there memory for it?")


class _Reader:
    """One process."""

    def __init__(self) -> None:
        self._executor = ProcessPoolExecutor(1, mp_context=FORKED, initializer=_prepare)
        self._pid: int | None = None  # unknown until it answers; 0 would be our whole process group
        self._at_first = 0
        self.pages = 0
        self.is_alive = True

    async def wait_ready(self) -> None:
        self._pid = await asyncio.wrap_future(self._executor.submit(os.getpid))
        self._at_first = resident(self._pid)

    @property
    def grown(self) -> int:
        """Return the bytes it takes more than when it started."""
        return resident(self._pid) - self._at_first if self._pid else 0

    @property
    def worked(self) -> float:
        """Return the seconds it has worked."""
        return cpu_seconds(self._pid) if self._pid else 0.0

    async def read(
        self, capture: Capture, site: Site, further: Sequence[Capture], boilerplate: Boilerplate | None
    ) -> Reading:
        self.pages += 1 + len(further)
        bare = [replace(beginning(page), exchanges=()) for page in (capture, *further)]
        return await asyncio.wrap_future(self._executor.submit(_read, bare[0], site, bare[1:], boilerplate))

    async def learn(self, captures: Sequence[Capture], site: Site) -> Boilerplate:
        self.pages += len(captures)
        bare = [replace(beginning(page), exchanges=()) for page in captures]
        return await asyncio.wrap_future(self._executor.submit(learn, bare, site))

    async def learn_at(self, root: Path, places: Sequence[Place], site: Site) -> Boilerplate:
        self.pages += len(places)
        return await asyncio.wrap_future(self._executor.submit(_learn_at, root, places, site))

    async def examine(self, body: bytes, url: str, kind: MediaKind) -> MediaFile | None:
        return await asyncio.wrap_future(self._executor.submit(examine, body, url, kind))

    def kill(self) -> None:
        self.is_alive = False
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._executor.shutdown(wait=self._pid is not None, cancel_futures=True)

    def dismiss(self) -> None:
        """Let it end by itself, which takes no time where it has nothing to do."""
        self.is_alive = False
        self._executor.shutdown()


def _unread(reason: Reason) -> Reading:
    return Reading(kind=Kind.OTHER, reason=reason)


def _read(capture: Capture, site: Site, further: Sequence[Capture], boilerplate: Boilerplate | None) -> Reading:
    try:
        return read(capture, site, further, boilerplate)
    finally:
        if len(capture.body) > LARGE:
            give_back()


def _learn_at(root: Path, places: Sequence[Place], site: Site) -> Boilerplate:
    try:
        return learn((capture_at(root / warc, offset, url) for url, warc, offset in places), site)
    finally:
        give_back()


def _prepare() -> None:
    """Leave Ctrl-C and SIGTERM to the crawl, which ends its readers itself; end with it if it was killed."""
    collect_seldom()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(0)
