"""The quarantine of a site, settled when its run ends: its layout changed, or its articles did."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from crawler.catalog import group
from crawler.catalog.tables import drifts
from crawler.ingest import Archive, release
from crawler.ingest.commit import report
from crawler.ingest.state import detector_of
from crawler.items import Site
from crawler.policies.drift import LOSSES


def settle_sites(archive: Archive, sites: Iterable[Site], *, now: datetime) -> dict[str, str]:
    """Settle every site of a run; return what is to be told of those that stay marked, by key."""
    for site in sites:
        settle_site(archive, site, now=now)
    return {site.key: drift.message for site in sites if (drift := drifts.current(archive.db, site.key))}


def settle_site(archive: Archive, site: Site, *, now: datetime) -> None:
    """Mark the site if its layout has changed; else make versions of its quarantine, or forget it where the old layout is back."""
    db = archive.db
    held, marked = drifts.held(db, site.key), drifts.current(db, site.key)
    if site.key not in archive.detectors and not held:
        return
    detector = detector_of(db, archive.detectors, site)
    finding = detector.finding(() if marked else [change.document for change in held if change.is_changed])
    if finding is not None:
        with group(db):
            report(db, archive.run, site, finding, at=now)
        if marked is not None and _has_lasted(drifts.current(db, site.key), site):
            accept(archive, site, now=now, how="lasting")
    elif marked is None:
        release(archive, site, [change for change in held if change.is_changed])
        with group(db):
            drifts.drop(db, [change.document for change in held])
    elif detector.is_enough:
        with group(db):
            drifts.drop(db, [change.document for change in held])
            drifts.settle(db, site.key, "over", at=now)


def accept(archive: Archive, site: Site, *, now: datetime, how: drifts.How = "accepted") -> tuple[int, int]:
    """Take a site's new layout for real; return how many changes left the quarantine and how many became versions.

    Where only time says so, what has lost something stays there for a person.
    """
    held, marked = drifts.held(archive.db, site.key), drifts.current(archive.db, site.key)
    chosen = held if how == "accepted" else [change for change in held if not change.signs & LOSSES]
    made = release(archive, site, chosen, held)
    signs = marked.signs if marked else frozenset()
    with group(archive.db):
        drifts.settle(archive.db, site.key, how, at=now, signs=signs if how == "accepted" else signs - LOSSES)
    archive.detectors.pop(site.key, None)
    return len(chosen), made


def _has_lasted(drift: drifts.Drift | None, site: Site) -> bool:
    policy = site.settling
    return drift is not None and drift.runs >= policy.runs and drift.last - drift.since >= timedelta(days=policy.days)
