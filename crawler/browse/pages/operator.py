"""Pages for who runs the archive: how the runs went, and what is to be looked at, with the command that mends it."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crawler.browse import plots
from crawler.browse.frame import archive_of, language_of, read, rendered
from crawler.catalog.queries.overview import overview
from crawler.catalog.queries.suspects import Suspects, archived_a_day, falling, suspects
from crawler.clock import utc_now
from crawler.monitoring.acknowledgements import Acknowledgement, acknowledgements
from crawler.monitoring.disk import free_bytes

FAR = 3650  # days: nobody looks further ahead


async def runs(datasette: Any, request: Any) -> Any:
    """Answer with how the last runs went."""
    held = await read(datasette, overview)
    language = language_of(request)
    drawn = [plots.runs(held.runs, language), plots.outcomes(held.runs[0], language)] if held.runs else []
    return await rendered(datasette, request, "runs.html", {"held": held, "plots": drawn})


async def look(datasette: Any, request: Any) -> Any:
    """Answer with what is to be looked at."""
    root, now = archive_of(datasette), utc_now()
    found, sinking, a_day = await read(datasette, lambda db: (suspects(db), falling(db), archived_a_day(db, now=now)))
    values = {
        "found": found,
        "seen": _acknowledged(root, found),
        "sinking": sinking,
        "commands": commands(found),
        "a_day": a_day,
        "free": free_bytes(root),
        "days": days if (days := free_bytes(root) / max(a_day, 1.0)) < FAR else None,
    }
    return await rendered(datasette, request, "look.html", values)


def commands(found: Suspects) -> Mapping[str, list[str]]:
    """Return for each row of each kind the command that mends it, or shows more."""
    return {
        "alarms": [
            f"scrapy report --acknowledge {shlex.quote(row['site'] + ':' + row['code'])} --note TEXT"
            for row in found.alarms
        ],
        "articles": [f"scrapy rebuild --dry-run --url {shlex.quote(row['url'])}" for row in found.articles],
        "media": [f"scrapy crawl news -a site={shlex.quote(row['site'])}" for row in found.media],
        "lists": [f"scrapy extract {shlex.quote(row['list'])}" for row in found.lists],
    }


def _acknowledged(root: Path, found: Suspects) -> list[Acknowledgement | None]:
    """Return for each alarm what somebody said of it."""
    said = acknowledgements(root)
    return [said.get((row["site"], row["code"], row["since"])) for row in found.alarms]
