"""The sites a run used, so that a catalog can be read without the definition files."""

import json
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Site
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


def load(db: Database, key: str) -> Site:
    """Return the site that a document is of, as its definition last was."""
    (text,) = db.execute("SELECT definition FROM sites WHERE key = ?", [key]).fetchone()
    return site_from_json(json.loads(text))
