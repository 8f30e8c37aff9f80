"""Alarms that somebody has seen: a note of a person in `acknowledged.json` of the archive, beside the catalog, which readers need not write.

An acknowledgement is of one alarm as it stood then: when it is over and comes again, it is a new one, and told.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from crawler.archive.files import write_all
from crawler.archive.layout import ACKNOWLEDGED
from crawler.catalog.moment import to_text
from crawler.catalog.tables.issues import Alarm

Standing = tuple[str, str, str]  # site ("" for the whole archive), code, since when (UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What a person said of an alarm."""

    site: str
    code: str
    since: str  # of the alarm, UTC
    note: str
    by: str
    at: str  # UTC

    @property
    def alarm(self) -> Standing:
        return self.site, self.code, self.since


def key_of(alarm: Alarm) -> Standing:
    """Return what an acknowledgement of an alarm that stands is known by."""
    return alarm.site, alarm.code, to_text(alarm.since) if alarm.since else ""


def acknowledgements(root: Path) -> dict[Standing, Acknowledgement]:
    """Return what was said of which alarm; nothing from a file that is not there or is none of ours."""
    try:
        rows = json.loads((root / ACKNOWLEDGED).read_text("utf-8"))
        found = [Acknowledgement(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        return {}
    return {one.alarm: one for one in found}


def acknowledge(root: Path, alarm: Standing, note: str, *, by: str, now: datetime) -> None:
    """Put down that an alarm was seen; an earlier note on it is replaced. Raises OSError."""
    site, code, since = alarm
    one = Acknowledgement(site=site, code=code, since=since, note=note, by=by, at=now.isoformat(timespec="seconds"))
    kept = acknowledgements(root) | {alarm: one}
    text = json.dumps([asdict(each) for each in kept.values()], ensure_ascii=False, indent=1)
    write_all(root, {ACKNOWLEDGED: f"{text}\n".encode()})
