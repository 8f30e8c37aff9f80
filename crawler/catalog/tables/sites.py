"""The sites a run used, so that a catalog can be read without the definition files."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Selectors, Site


def save(db: Database, site: Site, *, now: datetime) -> None:
    """Insert or update the row of a site, which links and visits need; `updated` moves when the definition differs."""
    row = {
        "key": site.key,
        "name": site.name,
        "host": site.hosts[0],
        "hosts": json.dumps(site.hosts, ensure_ascii=False),
        "family": site.family,
        "timezone": site.timezone,
        "definition": json.dumps(asdict(site), ensure_ascii=False, sort_keys=True, default=str),
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


def load(db: Database, key: str) -> Site:
    """Return the site that a document is of, as its definition last was, without what concerns fetching and layouts of the past."""
    (text,) = db.execute("SELECT definition FROM sites WHERE key = ?", [key]).fetchone()
    held = json.loads(text)
    return Site(
        key=held["key"],
        name=held["name"],
        hosts=tuple(held["hosts"]),
        scheme=held["scheme"],
        articles=tuple(held["articles"]),
        lists=tuple(held["lists"]),
        sections=held["sections"],
        timezone=held["timezone"],
        family=held["family"],
        selectors=Selectors(**held["selectors"]),
        tags=tuple(held["tags"]),
        categories=tuple(held["categories"]),
    )
