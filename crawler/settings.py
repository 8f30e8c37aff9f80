"""Settings of the crawl. Any of them can be given as `-s NAME=value`; only this file reads the environment.

What is set here differs from Scrapy's default for the reason beside it.
"""

import os
import sys
from pathlib import Path
from typing import Any

from crawler import __version__


def _commands(arguments: list[str]) -> str:
    """Return the module of the command that is named, else the package of all: Scrapy loads it whole, which takes longer than most of them."""
    name = next((word for word in arguments if not word.startswith("-")), "")
    is_ours = name.isidentifier() and Path(__file__).with_name("commands").joinpath(f"{name}.py").is_file()
    return f"crawler.commands.{name}" if is_ours else "crawler.commands"


BOT_NAME = "campus-archive"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = _commands(sys.argv[1:])
ADDONS = {"crawler.fetching.replay.ReplayAddon": 0}

# Where things are.
ARCHIVE_DIR = os.environ.get("ARCHIVE_DIR", "archive")
SEEDS_DIR = os.environ.get("SEEDS_DIR", "seeds")
SEARCHES_FILE = os.environ.get("SEARCHES_FILE", "searches.yaml")  # saved searches: docs/search.md
REPLAY_WARC = os.environ.get(
    "REPLAY_WARC", ""
)  # WARC files, separated by commas: answer from them, not from the network
METRICS_FILE = os.environ.get(
    "METRICS_FILE", "metrics.prom"
)  # Prometheus text file, relative to ARCHIVE_DIR unless absolute; empty: none
READER_PROCESSES = (
    os.cpu_count() or 1
)  # processes that read pages beside the reactor, which waits for them most of the time

# More machines than one (docs/scale.md); nothing of it is imported where these are not set.
SCALE_DATABASE = os.environ.get("SCALE_DATABASE", "")  # postgresql://…; may hold a password: never on a command line
SCALE_STORE = os.environ.get("SCALE_STORE", "")  # s3://bucket/prefix, or a folder for trying out
SCALE_DIR = os.environ.get("SCALE_DIR", "shards")  # the shards that are checked out on this machine

# Who we are: name, version and where to complain.
NO_CONTACT = (
    "https://example.org/campus-archive"  # stands where nobody has said yet whom a site can reach; a crawl says so
)
USER_AGENT = os.environ.get(
    "CRAWLER_USER_AGENT", f"{BOT_NAME}/{__version__} (+{NO_CONTACT}; archive of university news)"
)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",  # no zstd: bodies are kept as received, and WARC readers do not know it
}
COOKIES_ENABLED = False  # an archive keeps what anybody sees

# What is fetched of an article's media, after its site's pages.
MEDIA_ENABLED = True
MEDIA_KINDS = "image,attachment"  # videos are large: "image,attachment,video" fetches those that are plain files
MEDIA_MAX_BYTES = 50_000_000  # of one file
MEDIA_MAX_COUNT = 200  # of one article

# How politely. A site's own pace is in its file (seeds/*.yaml); these bound all of them.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 0  # no limit of its own: the frontier hands out few links a site, and each host has its slot
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0  # the floor is the site's politeness.delay, 1 s unless its file says else (fetching.politeness)
DOWNLOAD_DELAY_JITTER = 0  # a delay is a promise, not a mean
HTTPPROXY_ENABLED = False  # a proxy would choose the address we connect to
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
RETRY_TIMES = 2
RETRY_BACKOFF = 2.0  # seconds, doubling
RETRY_AFTER_MAX = 120  # seconds a run waits for a host that asks; longer, and its links are left due for another run
CONDITIONAL_GET = True  # ask for a page we have only if it changed, where its server can be believed
STOP_SECONDS = 9  # a run that is told to stop has ended by then; Docker and others kill it after 10

# What is too much.
DOWNLOAD_TIMEOUT = 60  # seconds
DOWNLOAD_MAXSIZE = 20_000_000  # bytes, decompressed too; the largest real page seen has 3 MB
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 10
METAREFRESH_ENABLED = False  # such a target is a link like any other: found by discovery, visited on its own
URLLENGTH_LIMIT = 2083
DOWNLOAD_VERIFY_CERTIFICATES = True
TWISTED_DNS_RESOLVER = "crawler.fetching.addresses.GuardedResolver"

DOWNLOAD_HANDLERS: dict[str, Any] = {
    "http": "crawler.fetching.transport.Transport",
    "https": "crawler.fetching.transport.Transport",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # scope is the site's hosts: fetching.scope
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.fetching.stopping.Stopping": 50,
    "crawler.fetching.known_site.KnownSite": 60,
    "crawler.fetching.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.fetching.retry.PatientRetry": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.fetching.evidence.ContentDecoding": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.fetching.scope.ScopedRedirect": 600,
    "crawler.fetching.conditional.ConditionalMiddleware": 610,
    "crawler.fetching.evidence.ExchangeMiddleware": 890,
    "crawler.fetching.politeness.Politeness": 895,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
HTTPERROR_ALLOW_ALL = True  # every status is an outcome
DOWNLOADER_STATS = False  # nobody reads them, and they measure every request and response
LOGSTATS_INTERVAL = 0  # the extension Progress tells more
CONCURRENT_ITEMS = 1  # a callback yields one visit; Scrapy starts as many tasks a response as this says
EXTENSIONS = {
    "crawler.monitoring.disk_watch.DiskWatch": 0,
    "crawler.monitoring.progress.Progress": 0,
    # Not even loaded: what they need takes longer than most commands.
    "scrapy.extensions.memdebug.MemoryDebugger": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
}
ITEM_PIPELINES = {"crawler.pipelines.StorePipeline": 300}

# When to stop for want of room, and whom to tell.
MIN_FREE_BYTES = 500_000_000  # what a run needs to begin and to go on; it ends cleanly in what is left then
DISK_CHECK_SECONDS = 10.0
ALARM_URLS = os.environ.get(
    "CRAWLER_ALARM_URLS", ""
)  # apprise addresses, separated by spaces; secrets: never on a command line

# Scrapy's own doors, closed: neither runs code for whoever reaches loopback.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMDEBUG_ENABLED = False

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"  # a quarter more pages a second than asyncio's own
LOG_LEVEL = os.environ.get("CRAWLER_LOG_LEVEL", "WARNING")
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # a failed visit is a row, not an alarm
FEED_EXPORT_ENCODING = "utf-8"
LOG_ROTATED = os.environ.get("CRAWLER_LOG_FILE", "")  # the log beside standard error, bounded; empty: none
LOG_ROTATED_BYTES = 10_000_000
LOG_ROTATED_KEPT = 5  # older files


def be_project() -> None:
    """Let Scrapy find these settings where no scrapy.cfg names others of ours."""
    os.environ["SCRAPY_SETTINGS_MODULE"] = __name__
