"""The pipeline: what is stored together fails alone, and its evidence is written once whatever fails after it."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector
from warcio.archiveiterator import ArchiveIterator

from crawler.ingest import Visited
from crawler.pipelines import StorePipeline
from crawler.rebuild import remake
from crawler.runs.run import CATALOG, Run
from crawler.spiders.news import NewsSpider
from tests.crawl_harness import Archive
from tests.ingest.test_ingest import SITE, TEXT, seen

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def stored_behind_a_lock(root: Path, *visited: Visited) -> None:
    """Store visits as one batch, whose transaction meets a lock that is let go of as soon as it has failed."""
    run = Run(root, (SITE,), arguments={}, user_agent="campus-archive/1", clock=lambda: START)
    crawler = Crawler(NewsSpider)
    crawler.spider, crawler.stats = NewsSpider(run, processes=0), StatsCollector(crawler)
    run.db.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(root / CATALOG, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        run.db.conn.set_trace_callback(lambda sql: other.rollback() if sql.startswith("ROLLBACK") else None)
        asyncio.run(StorePipeline(crawler)._store(list(visited)))  # its queue is filled by an engine that fetches
        run.db.conn.set_trace_callback(None)
    run.finish()


def test_a_batch_that_fails_is_stored_one_by_one_from_the_evidence_it_has(tmp_path: Path) -> None:
    stored_behind_a_lock(tmp_path, seen("a"), seen("b", f"{TEXT}周末照常。", minutes=1))
    assert Archive(tmp_path).values("SELECT outcome FROM visits ORDER BY id") == ["new", "new"]
    (file,) = (tmp_path / "warc").iterdir()
    with file.open("rb") as records:
        assert [record.rec_type for record in ArchiveIterator(records)].count("response") == 2
    assert remake(tmp_path, processes=1, may_lose=True).replayed.visits == 2
