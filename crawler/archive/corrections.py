"""What the operator knows better than a page: `corrections.yaml` beside the catalog, written by hand, a list of entries.

    - article: https://news.example.edu.cn/info/1001/1.htm   # its address, or its id
      published: 2026-05-31                                  # or title, source, university, people: {记者: [王芳]}
      reason: The page says 2062; the printed issue is of 31 May 2026.
      by: 李雷

A correction is laid over what the catalog says, for readers, citations and exports (`crawler.corrected`). Evidence, Markdown and the catalog's file
stay what the page says, so that no version comes of it and a rebuild changes nothing of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from crawler.archive.layout import CORRECTIONS
from crawler.errors import CorrectionError, reason
from crawler.urls import document_id

FIELDS = ("title", "published", "source", "university", "people")
ID = r"[0-9a-f]{32}|https?://\S+"
Names = Mapping[str, Sequence[str]]  # role -> names


class CorrectionEntry(BaseModel):
    """One entry of the file."""

    model_config = ConfigDict(extra="forbid")

    article: str = Field(pattern=rf"^(?:{ID})$")
    title: str | None = None
    published: date | AwareDatetime | None = None
    source: str | None = None
    university: str | None = None
    people: dict[str, list[str]] | None = None
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One field of one document, as the operator has it."""

    field: str  # of FIELDS
    value: str | Names  # a publication time in ISO 8601
    reason: str
    by: str


def corrections(root: Path) -> Mapping[str, Sequence[Correction]]:
    """Return the corrections by the id of their document; none where there is no file. CorrectionError for a file that cannot be understood."""
    path = root / CORRECTIONS
    try:
        entries = ENTRIES.validate_python(yaml.safe_load(path.read_text("utf-8")) or [])
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValidationError as error:
        first = error.errors()[0]
        raise CorrectionError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except OSError as error:
        raise CorrectionError(reason(error)) from error
    except (ValueError, yaml.YAMLError) as error:
        raise CorrectionError(f"{path}: {error}") from error
    found: dict[str, list[Correction]] = defaultdict(list)
    for entry in entries:
        name = entry.article if "/" not in entry.article else document_id(entry.article)
        found[name] += _of(entry)
    return found


def corrected(
    row: Mapping[str, Any], people: Names, known: Iterable[Correction]
) -> tuple[Mapping[str, Any], Names, list[tuple[Correction, str | Names | None]]]:
    """Return a row of `documents` and its people with corrections laid over, and each correction with what stood there before."""
    values, names = dict(row), people
    told: list[tuple[Correction, str | Names | None]] = []
    for one in known:
        told.append((one, names if one.field == "people" else values[one.field]))
        if not isinstance(one.value, str):
            names = one.value
            continue
        values[one.field] = one.value
        if one.field == "published":
            values["date_precision"] = "minute" if "T" in one.value else "day"
    return values, names, told


def _of(entry: CorrectionEntry) -> list[Correction]:
    values = {name: getattr(entry, name) for name in FIELDS}
    return [
        Correction(field=name, value=_plain(value), reason=entry.reason, by=entry.by)
        for name, value in values.items()
        if value is not None
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


ENTRIES = TypeAdapter(list[CorrectionEntry])
