"""A catalog with a history, written through its own doors: runs, visits and documents on given days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path

from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.catalog import group, open_catalog
from crawler.catalog.tables import documents, runs, sites, visits
from crawler.items import Article, Document, Outcome, Precision, Reason, Role, Site, Visit

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LAKE = Site(key="lake", name="湖光大学", hosts=("news.lake.example",))


class Past:
    """An archive whose history is told run by run."""

    def __init__(self, root: Path, *known: Site) -> None:
        self.root, self.db = root, open_catalog(root / CATALOG)
        self._number = 0
        for site in known or (LAKE,):
            with group(self.db):
                sites.save(self.db, site, now=NOW)

    def run(self, at: datetime, *told: Callable[[Database, str], None], code: int | None = 0) -> str:
        """Record a run of ten minutes; `told` are what `article` and `visit` return."""
        name = f"{at:%Y%m%dT%H%M%SZ}-abc123"
        with group(self.db):
            runs.start(self.db, name, started=at, arguments={})
            for tell in told:
                tell(self.db, name)
            if code is not None:
                runs.finish(self.db, name, finished=at + timedelta(minutes=10), exit_code=code)
        return name

    def article(
        self, published: datetime | None, *, site: Site = LAKE, title: str = "图书馆延长开放时间", at: datetime = NOW
    ) -> Callable[[Database, str], None]:
        """A new document."""
        self._number += 1
        url = f"https://{site.hosts[0]}/info/1/{self._number}.htm"
        identity = md5(url.encode(), usedforsecurity=False).hexdigest()
        article = Article(
            title=title, body="正文。", published=published, precision=Precision.DAY if published else None
        )
        document = Document(
            id=identity, url=url, site=site, article=article, family="vsb", content_digest=f"sha256:{self._number}",
            extractor="1", archived=at, path=f"articles/{identity}.md",
        )  # fmt: skip

        def tell(db: Database, run: str) -> None:
            number = visits.record(db, replace(_visit(url, site, run, at), outcome=Outcome.NEW, document=identity))
            documents.record(db, document, number, markdown_digest="sha256:0")

        return tell

    def visit(
        self, outcome: Outcome, reason: Reason | None = None, *, site: Site = LAKE, at: datetime = NOW
    ) -> Callable[[Database, str], None]:
        """A visit without a document."""
        self._number += 1
        url = f"https://{site.hosts[0]}/{self._number}.htm"
        return lambda db, run: (
            visits.record(db, replace(_visit(url, site, run, at), outcome=outcome, reason=reason)),
            None,
        )[1]


def _visit(url: str, site: Site, run: str, at: datetime) -> Visit:
    seconds = 0.2 + len(url) / 100
    return Visit(url=url, site=site.key, role=Role.ARTICLE, run=run, fetched=at, outcome=Outcome.NEW, seconds=seconds)
