"""Whole responses: where the evidence holds the last whole page of a link, and the validators that came with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Validators
from crawler.policies.validators import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The last whole response of a link."""

    visit: int | None  # None: there is none yet
    warc: str | None
    offset: int | None
    record_id: str | None
    payload_digest: str | None
    validators: Validators
    useless: int


def last(db: Database, url: str) -> Whole | None:
    """Return the last whole response of a link, None for a URL that is no link."""
    row = db.execute(
        """
        SELECT visits.id, visits.warc, visits.warc_offset, visits.warc_record, visits.payload_digest, etag, last_modified, useless
        FROM links LEFT JOIN visits ON visits.id = links.whole_visit WHERE links.url = ?
        """,
        [url],
    ).fetchone()
    if row is None:
        return None
    visit, warc, offset, record_id, digest, etag, last_modified, useless = row
    return Whole(
        visit=visit,
        warc=warc,
        offset=offset,
        record_id=record_id,
        payload_digest=digest,
        validators=Validators(etag=etag, last_modified=last_modified),
        useless=useless,
    )


def keep(db: Database, url: str, visit: int, trust: Trust, *, trusted_until: datetime) -> None:
    """Write down the whole response of a link, and until when its validators are sent if they are worth it."""
    until = to_text(trusted_until) if trust.is_given else None
    db.execute(
        "UPDATE links SET whole_visit = ?, etag = ?, last_modified = ?, useless = ?, trusted_until = ? WHERE url = ?",
        [visit, trust.validators.etag, trust.validators.last_modified, trust.useless, until, url],
    )


def distrust(db: Database, host: str, url: str, site_key: str, *, now: datetime) -> None:
    """Remember that a host deceives, and where it was noticed; the validators of its site are sent no more."""
    db.execute("INSERT OR IGNORE INTO deceptive_hosts (host, url, noticed) VALUES (?, ?, ?)", [host, url, to_text(now)])
    db.execute("UPDATE links SET trusted_until = NULL WHERE site = ? AND trusted_until IS NOT NULL", [site_key])


def is_distrusted(db: Database, host: str) -> bool:
    """Return whether a host was found to deceive."""
    return db.execute("SELECT 1 FROM deceptive_hosts WHERE host = ?", [host]).fetchone() is not None
