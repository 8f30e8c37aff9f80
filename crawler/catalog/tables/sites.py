"""The sites a run used, so that a catalog can be read without the definition files, and the boilerplate learnt from each."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.errors import CatalogError, suggestion
from crawler.items import Boilerplate, Site
from crawler.sites.definition import site_as_json, site_from_json
from crawler.sites.register import Institution, institution_of


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
    settle_institutions(db, [site.key])


def settle_institutions(db: Database, keys: Iterable[str] | None = None) -> None:
    """Put down which university each of these sites is of, or every one: a host of the catalog is that of the institution it stands under.

    A site that had no name but its host is called by it, as its documents are when they are made again.
    """
    for key, host, name, known in _placed(db, keys):
        found = institution_of(host)
        if found:
            _keep_institution(db, found)
        if (found and found.domain) != known or (found and name == host):
            values = [found and found.domain, found.name if found and name == host else name, key]
            db.execute("UPDATE sites SET institution = ?, name = ? WHERE key = ?", values)


def check_known(db: Database, keys: Iterable[str]) -> None:
    """Raise CatalogError for a key that no run ever used."""
    known = [key for (key,) in db.execute("SELECT key FROM sites")]
    if unknown := next((key for key in keys if key not in known), None):
        raise CatalogError(
            f"--site {unknown}: no such site in the catalog{suggestion(unknown, known)}; `scrapy sites` lists them"
        )


def is_known(db: Database, key: str) -> bool:
    """Return whether a run ever used a site."""
    return db.execute("SELECT 1 FROM sites WHERE key = ?", [key]).fetchone() is not None


def load(db: Database, key: str) -> Site:
    """Return the site that a document is of, as its definition last was."""
    (text,) = db.execute("SELECT definition FROM sites WHERE key = ?", [key]).fetchone()
    return site_from_json(json.loads(text))


def every(db: Database) -> list[Site]:
    """Return all sites that runs used, each as its definition last was."""
    rows = db.execute("SELECT definition FROM sites ORDER BY key")
    return [site_from_json(json.loads(text)) for (text,) in rows]


def row(db: Database, key: str) -> dict[str, Any]:
    """Return the row of a site, column by column, to be put back."""
    return next(iter(db.query("SELECT * FROM sites WHERE key = ?", [key])))


def _placed(db: Database, keys: Iterable[str] | None) -> list[tuple[str, str, str, str | None]]:
    sql = "SELECT key, host, name, institution FROM sites WHERE :all OR key IN (SELECT value FROM json_each(:keys))"
    return db.execute(sql, {"all": keys is None, "keys": json.dumps(list(keys or ()))}).fetchall()


def _keep_institution(db: Database, found: Institution) -> None:
    db.execute(
        """
        INSERT INTO institutions (domain, name, name_en, province, level, code, sources) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (domain) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, province = excluded.province,
            level = excluded.level, code = excluded.code, sources = excluded.sources
        """,
        [found.domain, found.name, found.name_en, found.province, found.level, found.code, found.sources],
    )


def put_back(db: Database, held: Mapping[str, Any]) -> None:
    """Insert the row of a site, unless there is one."""
    columns, marks = ", ".join(held), ", ".join(f":{name}" for name in held)
    db.execute(f"INSERT OR IGNORE INTO sites ({columns}) VALUES ({marks})", dict(held))
    settle_institutions(db, [held["key"]])


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
