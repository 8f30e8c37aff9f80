"""`python -m bench holdings`: what a run, an audit and a page cost while the archive grows and their own work does not.

The documents are those of `room`; what a crawl writes beside them (links, visits, versions, media, lists) is put straight into the tables.
"""

import asyncio
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bench.measured import HOLDINGS, markdown, rewritten
from bench.report import note, table
from bench.room import build, labelled
from crawler.audit import Audit, Scope, choose, verify
from crawler.browse import reading_room
from crawler.catalog import close_catalog, group, open_catalog, open_reader
from crawler.catalog.queries import sites as site_queries
from crawler.catalog.queries.finding import find
from crawler.catalog.queries.selection import Selection
from crawler.catalog.tables import links, media
from crawler.catalog.tables import sites as site_rows
from crawler.commands.sites import show
from crawler.runs.info import RunPolicy
from crawler.runs.run import Run

CRAWLED = Path(__file__).with_name("crawled.sql")
MEASURED = Path(__file__).parent.parent / "docs/measured.md"
GROWTH = 1.5  # times, from one size to the one ten times as large
SMALL_S = 0.020  # what takes less than this may grow as it likes: nobody waits for it
WORDS = 100  # of a text: what is measured goes by their number, not by their length
VISITED = 20  # documents of each site that the measured run visits
SAMPLE = 500  # objects of the audit
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
PAGES = ("/", "/people", "/people?role=记者", "/sources", "/look", "/words?q=图书馆", "/search?q=is:suspect", "/search.atom", "/search.atom?q=图书馆",
         "/catalog/articles", "/catalog/documents")  # fmt: skip
NAMED = (
    ("site page", "/site/{}", "SELECT site FROM documents GROUP BY site ORDER BY count(*) DESC LIMIT 1"),
    ("article page", "/article/{}", "SELECT id FROM documents WHERE published IS NOT NULL LIMIT 1"),
    ("person", "/person/{}", "SELECT name FROM people ORDER BY document LIMIT 1"),
)
VISITS = f"""
INSERT INTO visits (url, site, run, role, fetched, outcome, status, seconds, document, links_found)
SELECT url, site, :run, 'article', :at, iif(place = 0, 'changed', 'unchanged'), 200, 0.1, id, 50 FROM (
    SELECT url, site, id, row_number() OVER (PARTITION BY site ORDER BY rowid DESC) - 1 AS place FROM documents
) WHERE place < {VISITED}
"""


def holdings(sizes: Sequence[int], *, keep: Path | None, write: bool) -> bool:
    """Print, and write where that is asked for, what everything costs at each size; return whether nothing grows that should not."""
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for size in sizes:
            archive = (keep or Path(folder)) / str(size)
            if not (archive / "catalog.db").exists():
                note(f"{size} documents are made")
                build(archive, size, words=WORDS)
                crawled(archive)
            for name, seconds in measured(archive):
                found.setdefault(name, []).append(seconds)
    heads = ["CPU ms", *(f"{size:,} documents" for size in sizes), "times"]
    rows = [
        [name, *(f"{one * 1000:.0f}" for one in taken), f"{taken[-1] / taken[-2]:.1f}"] for name, taken in found.items()
    ]
    table("Growth", heads, rows)
    if write:
        MEASURED.write_text(rewritten(MEASURED.read_text("utf-8"), markdown(heads, rows), HOLDINGS), "utf-8")
    return not any(last > SMALL_S and last > GROWTH * before for *_, before, last in found.values())


def crawled(archive: Path) -> None:
    """Write beside the documents what a crawl writes of them."""
    db = open_catalog(archive / "catalog.db")
    db.executescript(f"BEGIN; {CRAWLED.read_text('utf-8')} COMMIT;")
    close_catalog(db)


def measured(archive: Path) -> list[tuple[str, float]]:
    """Return what was measured and the CPU seconds of it."""
    close_catalog(open_catalog(archive / "catalog.db"))  # one that was kept may be of an earlier release
    logging.disable(logging.WARNING)  # there is no evidence behind the rows
    return [*_runs(archive), *_audit(archive), *_room(archive)]


def _runs(archive: Path) -> list[tuple[str, float]]:
    reader = open_reader(archive / "catalog.db")
    sites = [site_rows.load(reader, key) for key in site_queries.names(reader)]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        listed = _median(lambda: show(sites, site_queries.history(reader)))
    reader.close()
    policy = RunPolicy(metrics=Path("metrics.prom"))
    begun = time.process_time()
    run = Run.open(archive, sites, arguments={}, clock=lambda: NOW, policy=policy)
    for site in sites:
        links.due(run.db, site.key, now=NOW, run=run.id, limit=20)
        media.due(run.db, site.key, now=NOW, run=run.id)
    start = time.process_time() - begun
    with group(run.db):
        run.db.execute(VISITS, {"run": run.id, "at": NOW.isoformat()})
        run.db.execute(
            "UPDATE links SET next_visit = NULL WHERE role = 'seed'"
        )  # or nothing of the lists would be settled
    begun = time.process_time()
    run.close()
    end = time.process_time() - begun
    _forget(archive, run.id)
    return [("start of a run", start), ("end of a run", end), ("scrapy sites", listed)]


def _forget(archive: Path, run: str) -> None:
    """Take back what a measured run wrote, for the next one."""
    db = open_catalog(archive / "catalog.db")
    db.execute("PRAGMA foreign_keys = OFF")  # nothing names them, and to look for it in every table takes a minute
    with group(db):
        for name in ("visits", "issues", "coverage", "runs"):
            db.execute(f"DELETE FROM {name} WHERE run = ?", [run])
    close_catalog(db)


def _audit(archive: Path) -> list[tuple[str, float]]:
    db = open_reader(archive / "catalog.db")

    def sampled() -> None:
        scope = choose(archive, db, Scope(), SAMPLE)
        for _ in verify(Audit(root=archive, db=db, now=NOW, scope=scope, with_texts=False)):
            pass

    try:
        return [("sampled verify", _median(sampled, 1))]
    finally:
        db.close()


def _room(archive: Path) -> list[tuple[str, float]]:
    db = open_reader(archive / "catalog.db")
    taken = [_median(partial(find, db, Selection(words=query.text)), 1) for query in labelled(db)]
    named = [(name, path.format(quote(str(db.execute(sql).fetchone()[0])))) for name, path, sql in NAMED]
    db.close()
    application = reading_room(archive)

    async def pages() -> list[tuple[str, float]]:
        rows = []
        for name, path in [*((path, path) for path in PAGES), *named]:
            spent = []
            for _ in range(3):
                begun = time.process_time()
                answer = await application.client.get(path)
                spent.append(time.process_time() - begun)
                assert answer.status_code == 200, (path, answer.status_code)
            rows.append((name, statistics.median(spent)))
        return rows

    return [("search, 95 %", statistics.quantiles(taken, n=20)[-1]), *asyncio.run(pages())]


def _median(work: Callable[[], object], rounds: int = 3) -> float:
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)
