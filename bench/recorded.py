"""The recorded sites: one WARC file, one table of truth and one seed article a host (or two), as the folder's README lists them."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crawler.pages.families import canonical_url

SEED_ROW = re.compile(r"^\|\s*(?P<host>[\w.-]+\.\w+)\s*\|.*\|(?P<seeds>[^|]*https?://[^|]*)\|\s*$", re.MULTILINE)
SEED = re.compile(r"https?://[^\s,;|]+")


class NoRecordingsError(Exception):
    """The folder of recorded sites is not where it was looked for."""


@dataclass(frozen=True)
class Recording:
    """One host."""

    host: str
    seed: str  # URL of one article
    warc: Path

    @cached_property
    def articles(self) -> frozenset[str]:
        """All articles of the recording, by `key_of` their URL."""
        return frozenset(key for key, kind, _ in self._rows if kind == "article")

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The articles that the lists of the recording lead to."""
        return frozenset(key for key, kind, way in self._rows if (kind, way) == ("article", "reachable"))

    @cached_property
    def _rows(self) -> list[tuple[str, str, str]]:
        table = self.warc.with_name(f"{self.host}.tsv").read_text("utf-8")
        rows = [line.split("\t") for line in table.splitlines() if line]
        return [(key_of(url), kind, way) for url, kind, way, *_ in rows]


def recordings(shared: Path) -> list[Recording]:
    """Return the recorded sites of SHARED/sites, in the order of its README. Raises NoRecordingsError."""
    readme = shared / "sites" / "README.md"
    if not readme.is_file():
        raise NoRecordingsError(
            f"{readme}: not there; the benchmarks crawl recorded sites (WARC files with a table each): "
            "name the folder above `sites` with --shared"
        )
    found = [
        Recording(row["host"], seed, readme.with_name(f"{row['host']}.warc.gz"))
        for row in SEED_ROW.finditer(readme.read_text("utf-8"))
        for seed in SEED.findall(row["seeds"])
    ]
    if missing := [recording.warc for recording in found if not recording.warc.is_file()]:
        raise NoRecordingsError(f"{missing[0]}: not there, yet {readme} lists it")
    if not found:
        raise NoRecordingsError(f"{readme}: no table of hosts with their seed articles")
    return found


def key_of(url: str) -> str:
    """Return what two spellings of one page share; http and https are one."""
    return (canonical_url(url, "http") or url).partition(":")[2]
