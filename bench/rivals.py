"""The two crawls ours is measured against, both over a given list of URLs.

    python -m bench.rivals bare|obvious JOB.json

(a) bare: Scrapy fetches the list and does nothing with it. (b) obvious: what one writes first: Scrapy, LinkExtractor on
every page, trafilatura with metadata in the callback, a Markdown file and a committed SQLite row for each page.
"""

import hashlib
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.http.response.text import TextResponse
from scrapy.linkextractors import LinkExtractor


class BareSpider(Spider):
    """Fetches."""

    name = "bare"

    def __init__(self, urls: list[str], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.urls = urls

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        pass


class ObviousSpider(BareSpider):
    """Fetches, follows, extracts and writes."""

    name = "obvious"

    def __init__(self, urls: list[str], hosts: list[str], folder: str, **arguments: Any) -> None:
        super().__init__(urls, **arguments)
        self.links = LinkExtractor(allow_domains=hosts)
        self.folder = Path(folder)
        self.db = sqlite3.connect(self.folder / "articles.db")
        self.db.execute("CREATE TABLE articles (url TEXT PRIMARY KEY, title TEXT, date TEXT, author TEXT, path TEXT)")

    def parse(self, response: Response) -> Iterator[Request]:  # type: ignore[override]
        if not isinstance(response, TextResponse):
            return
        for link in self.links.extract_links(response):
            yield response.follow(link)
        article = trafilatura.bare_extraction(
            response.text, url=response.url, with_metadata=True, include_formatting=True, include_images=True
        )
        if article is None or isinstance(article, dict) or not article.text:
            return
        path = self.folder / f"{hashlib.md5(response.url.encode(), usedforsecurity=False).hexdigest()}.md"
        path.write_text(f"---\ntitle: {article.title}\ndate: {article.date}\n---\n{article.text}\n", "utf-8")
        row = (response.url, article.title, article.date, article.author, path.name)
        self.db.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?)", row)
        self.db.commit()


def _settings(concurrency: int, hosts: int) -> dict[str, object]:
    """Return what ours runs with as well: the same loop, the same concurrency, no delay, robots.txt obeyed."""
    return {
        "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS": concurrency * hosts,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        "REMOTE_CONTROL_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "TELNETCONSOLE_ENABLED": False,
    }


if __name__ == "__main__":
    rival, job = sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8"))
    process = AsyncCrawlerProcess(_settings(job["concurrency"], len(job["hosts"])))
    if rival == "bare":
        process.crawl(BareSpider, urls=job["urls"])
    else:
        process.crawl(ObviousSpider, urls=job["urls"], hosts=job["hosts"], folder=job["folder"])
    process.start()
