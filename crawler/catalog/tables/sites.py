"""The sites a run used, so that a catalog can be read without the definition files, and the boilerplate learnt from each."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Boilerplate, Site
from crawler.sites.definition import site_as_json, site_from_json


def save(db: Database, site: Site, *, now: datetime) -> None:
    """Insert or update the row of a site, which links and visits need; `updated` moves when the definition differs."""
    row = {
        "key": site.key,
        "name": site.name,
        "host": site.hosts[0],
        "hosts": json.dumps(site.hosts, ensure_ascii=False),
        "family": site.family,
        "timezone": site.timezone,
        "definition": json.dumps(site_as_json(site), ensure_ascii=False, sort_keys=True),
        "now": to_text(now),
    }
    db.execute(
        """
        INSERT INTO sites (key, name, host, hosts, family, timezone, definition, added, updated)
        VALUES (:key, :name, :host, :hosts, :family, :timezone, :definition, :now, :now)
        ON CONFLICT (key) DO UPDATE SET
            name = excluded.name, host = excluded.host, hosts = excluded.hosts, family = excluded.family,
            timezone = excluded.timezone, definition = excluded.definition, updated = excluded.updated
        WHERE definition <> excluded.definition
        """,
        row,
    )


def is_known(db: Database, key: str) -> bool:
    """Return whether a run ever used a site."""
    return db.execute("SELECT 1 FROM sites WHERE key = ?", [key]).fetchone() is not None


def load(db: Database, key: str) -> Site:
    """Return the site that a document is of, as its definition last was."""
    (text,) = db.execute("SELECT definition FROM sites WHERE key = ?", [key]).fetchone()
    return site_from_json(json.loads(text))


def row(db: Database, key: str) -> dict[str, Any]:
    """Return the row of a site, column by column, to be put back."""
    return next(iter(db.query("SELECT * FROM sites WHERE key = ?", [key])))


def put_back(db: Database, held: Mapping[str, Any]) -> None:
    """Insert the row of a site, unless there is one."""
    columns, marks = ", ".join(held), ", ".join(f":{name}" for name in held)
    db.execute(f"INSERT OR IGNORE INTO sites ({columns}) VALUES ({marks})", dict(held))


def learn(db: Database, site_key: str, learnt: Boilerplate, *, now: datetime) -> None:
    """Put the boilerplate learnt from a site in the place of what was known before."""
    db.execute("DELETE FROM boilerplate WHERE site = ?", [site_key])
    db.conn.executemany(
        "INSERT INTO boilerplate (site, line, seen, pages, learnt) VALUES (?, ?, ?, ?, ?)",
        [(site_key, line, seen, learnt.pages, to_text(now)) for line, seen in learnt.lines.items()],
    )


def boilerplate(db: Database) -> dict[str, Boilerplate]:
    """Return what was learnt, by the key of the site, most frequent lines first; nothing from a catalog of a release that did not learn."""
    if not db["boilerplate"].exists():
        return {}
    rows = db.execute("SELECT site, line, seen, pages FROM boilerplate ORDER BY site, seen DESC, line").fetchall()
    lines: dict[str, dict[str, int]] = {}
    for site, line, seen, _ in rows:
        lines.setdefault(site, {})[line] = seen
    pages = {site: number for site, _, _, number in rows}
    return {site: Boilerplate(pages=pages[site], lines=found) for site, found in lines.items()}


def is_boilerplate(db: Database, line: str) -> bool:
    """Return whether a line is boilerplate of any site."""
    return db.execute("SELECT 1 FROM boilerplate WHERE line = ?", [line]).fetchone() is not None
