"""The pipeline: what is stored together fails alone, and its evidence is written once whatever fails after it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector
from warcio.archiveiterator import ArchiveIterator

from crawler.archive.layout import CATALOG
from crawler.ingest import Fetched
from crawler.items import Media, MediaKind, MediaLink, Outcome, Reason
from crawler.pipelines import StorePipeline
from crawler.rebuild import remake
from crawler.runs.run import Run
from crawler.spiders.news import NewsSpider
from tests.crawl_harness import Archive
from tests.ingest.test_ingest import SITE, TEXT, seen

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@contextmanager
def pipeline(root: Path) -> Iterator[tuple[Run, StorePipeline]]:
    """The pipeline of a run that fetches nothing."""
    run = Run.open(root, (SITE,), arguments={}, clock=lambda: START)
    crawler = Crawler(NewsSpider)
    crawler.spider, crawler.stats = NewsSpider(run, processes=0), StatsCollector(crawler)
    yield run, StorePipeline(crawler)
    run.close()


def test_a_batch_that_fails_is_stored_one_by_one_from_the_evidence_it_has(tmp_path: Path) -> None:
    """Its transaction meets a lock, which is let go of before the next one."""
    begun: list[str] = []

    def let_go(sql: str) -> None:
        begun.extend(sql for _ in range(sql.startswith("BEGIN")))
        if len(begun) > 1:
            other.rollback()

    with (
        pipeline(tmp_path) as (run, storing),
        closing(sqlite3.connect(tmp_path / CATALOG, check_same_thread=False)) as other,
    ):
        run.db.execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN IMMEDIATE")
        run.db.conn.set_trace_callback(let_go)
        asyncio.run(
            storing._store([seen("a"), seen("b", f"{TEXT}周末照常。", minutes=1)])
        )  # what a gathered batch is given to
        run.db.conn.set_trace_callback(None)
    assert Archive(tmp_path).values("SELECT outcome FROM visits ORDER BY id") == ["new", "new"]
    (file,) = (tmp_path / "warc").iterdir()
    with file.open("rb") as records:
        assert [record.rec_type for record in ArchiveIterator(records)].count("response") == 2
    assert remake(tmp_path, processes=1, may_lose=True).replayed.visits == 2


def test_media_that_cannot_be_committed_repeat_no_visit(tmp_path: Path) -> None:
    picture = Media(kind=MediaKind.IMAGE, url="https://news.example.edu.cn/a.jpg")
    page = seen("a", media=(picture,))
    link = MediaLink(url=picture.url, site=SITE.key, kind=picture.kind, referer=page.link.url)
    with pipeline(tmp_path) as (run, storing):
        run.db.execute("CREATE TRIGGER stop BEFORE UPDATE ON media_links BEGIN SELECT RAISE(ABORT, 'no'); END")
        lost = Fetched(site=SITE, link=link, at=START, outcome=Outcome.FAILED, reason=Reason.DNS)
        asyncio.run(storing._store([page, lost]))
        run.db.execute("DROP TRIGGER stop")
    assert Archive(tmp_path).values("SELECT outcome FROM visits") == ["new"]
