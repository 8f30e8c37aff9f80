"""Values that tests speak of, with what they do not mention filled in: `factories.document(url, title="标题")`. All of it is invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from crawler.catalog import group, open_catalog
from crawler.catalog.tables import documents, runs, sites
from crawler.items import Article, Capture, Document, Exchange, Link, Role, Site
from crawler.urls import document_id

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOST = "news.example.edu.cn"
SITE = Site(key="example", name="示例大学", hosts=(HOST,))
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def site(key: str, host: str | None = None, **values: Any) -> Site:
    return Site(**{"key": key, "name": key, "hosts": (host or f"news.{key}.edu.cn",), **values})


def link(url: str, role: Role = Role.ARTICLE, **values: Any) -> Link:
    """A link that is spelled as it is compared."""
    return Link(**{"url": url, "fetch_url": url, "role": role, **values})


def exchange(url: str, body: bytes = b"", **values: Any) -> Exchange:
    """An answer of 200 to a request without headers."""
    told = {"at": NOW, "request_headers": (), "status": 200, "headers": HTML}
    return Exchange(**{"url": url, "body": body, **told, **values})


def capture(*exchanges: Exchange, **values: Any) -> Capture:
    """What the last of some exchanges gave; asked for was the first."""
    first, last = exchanges[0], exchanges[-1]
    told = {"fetched": last.at, "status": last.status, "headers": last.headers, "body": last.body}
    return Capture(**{"url": first.url, "final_url": last.url, "exchanges": exchanges, **told, **values})


def page(html: str | bytes, url: str = f"https://{HOST}/x/y.html", **values: Any) -> Capture:
    """A page as one exchange gave it, in UTF-8."""
    return capture(exchange(url, html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html, **values))


def article(**values: Any) -> Article:
    return Article(**{"title": "图书馆延长开放时间", "body": "本学期起，图书馆开放到深夜。", **values})


def document(url: str, said: Article | None = None, **values: Any) -> Document:
    """The first version of an article, with a file."""
    name = document_id(url)
    told = {"id": name, "url": url, "site": SITE, "article": said or article(), "family": "vsb", "extractor": "3"}
    kept = {"content_digest": f"sha256:{name}", "archived": NOW, "path": f"articles/{name}.md"}
    return Document(**{**told, **kept, **values})


@contextmanager
def catalog(folder: Path, *known: Site, run: str | None = "r1", now: datetime = NOW) -> Iterator[Database]:
    """A catalog with these sites and a run; whole when it is closed."""
    db = open_catalog(folder / "catalog.db")
    with group(db):
        for each in known:
            sites.save(db, each, now=now)
        if run:
            runs.start(db, run, started=now, arguments={})
    yield db
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def record(db: Database, *told: Document, visit: int | None = None) -> None:
    """Write documents into a catalog, as of one group."""
    with group(db):
        for each in told:
            documents.record(db, each, visit, markdown_digest="sha256:0" if each.path else None)
