"""Hosts across runs: the pauses they asked for or earned, the robots.txt they answered with, and which of them deceive."""

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text
from crawler.items import Host, Reason, Robots


def save(db: Database, hosts: Iterable[Host]) -> None:
    """Insert or replace what is known of these hosts."""
    for host in hosts:
        not_before = to_text(host.not_before) if host.not_before else None
        db.execute(
            """
            INSERT INTO hosts (host, not_before, failures, reason, changed) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (host) DO UPDATE SET
                not_before = excluded.not_before, failures = excluded.failures, reason = excluded.reason, changed = excluded.changed
            """,
            [host.name, not_before, host.failures, host.reason, to_text(host.changed)],
        )


def shorten(db: Database, *, after: datetime) -> None:
    """End the pauses that would last until after a time: no host was asked to wait so long, the clock was wrong."""
    db.execute("UPDATE hosts SET not_before = NULL WHERE not_before > ?", [to_text(after)])


def load(db: Database) -> list[Host]:
    """Return the hosts that are paused or failed when last asked."""
    rows = db.execute(
        "SELECT host, not_before, failures, reason, changed FROM hosts WHERE failures > 0 OR not_before IS NOT NULL"
    )
    return [
        Host(
            name=host,
            not_before=from_text(not_before) if not_before else None,
            failures=failures,
            reason=Reason(reason) if reason else None,
            changed=from_text(changed),
        )
        for host, not_before, failures, reason, changed in rows
    ]


def save_robots(db: Database, files: Iterable[Robots]) -> None:
    """Insert or replace the robots.txt of these origins."""
    for file in files:
        db.execute(
            """
            INSERT INTO robots (origin, fetched, status, rules) VALUES (?, ?, ?, ?)
            ON CONFLICT (origin) DO UPDATE SET fetched = excluded.fetched, status = excluded.status, rules = excluded.rules
            """,
            [file.origin, to_text(file.fetched), file.status, file.rules],
        )


def load_robots(db: Database) -> list[Robots]:
    """Return the last robots.txt of every origin, however old."""
    rows = db.execute("SELECT origin, fetched, status, rules FROM robots")
    return [
        Robots(origin=origin, fetched=from_text(fetched), status=status, rules=rules)
        for origin, fetched, status, rules in rows
    ]


def distrust(db: Database, host: str, url: str, site_key: str, *, now: datetime) -> None:
    """Remember that a host deceives, and where it was noticed; the validators of its site are sent no more."""
    db.execute("INSERT OR IGNORE INTO deceptive_hosts (host, url, noticed) VALUES (?, ?, ?)", [host, url, to_text(now)])
    db.execute("UPDATE links SET trusted_until = NULL WHERE site = ? AND trusted_until IS NOT NULL", [site_key])


def is_distrusted(db: Database, host: str) -> bool:
    """Return whether a host was found to deceive."""
    return db.execute("SELECT 1 FROM deceptive_hosts WHERE host = ?", [host]).fetchone() is not None
