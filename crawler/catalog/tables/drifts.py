"""The drifts of sites, and the changes held back because of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from crawler.catalog.moment import from_text, to_text

How = Literal["accepted", "lasting", "over"]

HOLD = """
INSERT INTO held (document, site, visit, since, at, is_changed, signs) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document) DO UPDATE SET
    visit = excluded.visit, at = excluded.at, is_changed = excluded.is_changed, signs = excluded.signs
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A change that waits."""

    document: str
    visit: int
    is_changed: bool  # it says something else, or only looks different
    signs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A site that is marked."""

    since: datetime
    last: datetime
    runs: int
    message: str
    signs: frozenset[str]


def hold(db: Database, site: str, held: Held, *, at: datetime) -> None:
    """Write down that a document reads otherwise, the last time by this visit."""
    signs = json.dumps(sorted(held.signs), ensure_ascii=False)
    db.execute(HOLD, [held.document, site, held.visit, to_text(at), to_text(at), int(held.is_changed), signs])


def drop(db: Database, documents: Iterable[str]) -> None:
    """Forget that these documents read otherwise."""
    db.execute("DELETE FROM held WHERE document IN (SELECT value FROM json_each(?))", [json.dumps(list(documents))])


def held(db: Database, site: str) -> list[Held]:
    """Return what waits of a site, in the order of the visits."""
    rows = db.execute("SELECT document, visit, is_changed, signs FROM held WHERE site = ? ORDER BY visit", [site])
    return [
        Held(document=document, visit=visit, is_changed=bool(is_changed), signs=frozenset(json.loads(signs)))
        for document, visit, is_changed, signs in rows
    ]


def current(db: Database, site: str) -> Drift | None:
    """Return the drift a site is marked with, None for none."""
    query = "SELECT since, last, runs, message, signs FROM drifts WHERE site = ? AND settled IS NULL"
    row = db.execute(query, [site]).fetchone()
    if row is None:
        return None
    since, last, runs, message, signs = row
    return Drift(
        since=from_text(since), last=from_text(last), runs=runs, message=message, signs=frozenset(json.loads(signs))
    )


def accepted(db: Database, site: str) -> frozenset[str]:
    """Return the signs of every layout of a site that was accepted or lasted."""
    rows = db.execute("SELECT signs FROM drifts WHERE site = ? AND how IN ('accepted', 'lasting')", [site])
    return frozenset(sign for (signs,) in rows for sign in json.loads(signs))


def mark(db: Database, site: str, *, run: str, at: datetime, message: str, signs: Iterable[str]) -> None:
    """Mark a site, or write down that one more run saw its drift."""
    known = current(db, site)
    told = json.dumps(sorted(frozenset(signs) | (known.signs if known else frozenset())), ensure_ascii=False)
    if known is None:
        db.execute(
            "INSERT INTO drifts (site, since, last, run, runs, message, signs) VALUES (?, ?, ?, ?, 1, ?, ?)",
            [site, to_text(at), to_text(at), run, message, told],
        )
        return
    db.execute(
        """
        UPDATE drifts SET last = ?, runs = runs + (run <> ?), run = ?, message = ?, signs = ? WHERE site = ? AND settled IS NULL
        """,
        [to_text(at), run, run, message, told, site],
    )


def settle(db: Database, site: str, how: How, *, at: datetime, signs: Iterable[str] | None = None) -> None:
    """Take the mark from a site; with `signs`, only these were accepted."""
    if signs is not None:
        told = json.dumps(sorted(signs), ensure_ascii=False)
        db.execute("UPDATE drifts SET signs = ? WHERE site = ? AND settled IS NULL", [told, site])
    db.execute("UPDATE drifts SET settled = ?, how = ? WHERE site = ? AND settled IS NULL", [to_text(at), how, site])
