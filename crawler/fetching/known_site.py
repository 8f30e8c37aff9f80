"""The site of a request that names none: what `scrapy shell`, `fetch`, `view` and `parse` ask for is asked for as a crawl asks."""

from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.items import Site
from crawler.sites import read_sites, site_for_url


class KnownSite:
    """Downloader middleware: gives a request the site whose file names its host; without such a file it stays without."""

    def __init__(self, seeds: Path) -> None:
        self._seeds = seeds
        self._sites: tuple[Site, ...] | None = None  # read once somebody asks

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Path(crawler.settings["SEEDS_DIR"]))

    def process_request(self, request: Request) -> None:
        """Write the site into `request.meta`."""
        if "site" in request.meta:
            return
        if self._sites is None:
            self._sites, _ = read_sites(self._seeds)
        request.meta["site"] = site_for_url(request.url, self._sites)
