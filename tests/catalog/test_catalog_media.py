"""Media of documents across releases and runs: what is due, what is left out, how complete each document is."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.queries import statistics
from crawler.catalog.schema import MIGRATIONS
from crawler.catalog.tables import counts, documents, links, media
from crawler.ingest import Archive, reopen_media
from crawler.ingest.media import add_media
from crawler.items import (
    Document,
    Link,
    Media,
    MediaFile,
    MediaKind,
    MediaLink,
    MediaOutcome,
    MediaRules,
    Outcome,
    Pace,
    Role,
    Site,
    Status,
)
from crawler.monitoring.metrics import write_metrics
from crawler.runs.frontier import Frontier
from crawler.warc import WarcWriter
from tests import factories
from tests.visiting import visited

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOST = "https://news.example.edu.cn"
SITE = Site(key="s", name="s", hosts=("news.example.edu.cn",))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with factories.catalog(tmp_path, SITE) as db:
        yield db


def document(number: int, *media: Media) -> Document:
    return factories.document(f"{HOST}/{number}.htm", factories.article(media=media), site=SITE)


def image(path: str) -> Media:
    return Media(kind=MediaKind.IMAGE, url=f"{HOST}/{path}")


def archive(tmp_path: Path, db: Database, rules: MediaRules) -> Archive:
    return Archive(root=tmp_path, db=db, warc=WarcWriter(tmp_path, "r1", {"software": "x"}), run="r1", media=rules)


def due(db: Database, now: datetime = NOW) -> list[str]:
    return [link.url.removeprefix(f"{HOST}/") for link in media.due(db, "s", now=now, run="r2")]


def record(db: Database, kept: Document) -> None:
    documents.record(db, kept, None, markdown_digest="sha256:x" if kept.path else None)


def test_media_of_older_articles_are_due_after_the_migration_and_judged_by_the_next_run(
    tmp_path: Path, db: Database
) -> None:
    kept = document(1, image("a.jpg"), image("b.jpg"), Media(kind=MediaKind.IMAGE, url="https://far.invalid/c.jpg"))
    copy = replace(document(2, image("d.jpg")), path=None, status=Status.DUPLICATE, duplicate_of=kept.id)
    with group(db):
        record(db, kept)
        record(db, copy)
        _undo(db)
    MIGRATIONS.apply(db)
    assert db.execute(
        "SELECT url, document, reason FROM media_links WHERE next_visit = ?", [NOW.isoformat()]
    ).fetchall() == [
        (medium.url, kept.id, "unchecked") for medium in sorted(kept.article.media, key=lambda one: one.url)
    ]
    assert "sha256" in {column.name for column in db["media"].columns}
    reopen_media(archive(tmp_path, db, MediaRules(most=1)), SITE, now=NOW)
    assert due(db) == ["a.jpg"]
    reopen_media(archive(tmp_path, db, MediaRules()), SITE, now=NOW)
    assert due(db) == ["a.jpg", "b.jpg"]


def _undo(db: Database) -> None:
    """Make the catalog one of before the migration."""
    db.execute("DELETE FROM _sqlite_migrations WHERE name IN ('0012_media', '0020_unlinked')")
    for name in ("media_shown_unlinked", "media_made_unlinked", "media_links_there", "media_links_stored"):
        db.execute(f"DROP TRIGGER {name}")
    db.execute("DROP TABLE unlinked")
    db.execute("DROP VIEW media_completeness")
    db.execute("ALTER TABLE media DROP COLUMN sha256")
    db.execute("ALTER TABLE media_links DROP COLUMN size_limit")


def test_a_catalog_made_between_two_releases_is_migrated_too(db: Database) -> None:
    db.execute("DELETE FROM _sqlite_migrations WHERE name = '0012_media'")
    db.execute("DROP VIEW media_completeness")
    db.execute("ALTER TABLE media_links DROP COLUMN size_limit")
    MIGRATIONS.apply(db)
    assert db.execute("SELECT count(*) FROM media_completeness").fetchone() == (0,)


def test_what_is_not_linked_yet_is_known_without_a_look_at_every_medium(tmp_path: Path, db: Database) -> None:
    first, second = document(1, image("a.jpg")), document(2, image("a.jpg"), image("b.jpg"))
    file = MediaFile(sha256="f" * 64, path="media/ff/f.jpg", type="image/jpeg", size=3)
    stored = media.MediaAttempt(outcome=MediaOutcome.STORED, at=NOW, run="r1", file=file)
    with group(db):
        record(db, first)
        add_media(db, first, MediaRules(), now=NOW, run=None)
        media.record(db, MediaLink(url=f"{HOST}/a.jpg", site="s", kind=MediaKind.IMAGE, referer=first.url), stored)
    assert media.stale(db, "s") == [first.id]
    with group(db):
        media.link_files(db, first.id, {f"{HOST}/a.jpg": file}, markdown_digest="sha256:y")
        record(db, second)
    assert media.stale(db, "s") == [second.id]
    assert counts.wrong(db) == []
    with group(db):
        db.execute("DELETE FROM unlinked")
    assert counts.wrong(db) == [("unlinked", 1)]
    counts.recount(db)
    assert media.stale(db, "s") == [second.id]


def test_the_count_limit_holds_in_every_run(tmp_path: Path, db: Database) -> None:
    few = archive(tmp_path, db, MediaRules(most=2))
    kept = document(1, *(image(f"{number}.jpg") for number in range(4)))
    with group(db):
        record(db, kept)
        add_media(db, kept, few.media, now=NOW, run=None)
    reopen_media(few, SITE, now=NOW)
    assert due(db) == ["0.jpg", "1.jpg"]
    reopen_media(archive(tmp_path, db, MediaRules(most=3)), SITE, now=NOW)
    assert due(db) == ["0.jpg", "1.jpg", "2.jpg"]


def test_completeness_is_told_of_documents_that_can_be_read(tmp_path: Path, db: Database) -> None:
    kept, hidden = document(1, image("a.jpg")), document(2, image("b.jpg"))
    copy = replace(document(3, image("c.jpg")), path=None, status=Status.DUPLICATE, duplicate_of=kept.id)
    with group(db):
        for one in (kept, hidden, copy):
            record(db, one)
            add_media(db, one, MediaRules(), now=NOW, run=None)
        db.execute("INSERT INTO withheld VALUES (?, ?, 'asked for', ?)", [hidden.id, hidden.url, NOW.isoformat()])
    assert db.execute("SELECT document, media, waiting FROM media_completeness").fetchall() == [(kept.id, 1, 1)]
    assert due(db) == ["a.jpg"]


def test_a_reached_limit_of_pages_lets_media_through(tmp_path: Path, db: Database) -> None:
    site = replace(SITE, politeness=Pace(max_pages=1))
    kept = document(1, image("a.jpg"))
    pages = [Link(url=f"{HOST}/p{n}.htm", fetch_url=f"{HOST}/p{n}.htm", role=Role.ARTICLE) for n in range(5)]
    with group(db):
        record(db, kept)
        add_media(db, kept, MediaRules(), now=NOW, run=None)
        links.add(db, "s", pages, found=NOW, found_on=None)
    assert _handed_out(db, site) == ["p0.htm", "a.jpg"]


def _handed_out(db: Database, site: Site) -> list[str]:
    """Return what a frontier hands out, each tried as soon as it is."""
    frontier = Frontier(db, [site], run="r2", clock=lambda: NOW, with_media=True)

    async def walk() -> list[str]:
        found = []
        async for _, link in frontier.due():
            found.append(link.url.removeprefix(f"{HOST}/"))
            with group(db):
                if isinstance(link, Link):
                    visited(db, link.url, run="r2", at=NOW, outcome=Outcome.NEW, next_visit=None)
                else:
                    db.execute("UPDATE media_links SET run = 'r2' WHERE url = ?", [link.url])
            frontier.done(site, link.url)
        return found

    return asyncio.run(asyncio.wait_for(walk(), 20))


def test_of_videos_only_plain_files_are_asked_for(tmp_path: Path, db: Database) -> None:
    wanted = MediaRules(kinds=frozenset(MediaKind))
    shown = [Media(kind=MediaKind.VIDEO, url=f"{HOST}/{path}") for path in ("a.mp4", "player.jsp?id=1")]
    kept = document(1, *shown)
    with group(db):
        record(db, kept)
        add_media(db, kept, wanted, now=NOW, run=None)
    assert due(db) == ["a.mp4"]


def test_reports_and_metrics_count_the_media_of_a_site(tmp_path: Path, db: Database) -> None:
    kept = document(1, image("a.jpg"), image("b.jpg"))
    with group(db):
        record(db, kept)
        add_media(db, kept, MediaRules(most=1), now=NOW, run=None)
    assert statistics.media(db) == {"s": {"skipped": 1, "waiting": 1}}
    write_metrics(tmp_path / "metrics.prom", db, free=1)
    assert 'campus_archive_media{outcome="waiting",site="s"} 1.0' in (tmp_path / "metrics.prom").read_text()
