"""The names of an archive: what stands where, and where a document does, whatever its URL or title.

The path of a document is made of the host, the year and the id only: nothing a page says can lead out of the archive.
"""

import re
from pathlib import Path

from crawler.items import Document
from crawler.urls import host_of
from crawler.warc.writer import FOLDER as EVIDENCE

CATALOG = "catalog.db"
ARTICLES = "articles"
VERSIONS = "versions"  # texts that were superseded
MEDIA = "media"
WITHHELD = "withheld"  # what was withheld, out of the way of everybody
REPORTS = "reports"
ACKNOWLEDGED = "acknowledged.json"  # what people said of alarms
CORRECTIONS = "corrections.yaml"  # what the operator knows better than a page
TEMPORARY = "tmp"  # files being written
LOCK = "run.lock"  # advisory: the system lets go of it when its process dies, whatever the file says
HEARTBEAT = "heartbeat"  # of `scrapy schedule`: written again and again; an old one tells of a schedule that hangs
REBUILDING, BEFORE_REBUILD = "rebuilding", "before-rebuild"  # what a rebuild makes, and what it took the place of

__all__ = [
    "ACKNOWLEDGED", "ARTICLES", "BEFORE_REBUILD", "CATALOG", "CORRECTIONS", "EVIDENCE", "HEARTBEAT", "LOCK", "MEDIA", "OWNER_FILE",
    "OWNER_FOLDER", "REBUILDING", "REPORTS", "TEMPORARY", "VERSIONS", "WITHHELD", "article_path", "enclosing", "host_folder", "is_private",
    "version_path",
]  # fmt: skip

OWNER_FOLDER, OWNER_FILE = 0o700, 0o600  # modes of what nobody but the operator reads
UNDATED = "undated"
MAX_HOST = 200  # bytes; a file name may have 255, and a host with its port can be longer
UNSAFE = re.compile(r"[^a-z0-9.-]")


def enclosing(folder: Path) -> Path | None:
    """Return the archive whose `warc/`, say, a folder is, or is below; None where it is none."""
    parts = {ARTICLES, EVIDENCE, MEDIA, REPORTS, VERSIONS, WITHHELD}
    ways = [(above.parent, above.name) for above in (folder, *folder.parents)]
    return next((above for above, name in ways if name in parts and (above / CATALOG).is_file()), None)


def is_private(path: str) -> bool:
    """Return whether a path of the archive is for its operator alone."""
    return path.split("/", 1)[0] == WITHHELD


def article_path(document: Document) -> str:
    """Return `articles/<host>/<year>/<id>.md`: the year of publication in the site's offset, else "undated"."""
    published = document.article.published
    year = f"{published.year:04d}" if published else UNDATED
    return f"{ARTICLES}/{host_folder(host_of(document.url))}/{year}/{document.id}.md"


def version_path(document_id: str, host: str, n: int) -> str:
    """Return `versions/<host>/<id>/<n>.md`: where version `n` stands once it is superseded."""
    return f"{VERSIONS}/{host_folder(host)}/{document_id}/{n}.md"


def host_folder(host: str) -> str:
    """Return a host as a folder name on any file system: `127.0.0.1:8642` is `127.0.0.1_8642`."""
    return UNSAFE.sub("_", host.lower())[:MAX_HOST].strip(".") or "_"
