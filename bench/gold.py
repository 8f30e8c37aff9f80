"""The gold pages: saved real pages, annotated by hand, beside the scorer and the runner of the peers that came with them."""

import gzip
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.recorded import NoRecordingsError

Figures = Mapping[str, float | None]

# What must be given on at least one page for a figure to be one; the others judge every answer, also none.
GIVEN_BY = {
    "title": "title",
    "day": "published",
    "minute": "published",
    "date_invented": "published",
    "source": "source",
    "people_f1": "people",
    "names_f1": "people",
    "images_f1": "images",
    "image_order": "images",
    "attachments_f1": "attachments",
}


@dataclass(frozen=True)
class Gold:
    """The folder of the gold pages."""

    folder: Path

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return json_lines(self.truth)

    @property
    def truth(self) -> Path:
        return self.folder / "gold.jsonl"

    @property
    def peers(self) -> Path:
        """The program that runs a peer over the pages."""
        return self.folder / "peers.py"

    def body(self, row: Mapping[str, Any]) -> bytes:
        """Return the bytes of a page as they were served."""
        data = (self.folder / row["file"]).read_bytes()
        return gzip.decompress(data) if row["file"].endswith(".gz") else data

    def score(self, predicted: Path) -> Figures:
        """Return the figures of a file of predictions, as the scorer beside the pages gives them; None where it gave nothing to judge."""
        return without_what_is_not_given(self._scored(predicted)["all"], json_lines(predicted))

    def score_by(self, predicted: Path, key: str) -> dict[str, Figures]:
        """Return the figures of the pages that have one value of a key (site, family, template, kind), by that value."""
        return {name: figures for name, figures in self._scored(predicted, "--by", key).items() if name != "all"}

    def _scored(self, predicted: Path, *options: str) -> dict[str, Figures]:
        command = [sys.executable, str(self.folder / "score.py"), str(self.truth), str(predicted), "--json", *options]
        groups: dict[str, Figures] = json.loads(subprocess.check_output(command, text=True))
        return groups


def find_gold(shared: Path) -> Gold:
    """Return the gold pages of SHARED/bench. Raises NoRecordingsError."""
    folder = shared / "bench"
    for name in ("gold.jsonl", "score.py", "peers.py", "pages"):
        if not (folder / name).exists():
            raise NoRecordingsError(
                f"{folder / name}: not there; quality is measured on annotated pages: "
                "name the folder above `bench` with --shared"
            )
    return Gold(folder)


def json_lines(file: Path) -> list[dict[str, Any]]:
    """Return the objects of a file, one a line; `str.splitlines` would also part them at U+2028 in a text."""
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line.strip()]


def manifest(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the manifest of the pages for `scrapy extract`."""
    return "".join(f"{row['file']}\t{row['url']}\n" for row in rows)


def without_what_is_not_given(figures: Figures, predicted: Sequence[Mapping[str, Any]]) -> Figures:
    """Return the figures without those of fields no page was given: never to give a date is no merit in `date_invented`."""
    given = {key for one in predicted for key, value in one.items() if value}
    return {name: value if GIVEN_BY.get(name, "kind") in given else None for name, value in figures.items()}
