"""Killed at any moment, whatever it was doing: the same command again ends well, and nothing is wrong with the archive then."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import scrapy_process
from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import environment
from tests.mirror_files import cut_word

MANY = 12  # kills of each command: 108 in all
DOCUMENT = "SELECT id FROM documents WHERE path NOTNULL AND status = 'live' ORDER BY id LIMIT 1"


@dataclass(frozen=True, slots=True)
class Place:
    """An archive that was crawled, in a folder of its own, and where its sites are."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def command(self, *arguments: object) -> list[object]:
        places = {"ARCHIVE_DIR": self.archive, "SEEDS_DIR": self.folder / "seeds", "READER_PROCESSES": 1}
        return [*arguments, *(part for name, value in places.items() for part in ("-s", f"{name}={value}"))]

    def run(self, *arguments: object) -> tuple[int, str]:
        ended = scrapy_process.run(*self.command(*arguments), env=environment())
        return ended.returncode, ended.stdout + ended.stderr

    def one(self, query: str) -> str:
        with closing(sqlite3.connect(self.archive / "catalog.db")) as db:
            return str(db.execute(query).fetchone()[0])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A campus of which two sites were crawled; it goes on running."""
    place = Place(tmp_path_factory.mktemp("made"))
    with Campus(validators=True) as campus:
        write_seeds(place.folder / "seeds", campus.port)
        (place.folder / "old.md").write_bytes(cut_word())
        code, told = place.run("crawl", "news", "-a", "site=webplus,enorth")
        assert code in (0, 7), told
        yield place


def damaged(place: Place) -> None:
    for path in sorted((place.archive / "articles").rglob("*.md"))[:3]:
        path.write_bytes(path.read_bytes() + b"\n")
    next((place.archive / "media").rglob("*.*")).unlink()


def backed_up(place: Place) -> None:
    assert place.run("backup", place.folder / "backups")[0] == 0


Arguments = Callable[[Place], Sequence[object]]
COMMANDS: dict[str, tuple[Arguments, Callable[[Place], object]]] = {
    "crawl": (lambda _: ("crawl", "news", "-a", "full=1", "-s", "MEDIA_KINDS="), lambda _: None),
    "media": (lambda _: ("crawl", "news", "-a", "site=vsb"), lambda _: None),
    "rebuild": (lambda _: ("rebuild", "--from-evidence"), lambda _: None),
    "import": (lambda place: ("import", place.folder / "old.md"), lambda _: None),
    "backup": (lambda place: ("backup", place.folder / "backups"), lambda _: None),
    "restore": (lambda place: ("restore", place.folder / "backups", "--to", place.folder / "restored"), backed_up),
    "verify": (lambda _: ("verify", "--repair"), damaged),
    "withhold": (lambda place: ("withhold", place.one(DOCUMENT), "--reason", "asked"), lambda _: None),
    "export": (lambda place: ("export", "jsonl", "--to", place.folder / "exported", "--force"), lambda _: None),
}


QUICK = ("import", "verify", "withhold")  # of these one kill each is tried always


@pytest.mark.parametrize(
    ("name", "kills"),
    [*((name, 1) for name in QUICK), *(pytest.param(name, MANY, marks=pytest.mark.soak) for name in COMMANDS)],
)
def test_the_same_command_again_ends_well_and_nothing_is_wrong(
    made: Place, tmp_path: Path, name: str, kills: int
) -> None:
    arguments, prepare = COMMANDS[name]
    killed = 0
    for number in range(kills):
        place = Place(tmp_path / str(number))
        shutil.copytree(made.folder, place.folder)
        prepare(place)
        given = place.command(*arguments(place))
        if _kill(given, random.Random(f"{name} {number}"), place.folder):
            killed += 1
            ended = scrapy_process.run(*given, env=environment())
            assert ended.returncode in (0, 7), (number, ended)
        code, told = place.run("verify", *(("-s", f"ARCHIVE_DIR={place.folder}/restored") if name == "restore" else ()))
        assert code == 0, (number, told)
        shutil.rmtree(place.folder)
    print(f"{name}: {killed} of {kills} were killed before they were done")


def _kill(given: Sequence[object], dice: random.Random, folder: Path) -> bool:
    """Start a command, and kill it with all its children once it has written so often; return whether it was not done before."""
    writes = dice.randrange(1, 30)
    devnull = os.open(os.devnull, os.O_RDWR)
    try:
        with scrapy_process.start(*given, env=environment(), files=(devnull, devnull, devnull)) as process:
            seen, before = 0, _state(folder)
            while seen < writes and process.poll() is None:
                now = _state(folder)
                seen, before = seen + (now != before), now
            return process.poll() is None  # killed where the block ends
    finally:
        os.close(devnull)


def _state(folder: Path) -> list[tuple[int, int]]:
    """Return what can be seen from outside of what commands write: how large it is, and when it was written last."""
    archive = folder / "archive"
    watched = (
        archive / "catalog.db-wal",
        archive / "warc",
        archive / "tmp",
        archive / "withheld",
        folder,
        *folder.glob("*/"),
    )
    found = [path.stat() for path in watched if path.exists()]
    return [(each.st_size, each.st_mtime_ns) for each in found]
