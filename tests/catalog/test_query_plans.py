"""What is asked often goes by an index, also through a view: no archive is scanned for a page, a batch or a report of a run."""

import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from importlib import import_module
from types import FrameType

import pytest
from sqlite_utils import Database

from crawler.catalog import open_catalog, queries
from crawler.catalog.queries import (
    agreement,
    articles,
    campaigns,
    captures,
    coverage,
    finding,
    frequency,
    hits,
    integrity,
    mementos,
    overview,
    people,
    selection,
    sites,
    sources,
    statistics,
    suspects,
    universities,
)
from crawler.catalog.queries.finding import Order
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
    "disagreeing": lambda db: agreement.disagreeing(db, "s"),
    "article_pages": lambda db: [articles.tombstone(db, "a"), articles.medium(db, "media/a.png")],
    "campaign": lambda db: [campaigns.group(db, "a"), campaigns.sharing(db, "图书馆"), campaigns.phrases(db)],
    "captures": lambda db: [
        captures.of_version(db, "a", 1),
        captures.visit_of(db, "a"),
        captures.of_visits(db, [1]),
        captures.holding(db, "<urn:a>", ["https://a"]),
        captures.of_content(db, "a"),
        captures.of_row(db, "visits/1"),
        captures.of_row(db, "media_links/https://a"),
        captures.visits_at(db, "a", 1),
    ],
    "lists": lambda db: [coverage.tried(db, "s", "https://a"), coverage.coverage(db)],
    "rows_found": lambda db: finding.page_rows(db, Selection(words="图书馆"), order=Order.NEWEST, limit=9, offset=0),
    "frequency": lambda db: frequency.frequency(db, Selection(words="图书馆")),
    "hits": lambda db: [
        hits.shown(db, [1], []),
        hits.arrived(db, Selection(words="图书馆"), limit=9),
        hits.rows_of(db, Selection(words="图书馆")),
        hits.rows_of_run(db, Selection(words="图书馆"), "r"),
        hits.whole(db, [1]),
    ],
    "audit_of_one": lambda db: [
        integrity.version_of(db, "a", None),
        integrity.content_path(db, "a"),
        integrity.shown_by(db, "a"),
        integrity.is_named(db, "media/a.png"),
        integrity.is_medium(db, "media/a.png"),
        integrity.is_lost(db, "a"),
        integrity.last_checked(db, "media/a.png"),
    ],
    "mementos": lambda db: mementos.mementos(db, "https://a"),
    "first_page": overview.overview,
    "numbers_of_a_site": lambda db: [overview.of_site(db, "s", overview.TallyKind.DAY), sources.sources(db)],
    "number_selected": lambda db: selection.count(db, Selection(sites=["s"])),
    "names_of_sites": lambda db: [sites.names(db), sites.hosts(db), sites.all_sites(db), sites.days(db)],
    "runs": lambda db: [
        statistics.run_rows(db, since=NOW),
        statistics.run_row(db, "r"),
        statistics.last_visit(db, "r"),
        statistics.site_names(db),
        statistics.expectations(db),
        statistics.reasons(db, ["r"]),
        statistics.seconds(db, ["r"]),
        statistics.missing_by_run(db, ["r"]),
        statistics.run_counts(db),
        statistics.issue_rows(db, ["r"]),
    ],
    "suspects": lambda db: [suspects.suspects(db), suspects.falling(db), suspects.archived_a_day(db, now=NOW)],
    "universities": lambda db: [universities.places(db), universities.universities(db)],
}
# What goes through the whole archive, because that is its work.
WHOLE = {
    "campaigns.groups": "the groups of copies are ranked",
    "captures.hidden_urls": "an export of evidence leaves out every address of what is withheld",
    "captures.visit_with": "a rebuild, for a page that came again and whose link is not known any more",
    "sharing.shared": "a shard is published",
    **{
        f"integrity.{name}": "an audit, or a backup, of all or of one site"
        for name in (
            "versions", "contents", "tombstones", "records", "files", "damage", "paths", "missing_rows", "wrong_numbers", "incomplete",
            "without_evidence", "not_indexed", "stale_index", "indexed", "differences",
        )
    },
}  # fmt: skip
# What may be walked from end to end, and why: all else goes by an index.
SCANS = {
    "sites": "a row a site",
    "runs": "a row a run, few of which are read",
    "alarms": "what is wrong now",
    "coverage": "a row a list",
    "withheld": "what people had taken down, one by one",
    "sqlite_master": "the tables",
    "main.document_search_config": "one row",
    "links USING INDEX links_waiting": "waiting links only are in it",
    "documents USING INDEX documents_suspect": "suspect ones only are in it",
    "(subquery": "what the statement selected itself, as the next ones",
    "media_files": "their number, and the size of those of a month: once for a page of the operator and for the first page; grows",
    "members": "of one group",
    "named": "by the lists of one site",
    "latest": "articles of one site",
    "site_walls": "of one site",
    "last": "runs",
    "found": "names in bylines, as many as are shown",
}
CONSTANT = "SCAN CONSTANT ROW"
BY_ORIGINAL = ("duplicates", "campaign")  # ask for the copies of one document
SMALL = tuple(f"SCAN {name}" for name in SCANS)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(open_catalog(tmp_path_factory.mktemp("plans") / "catalog.db")) as catalog:
        catalog.execute(ROW)
        yield catalog


@pytest.mark.parametrize("name", ASKED)
def test_no_table_that_grows_is_scanned(name: str, db: Database) -> None:
    statements = list[str]()
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
    scans = [step for step in plans if step.startswith("SCAN") and "VIRTUAL TABLE" not in step and step != CONSTANT]
    assert [step for step in scans if not step.startswith(SMALL)] == []
    assert not any("documents_duplicate_of" in step for step in plans if name not in BY_ORIGINAL), (
        "it holds nearly all documents as NULL"
    )


def test_every_query_is_asked_here_or_goes_through_the_whole_archive_for_a_reason(db: Database) -> None:
    called = set[str]()

    def note(frame: FrameType, event: str, _: object) -> None:
        called.add(f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_name}")

    sys.setprofile(note)
    for ask in ASKED.values():
        ask(db)
    sys.setprofile(None)
    there = {
        f"{name}.{function}"
        for _, name, _ in pkgutil.iter_modules(queries.__path__)
        for function, value in vars(import_module(f"{queries.__name__}.{name}")).items()
        if inspect.isfunction(value)
        and value.__module__ == f"{queries.__name__}.{name}"
        and not function.startswith("_")
        and "db" in inspect.signature(value).parameters
    }
    assert there - {name.removeprefix(f"{queries.__name__}.") for name in called} == WHOLE.keys()
