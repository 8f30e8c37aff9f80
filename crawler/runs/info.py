"""What a run is told, and the first record of its evidence, which tells it to a rebuild: all that is needed to read its pages as it did."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.errors import EvidenceError
from crawler.items import Boilerplate, MediaKind, MediaRules, Site
from crawler.sites.definition import site_as_json, site_from_json
from crawler.warc import Record, lines_of, records

OFF, ON = ("", "0"), "1"  # values of -a full= that ask for nothing, and for everything
OF_ANY = ("software", "started", "arguments")  # what is said of a run that fetches nothing
STAMP = "%Y%m%dT%H%M%SZ"  # of its beginning, in the name of a run: names sort by time
STARTED = re.compile(r"\d{8}T\d{6}Z")  # a STAMP


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPolicy:
    """What differs from one door to another. The defaults watch nothing but the run itself: for tests and for runs inside another program."""

    min_free: int = 0  # bytes that must be free for a run to begin and to go on
    alarm_urls: tuple[str, ...] = ()  # where alarms go, as apprise writes addresses: secrets
    searches: Path = Path("searches.yaml")  # those people are told of when something new matches
    metrics: Path | None = None  # Prometheus text file, relative to the archive unless absolute
    user_agent: str = ""
    media: MediaRules = field(default_factory=MediaRules)
    processes: int = 0  # that learn from the sites at its end; 0: it does that itself
    is_reported: bool = True  # alarms, report and metrics follow its row

    @classmethod
    def from_settings(cls, settings: BaseSettings, media: MediaRules) -> "RunPolicy":
        """Read MIN_FREE_BYTES, ALARM_URLS, SEARCHES_FILE, METRICS_FILE, USER_AGENT and READER_PROCESSES."""
        metrics = settings.get("METRICS_FILE")
        return cls(
            min_free=settings.getint("MIN_FREE_BYTES"),
            alarm_urls=tuple(settings.get("ALARM_URLS", "").split()),
            metrics=Path(metrics) if metrics else None,
            searches=Path(settings.get("SEARCHES_FILE", "searches.yaml")),
            user_agent=settings["USER_AGENT"],
            media=media,
            processes=settings.getint("READER_PROCESSES"),
        )


UNWATCHED = RunPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What a run was told."""

    run: str
    started: datetime
    arguments: Mapping[str, str]
    sites: tuple[Site, ...] = ()  # none of an import: each of its files names its own
    media: MediaRules = field(default_factory=MediaRules)

    @property
    def since(self) -> date | None:
        """The day down to which lists are walked, whatever is known: `-a since=`."""
        told = self.arguments.get("since")
        return date.fromisoformat(told) if told else None

    @property
    def is_full(self) -> bool:
        """Whether everything known is visited again: `-a full=1`."""
        return self.arguments.get("full", "0") not in OFF

    @property
    def asks_whole(self) -> bool:
        """Whether no page is asked for conditionally."""
        return self.is_full or self.since is not None


def name_run(started: datetime) -> str:
    """Return a new name for a run."""
    return f"{started.astimezone(UTC):{STAMP}}-{secrets.token_hex(3)}"


def fields_of(info: RunInfo, learnt: Mapping[str, Boilerplate], user_agent: str) -> dict[str, str]:
    """Return what the first record of the evidence says of a run."""
    said = {
        "software": f"campus-archive/{__version__}",
        "http-header-user-agent": user_agent,
        "sites": _as_json([site_as_json(site) for site in info.sites]),
        "boilerplate": _as_json({key: list(found.lines) for key, found in learnt.items()}),
        "started": info.started.astimezone(UTC).isoformat(),
        "arguments": _as_json(dict(info.arguments)),
        "media": _as_json({**asdict(info.media), "kinds": sorted(info.media.kinds)}),
    }
    return said if info.sites else {name: said[name] for name in OF_ANY}


def info_of(run: str, file: Path) -> RunInfo | None:
    """Return what a run was told, None of evidence that is of no run (that documents were withheld); EvidenceError where it does not tell."""
    first = next(records(file), None)
    if first is None or first.kind != "warcinfo":
        raise EvidenceError(f"{file}: does not begin with a warcinfo record; not written by this program?")
    said = lines_of(first.content)
    try:
        return _info(run, said, first) if "sites" in said or "started" in said else None
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"{file}: its warcinfo record does not tell the sites of the run: {error!r}") from error


def _info(run: str, said: Mapping[str, str], record: Record) -> RunInfo:
    rules = json.loads(said.get("media", "{}"))
    if "kinds" in rules:
        rules["kinds"] = frozenset(map(MediaKind, rules["kinds"]))
    return RunInfo(
        run=run,
        started=datetime.fromisoformat(said["started"]) if "started" in said else _started(run, record),
        arguments=json.loads(said.get("arguments", "{}")),
        sites=tuple(map(site_from_json, json.loads(said.get("sites", "[]")))),
        media=MediaRules(**rules),
    )


def _started(run: str, record: Record) -> datetime:
    """Return when a run of a release that did not say it began: its name has the second."""
    named = STARTED.match(run)
    return datetime.strptime(named[0], STAMP).replace(tzinfo=UTC) if named else record.at


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
