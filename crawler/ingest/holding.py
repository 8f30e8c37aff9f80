"""Changes that wait until it is settled whether an article changed or its site's layout: what `crawler.policies.drift` is fed with, and asked."""

from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.tables import documents, drifts, issues
from crawler.catalog.tables.documents import Filed
from crawler.ingest.group import Group, Waiting
from crawler.ingest.rereading import reread
from crawler.ingest.visited import Archive, Visited
from crawler.items import Article, Document, Known, Site
from crawler.policies.drift import (
    NO_ARTICLE,
    DriftDetector,
    NewLayout,
    Traits,
    lines_between,
    signs,
    traits_of,
    typical,
)

IMPORTED = "import"  # the rule of a text that came from an older mirror
LATEST = 50  # documents of a site, of which a new one is like


def tally_of(archive: Archive, site: Site) -> DriftDetector:
    """Return what the run has seen of a site so far."""
    if site.key not in archive.tallies:
        db = archive.db
        latest = documents.filed(db, documents.latest(db, site.key, LATEST))
        archive.tallies[site.key] = DriftDetector(
            documents=documents.count(db, site.key),
            usual=typical(_look(held) for held in latest.values()),
            since=min((held.article.published for held in latest.values() if held.article.published), default=None),
            accepted=drifts.accepted(db, site.key),
            is_marked=drifts.current(db, site.key) is not None,
        )
    return archive.tallies[site.key]


def is_held(
    archive: Archive,
    decided: Group,
    place: int,
    visited: Visited,
    document: Document,
    old: tuple[Known, Filed, Article | None],
) -> bool:
    """Count an article that was seen again; return whether its change has to wait. `old` ends in the article before, if that has changed."""
    before, filed, changed_from = old
    if filed.article.provenance.get("body") == IMPORTED:
        return False  # its site was never seen to look like that
    after = traits_of(document.article)
    found = signs(_look(filed), after)
    if found and (again := reread(archive, visited.site, before)) and again.reading and again.reading.article:
        found = signs(traits_of(again.reading.article), after)  # a rule that changed is nothing strange
    lines = lines_between(changed_from.body, document.article.body) if changed_from else frozenset()
    tally = tally_of(archive, visited.site)
    tally.add(document.id, is_changed=changed_from is not None, found=found, lines=lines)
    waits = changed_from is not None and tally.holds(document.id)
    if waits or found:
        decided.waiting[place] = Waiting(document=document.id, is_changed=waits, signs=found)
    else:
        decided.calm[place] = document.id
    return waits


def count_new(archive: Archive, visited: Visited, document: Document) -> None:
    """Count a new article, if it is one of the site's latest: older ones may look as they did then."""
    tally = tally_of(archive, visited.site)
    published = document.article.published
    if tally.since is not None and (published is None or published >= tally.since):
        tally.add_new(document.id, traits_of(document.article))


def count_lost(archive: Archive, visited: Visited, before: Known) -> None:
    """Count a page that was an article and is read as none."""
    tally_of(archive, visited.site).add(before.id, is_changed=False, found=frozenset({NO_ARTICLE}))


def report(db: Database, run: str, site: Site, finding: NewLayout, *, at: datetime) -> None:
    """Mark a site, and say so once a run."""
    drifts.mark(db, site.key, run=run, at=at, message=str(finding), signs=(sign for sign, _ in finding.signs))
    if not db.execute("SELECT 1 FROM issues WHERE run = ? AND site = ? AND code = 'drift'", [run, site.key]).fetchone():
        message = (
            f"the layout of the site has changed: {finding}. No version is made of what differs; look at its pages, mend its "
            f"file if need be, then: scrapy sites --accept {site.key}"
        )
        issues.add(db, run=run, site=site.key, url=None, level="warning", code="drift", message=message, at=at)


def _look(held: Filed) -> Traits:
    article = held.article
    return Traits(
        rule=article.provenance.get("body"),
        dated=article.published is not None,
        sourced=bool(article.source),
        characters=held.characters,
        confidence=article.confidence,
    )
