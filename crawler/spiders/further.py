"""Pages fetched by their address alone, and the further pages of an article that is cut into pages: past every downloader middleware,
without the scheduler. Stores nothing.
"""

import logging
from collections.abc import MutableMapping

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.fetching.capture import capture, explain, judge_status
from crawler.fetching.politeness import HostClosed
from crawler.fetching.stopping import Stopped
from crawler.items import Boilerplate, Capture, Reading, Site
from crawler.runs.readers import Readers
from crawler.urls import requested_url

logger = logging.getLogger(__name__)

MAX_FURTHER = 50  # pages of one article …
MAX_FURTHER_BYTES = 5_000_000  # … and what they may come to together, but for the last one: all are in memory at once
LARGEST_SCRIPT = 200_000  # bytes of one that is remembered
MAX_SCRIPTS = 100  # files of scripts that are remembered for the other lists of a run


async def fetch(crawler: Crawler, url: str, site: Site) -> Capture:
    """Return the capture of a URL, whatever its status; what kept us from a response is raised, for `explain`."""
    request = Request(requested_url(url) or url, meta={"site": site}, dont_filter=True)
    return capture(await crawler.engine.download_async(request))


async def read_whole(
    crawler: Crawler,
    readers: Readers,
    captured: Capture,
    site: Site,
    boilerplate: Boilerplate | None = None,
    scripts: MutableMapping[str, Capture | None] | None = None,
) -> tuple[Reading, str | None, tuple[Capture, ...]]:
    """Return the reading of a page with its further pages joined, the sentence of `Readers.read`, and the captures of those pages.

    `scripts` are those that other pages of the run needed, None for one that is not there. HostClosed if a further page may not be asked for now.
    """
    reading, detail = await readers.read(captured, site, (), boilerplate)
    known = {} if scripts is None else scripts
    further, left = list[Capture](), None
    for number, url in enumerate(reading.further):
        if number == MAX_FURTHER or sum(len(page.body) for page in further) > MAX_FURTHER_BYTES:
            left = f"of its {len(reading.further)} further pages {number} were read: more is too much for one article"
            break
        page = known[url] if url in known else await _fetch_further(crawler, url, site)
        if page is not None:
            further.append(page)
        if reading.article is None and len(known) < MAX_SCRIPTS and (page is None or len(page.body) < LARGEST_SCRIPT):
            known[url] = page
    if further:
        reading, detail = await readers.read(captured, site, further, boilerplate)
    return reading, detail or left, tuple(further)


async def _fetch_further(crawler: Crawler, url: str, site: Site) -> Capture | None:
    """Return the capture of a further page, None if it cannot be had: the article is read all the same.

    HostClosed and Stopped are raised: it can be had later, and half an article is not kept for that.
    """
    try:
        captured = await fetch(crawler, url, site)
    except (HostClosed, Stopped):
        raise
    except Exception as error:  # noqa: BLE001 - the edge of one URL: whatever went wrong, it is told
        logger.warning("%s: a further page of an article: %s", url, explain(error)[2])
        return None
    return captured if judge_status(captured.status) is None else None
