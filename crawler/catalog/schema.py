"""The tables of the catalog: named migrations, each the script `migrations/<name>.sql`. A released one is never edited; a change is a new one.

Derived tables (documents, versions, media, media_files, people, texts, document_search, tallies, bylines, unlinked, boilerplate, signatures,
signature_keys, group_members, addresses, institutions) can be refilled from evidence and Markdown. Operational ones (sites, links, media_links,
visits, runs, issues, changes, absences, held, drifts, alarms, hosts, robots, withheld, withheld_urls, withheld_texts, checks, list_pages,
list_rows, coverage) are history: no command drops them.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database, Migrations

from crawler.catalog.tables import groups

SCRIPTS = Path(__file__).with_name("migrations")
# In the order in which they are applied. A deferred foreign key looks for children whenever a parent is inserted, and uses no partial index
# for that: the columns with one are indexed whole (a partial index cost 0.3 ms a document, growing with the table).
NAMES = (
    "0001_first_release",
    "0002_boilerplate",  # what is learnt from each site
    "0003_revisit",  # when links are due again, and their validators
    "0004_history",  # what changed, what was missing and what waits
    "0007_hosts",  # what outlives a run of each host, and the reasons of links by which walls are counted
    "0005_groups",  # signatures, groups and further addresses
    "0006_monitoring",  # what is wrong now, so that a standing trouble is told once and not by every run
    "0008_holdings",  # what became of media, what is withheld, and when each object was last checked
    "0009_withheld",  # what keeps a withheld document from coming back; views leave it out
    "0010_room",  # what the reading room asks for: counts kept by triggers, and indexes that cover a search
    "0011_pages",  # the indexes of the reading room's pages on articles, sites and people
    "0012_media",  # what a document's Markdown links to, and the media of articles archived before media were fetched, as due
    "0013_views",  # what many queries ask alike: documents that are shown, and where evidence stands
    "0014_coverage",  # what lists tell and name, beside what was archived
    "0015_agreement",  # what lists say of articles, and whether what was read agrees
    "0016_aside",  # the index of links that a walk left aside
    "0017_institutions",  # the university that each site is of
    "0018_flat",  # indexes and counts by which nothing costs more in a larger archive
    "0019_counts",  # agreement with lists and names in bylines counted with the writes, and all counts made anew, to compare them with
    "0020_unlinked",  # documents that do not link to all their media, known when they become so
    "0021_room",  # indexes and the view of articles by which pages over many documents are read off an index
)
MIGRATIONS = Migrations("catalog")


def _register(name: str) -> None:
    @MIGRATIONS(name=name)
    def apply(db: Database) -> None:
        if (
            name == "0012_media" and "sha256" not in db["media"].columns_dict
        ):  # it is, in catalogs made between two releases
            db.execute(
                "ALTER TABLE media ADD COLUMN sha256 TEXT"
            )  # of what its Markdown links to; NULL: that links to the URL
        for statement in _statements((SCRIPTS / f"{name}.sql").read_text("utf-8")):
            db.conn.execute(statement)
        if name == "0005_groups":  # the documents there are go into groups
            groups.settle(db, [document for (document,) in db.execute("SELECT id FROM documents").fetchall()])


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script, each of which ends with its line: asked at every character, that takes most of the time of a new catalog."""
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""
    if held.strip():
        yield held


for _name in NAMES:
    _register(_name)
