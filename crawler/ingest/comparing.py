"""What a visit changed in a document that is known: fields and text of a new version, corrections without one."""

import logging
from dataclasses import replace

from crawler.archive import body_of
from crawler.catalog.tables import changes as change_rows
from crawler.catalog.tables import documents
from crawler.catalog.tables.documents import Filed
from crawler.dedup.changes import Change, corrections, keeping
from crawler.ingest.group import Group
from crawler.ingest.rereading import reread
from crawler.ingest.visited import Archive, Visited
from crawler.items import Article, Known

logger = logging.getLogger(__name__)

MOST_CORRECTIONS = (
    3  # of one field of a version: what changes more often is a counter, or a picture host that draws lots
)


def article_before(archive: Archive, decided: Group, before: Known, filed: Filed) -> Article:
    """Return the article that a document holds, with the body of its file; a duplicate's stands in the file of the first."""
    if filed.article.body:  # decided in this group
        return filed.article
    path = before.path
    if path is None and before.duplicate_of:
        first = documents.known(archive.db, [before.duplicate_of]).get(before.duplicate_of)
        path = first.path if first else None
    try:
        body = body_of(decided.read(archive.root, path)) if path else ""
    except (OSError, ValueError) as error:
        logger.warning("%s: its file cannot be compared: %s", before.url, error)
        body = ""
    return replace(filed.article, body=body)


def find_corrections(
    archive: Archive, visited: Visited, before: Known, filed: Filed, after: Article
) -> tuple[Article, tuple[Change, ...]] | None:
    """Return the article with its corrections, and these; None if the page, equal in title and body, corrects nothing.

    No changes beside an article: better rules read from the page before what they read from this one.
    """
    if before.path is None or not (found := corrections(filed.article, after)):
        return None
    again = reread(archive, visited.site, before)
    if again is not None and again.reading is not None and again.reading.article is not None:
        said = {change.field for change in corrections(again.reading.article, after)}
        found = tuple(change for change in found if change.field in said)
        if not found:
            return keeping(after, filed.article), ()
    often = change_rows.corrected(archive.db, before.id, before.version)
    if all(often.get(change.field, 0) >= MOST_CORRECTIONS for change in found):
        return None
    return keeping(after, filed.article), found
