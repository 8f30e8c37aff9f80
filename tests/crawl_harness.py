"""The real command, `scrapy crawl news`, as a process of its own against the campus; and what an archive holds afterwards."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import md5
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import pytest

from crawler.archive import load
from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.campus.truth import CAMPUS
from tests.scrapy_process import SECONDS, ScrapyProcess, start

PROJECT = Path(__file__).parent.parent
MEDIA = {(host, path) for host, truth in CAMPUS.items() for s in truth.articles for path in (*s.images, *s.attachments)}


@dataclass(frozen=True, slots=True)
class Ended:
    """How one command ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Archive:
    """An archive on disk, as a reader sees it."""

    root: Path

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(f"{self.root.as_uri()}/catalog.db?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]

    def values(self, sql: str, *values: object) -> list[Any]:
        """Return the first column."""
        return [next(iter(row.values())) for row in self.rows(sql, *values)]

    @property
    def files(self) -> dict[str, bytes]:
        """Every Markdown file, by its path in the archive."""
        found = (*self.root.glob("articles/**/*.md"), *self.root.glob("versions/**/*.md"))
        return {str(file.relative_to(self.root)): file.read_bytes() for file in found}

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        """The rows of `documents`, by URL; read once."""
        return {row["url"]: row for row in self.rows("SELECT * FROM documents")}

    @cached_property
    def visits(self) -> dict[str, dict[str, Any]]:
        """The last visit of each URL; read once."""
        return {row["url"]: row for row in self.rows("SELECT * FROM visits ORDER BY id")}

    def markdown(self, url: str) -> tuple[dict[str, Any], str]:
        """Return front matter and body of a document."""
        return load((self.root / self.documents[url]["path"]).read_bytes())

    def check(self) -> None:
        """Assert what holds of every archive whatever happened: rows, files and evidence agree, nothing temporary is left."""
        named = self.values(
            "SELECT path FROM documents WHERE path IS NOT NULL UNION SELECT path FROM versions WHERE path IS NOT NULL"
        )
        assert set(named) == set(self.files)
        assert list(self.root.rglob("*.tmp")) == []
        assert self.rows("PRAGMA foreign_key_check") == []
        assert self.values("PRAGMA integrity_check") == ["ok"]
        assert all(url_id(row["url"]) == row["id"] for row in self.rows("SELECT id, url FROM documents"))
        has_no_file = "(status = 'duplicate' OR id IN (SELECT document FROM withheld))"
        assert self.rows(f"SELECT url FROM documents WHERE (path IS NULL) <> {has_no_file}") == []
        assert self.rows("SELECT url FROM visits WHERE warc IS NULL OR warc_offset IS NULL") == []


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """One undisturbed crawl of the whole campus."""

    campus: Campus
    archive: Archive
    seeds: Path
    ended: Ended
    hits: Sequence[tuple[str, str]]  # (host, path) of every request it made


def crawl(archive: Path, *arguments: str, seeds: Path, before: Sequence[str] = (), **settings: object) -> Ended:
    """Run `scrapy crawl news` to its end."""
    with started(archive, *arguments, seeds=seeds, before=before, **settings) as process:
        return process.end()


@dataclass(frozen=True, slots=True)
class Process:
    """A crawl that runs, in a process group of its own."""

    popen: subprocess.Popen[bytes] | ScrapyProcess
    stdout: IO[bytes]
    stderr: IO[bytes]

    def end(self, seconds: float = SECONDS) -> Ended:
        """Wait for its end."""
        code = self.popen.wait(seconds)
        return Ended(code, *(Path(file.name).read_text("utf-8") for file in (self.stdout, self.stderr)))

    def wait_until(self, is_reached: Callable[[], bool]) -> None:
        """Return when something is reached, or the crawl has ended."""
        for _ in range(SECONDS * 100):
            if is_reached() or self.popen.poll() is not None:
                return
            time.sleep(0.01)
        raise AssertionError("never reached")

    def leaves_anyone(self, seconds: float = 60) -> bool:
        """Return whether a process of its group is there so long after its end."""
        for _ in range(int(seconds * 100)):
            try:
                os.killpg(self.popen.pid, 0)
            except ProcessLookupError:
                return False
            time.sleep(0.01)
        return True


@contextmanager
def started(
    archive: Path, *arguments: str, seeds: Path, before: Sequence[str] = (), **settings: object
) -> Iterator[Process]:
    """Start `scrapy crawl news` without waiting for it; it is killed with all its children where the block ends."""
    with NamedTemporaryFile() as stdout, NamedTemporaryFile() as stderr:  # pipes would wait for every child
        given = command(archive, *arguments, seeds=seeds, **settings)
        popen: subprocess.Popen[bytes] | ScrapyProcess
        if before:
            line = [*before, sys.executable, "-m", "scrapy", *given]
            popen = subprocess.Popen(
                line, cwd=PROJECT, env=environment(), stdout=stdout, stderr=stderr, start_new_session=True
            )
        else:
            popen = start(*given, env=environment(), files=(0, stdout.fileno(), stderr.fileno()))
        try:
            yield Process(popen, stdout, stderr)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(popen.pid, signal.SIGKILL)
            popen.wait()


def command(archive: Path, *arguments: str, seeds: Path, **settings: object) -> list[str]:
    """Return what follows `scrapy` on the command line; a setting is given as its name and value."""
    given = {"ARCHIVE_DIR": archive, "SEEDS_DIR": seeds, "READER_PROCESSES": 1, "RETRY_BACKOFF": 0.1, **settings}
    return [
        *("crawl", "news", *arguments),
        *(part for name, value in given.items() for part in ("-s", f"{name}={value}")),
    ]


def environment() -> Mapping[str, str]:
    """Return our environment, without the settings that the maker of these tests may have in theirs."""
    ours = ("ARCHIVE_DIR", "SEEDS_DIR", "REPLAY_WARC", "SCRAPY_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("CRAWLER_")}
    return {**kept, "COLUMNS": "200"}


def url_id(url: str) -> str:
    return md5(url.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Crawl the campus once for all tests that only look. The campus goes on running."""
    folder = tmp_path_factory.mktemp("crawled")
    with Campus() as campus:
        write_seeds(folder / "seeds", campus.port)
        ended = crawl(folder / "archive", seeds=folder / "seeds")
        hits = tuple(campus.hits)
        yield Crawled(
            campus=campus,
            archive=Archive(folder / "archive"),
            seeds=folder / "seeds",
            ended=ended,
            hits=hits,
        )


def noon_in_shanghai() -> datetime:
    """A clock that stands still (setting CLOCK)."""
    return datetime(2026, 11, 23, 4, tzinfo=UTC)


def midnight_in_shanghai() -> datetime:
    return datetime(2026, 11, 23, 16, tzinfo=UTC)
