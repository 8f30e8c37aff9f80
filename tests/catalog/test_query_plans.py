"""What is asked often goes by an index, also through a view: no archive is scanned for a page, a batch or a report of a run."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog import open_catalog
from crawler.catalog.queries import (
    agreement,
    articles,
    captures,
    coverage,
    finding,
    integrity,
    people,
    selection,
    sites,
    statistics,
)
from crawler.catalog.queries.selection import Selection
from crawler.catalog.tables import documents, history, links, media, visits, withheld

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = date(2026, 11, 23)
ROW = "INSERT INTO sites (key, name, host, hosts, timezone, definition, added, updated) VALUES ('s', 'S', 'h', '[]', 'UTC', '{}', '', '')"
ASKED: dict[str, Callable[[Database], object]] = {
    "documents_by_id": lambda db: documents.known(db, ["a"]),
    "documents_by_digest": lambda db: documents.firsts(db, ["sha256:1"]),
    "duplicates": lambda db: documents.duplicates(db, "a"),
    "addresses": lambda db: history.addresses(db, ["https://a"]),
    "documents_found_under": lambda db: documents.found_under(db, ["https://a"]),
    "withheld_texts": lambda db: withheld.by_text(db, ["sha256:1"]),
    "media_due": lambda db: media.due(db, "s", now=NOW, run="r"),
    "visit_that_brought_bytes": lambda db: visits.is_known(db, "https://a", "sha256:1"),
    "fields_missing": lambda db: statistics.missing(db, ["r"]),
    "articles_by_day": lambda db: statistics.appeared(db, "s", since=DAY, until=DAY),
    "new_articles": lambda db: statistics.new_articles(db, ["r"], 5),
    "documents_of_a_site": lambda db: list(selection.select(db, Selection(sites=["s"]))),
    "found": lambda db: finding.find(db, Selection(words="图书馆")),
    "article": lambda db: articles.details(db, "a"),
    "export": lambda db: list(articles.exported(db, ["a"])),
    "site": lambda db: sites.site_page(db, "s"),
    "person": lambda db: people.person(db, "王芳"),
    "capture": lambda db: captures.of_visit(db, 1),
    "evidence_of_documents": lambda db: captures.of_documents(db, ["a"]),
    "evidence_of_an_export": lambda db: captures.of_export(db, ["a"]),
    "all_sites": sites.history,
    "number_of_documents": lambda db: documents.count(db, "s"),
    "documents_by_status": statistics.documents,
    "media_by_outcome": statistics.media,
    "links_waiting": statistics.waiting,
    "documents_lost": lambda db: statistics.lost(db, "s", since=NOW),
    "pages_with_a_date": lambda db: statistics.dated(db, "s", 500),
    "agreement_of_late": lambda db: agreement.latest(db, "s", 500),
    "agreement_of_sites": lambda db: [agreement.shares(db), agreement.shares(db, "s")],
    "names_and_roles": lambda db: [people.names(db, None), people.names(db, "记者", "王"), people.roles(db)],
    "articles_without_anything": lambda db: coverage.empty_documents(db, "s"),
    "media_of_a_run": lambda db: [coverage.media_tried(db, "r", "s"), media.counts(db, "r")],
    "coverage_of_a_site": lambda db: [
        coverage.of_site(db, "s"),
        coverage.lists(db, "s"),
        coverage.seed_documents(db, "s"),
    ],
    "links_due": lambda db: [links.due(db, "s", now=NOW, run="r", limit=9), links.count_due(db, "s", now=NOW, run="r")],
    "links_left_aside": lambda db: [
        links.aside(db, "s", limit=9),
        links.count_aside(db, "s"),
        links.has_new(db, "s", run="r"),
    ],
    "links_brought_back": lambda db: links.bring_back(db, "s", after=NOW, now=NOW),
    "links_moved": lambda db: links.move(db, "s", old="http://a/", new="https://a/"),
    "media_to_judge": lambda db: media.to_judge(db, "s"),
    "documents_of_a_run": lambda db: visits.brought_documents(db, "s", "r"),
    "sample_of_a_site": lambda db: captures.sample(db, "s", 50),
    "version_at": lambda db: integrity.version_at(db, "articles/a.md"),
}
# What may be walked from end to end, and why.
SCANS = {"SCAN links USING INDEX links_waiting": "waiting links only are in it"}
LARGE = (
    "documents",
    "versions",
    "visits",
    "links",
    "media",
    "media_links",
    "media_files",
    "people",
    "texts",
    "changes",
    "group_members",
)


@pytest.mark.parametrize("name", ASKED)
def test_no_large_table_is_scanned(name: str, tmp_path: Path) -> None:
    db, statements = open_catalog(tmp_path / "catalog.db"), list[str]()
    db.execute(ROW)
    db.conn.set_trace_callback(statements.append)
    ASKED[name](db)
    db.conn.set_trace_callback(None)
    plans = [
        row[3]
        for sql in statements
        if not sql.startswith(("--", "BEGIN", "COMMIT"))
        for row in db.conn.execute(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert plans
    scans = [step for step in plans if step.startswith(tuple(f"SCAN {table}" for table in LARGE))]
    assert [step for step in scans if not step.startswith(tuple(SCANS))] == []
    assert not any("documents_duplicate_of" in step for step in plans if name != "duplicates"), (
        "it holds nearly all documents as NULL"
    )
