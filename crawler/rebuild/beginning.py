"""How a run began, as the first record of its evidence tells."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.archive.layout import EVIDENCE
from crawler.errors import EvidenceError
from crawler.items import MediaKind, MediaRules, Site
from crawler.sites.definition import site_from_json
from crawler.warc import FILE, Record, lines_of, records

STARTED = re.compile(r"\d{8}T\d{6}Z")  # how the name of a run begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a run was told."""

    run: str
    started: datetime
    arguments: Mapping[str, str]
    sites: tuple[Site, ...]
    media: MediaRules


def files_by_run(root: Path) -> dict[str, list[Path]]:
    """Return the WARC files of each run in the order of their numbers, runs in the order of their names, which is that of time."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in sorted((root / EVIDENCE).glob("*.warc.gz")):
        if (named := FILE.fullmatch(file.name)) is not None:
            found[named["run"]].append(file)
    return {run: sorted(files, key=lambda file: (len(file.name), file.name)) for run, files in sorted(found.items())}


def beginning_of(run: str, file: Path) -> Beginning | None:
    """Return how a run began, None of evidence that is of no run (that documents were withheld); EvidenceError where it does not tell."""
    first = next(records(file), None)
    if first is None or first.kind != "warcinfo":
        raise EvidenceError(f"{file}: does not begin with a warcinfo record; not written by this program?")
    try:
        return _beginning(run, first)
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{file}: its warcinfo record does not tell the sites of the run: {error!r}") from error


def _beginning(run: str, record: Record) -> Beginning | None:
    said = lines_of(record.content)
    if "sites" not in said and "started" not in said:
        return None
    rules = json.loads(said["media"]) if "media" in said else {}
    if "kinds" in rules:
        rules["kinds"] = frozenset(map(MediaKind, rules["kinds"]))
    return Beginning(
        run=run,
        started=datetime.fromisoformat(said["started"]) if "started" in said else _started(run, record),
        arguments=json.loads(said.get("arguments", "{}")),
        sites=tuple(map(site_from_json, json.loads(said.get("sites", "[]")))),
        media=MediaRules(**rules),
    )


def _started(run: str, record: Record) -> datetime:
    """Return when a run of a release that did not say it began: its name has the second."""
    if (named := STARTED.match(run)) is None:
        return record.at
    return datetime.strptime(named[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
