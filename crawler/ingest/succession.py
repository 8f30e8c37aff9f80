"""Who takes a text over when the first of several equal documents no longer says it."""

from dataclasses import replace

from crawler.archive import article_path, body_of, dump, version_path
from crawler.catalog.tables import documents, sites
from crawler.ingest.group import Group, Heir, remember
from crawler.ingest.media import with_files
from crawler.ingest.rereading import reread
from crawler.ingest.visited import Archive
from crawler.items import Article, Document, Known, Site, Status
from crawler.urls import host_of


def hand_over(archive: Archive, decided: Group, place: int, known: dict[str, Known], before: Known) -> Known | None:
    """Give the text a document no longer says to the duplicate captured first; return that as it is now, None where there is none.

    The old version of `before` has been set aside already. What `known` says of a duplicate is newer than the catalog.
    """
    held = {heir.id: heir for heir in documents.duplicates(archive.db, before.id)}
    held |= {
        document.id: document
        for document in known.values()
        if document.id in held or document.duplicate_of == before.id
    }
    equal = [
        heir
        for heir in held.values()
        if heir.duplicate_of == before.id and heir.content_digest == before.content_digest and heir.id != before.id
    ]
    if not equal:
        return None
    heir = min(equal, key=lambda document: (document.captured, document.url))
    document = _document(archive, decided, heir, before)
    path = article_path(document)
    document = with_files(archive, replace(document, path=path))
    decided.put(document.id, document.version, path, dump(document))
    decided.heirs[place] = Heir(document=document, old_first=before.id)
    remember(decided, [document])
    for other in equal:
        known[other.id] = replace(other, duplicate_of=heir.id)
    known[heir.id] = replace(heir, duplicate_of=None, status=document.status, path=path)
    return known[heir.id]


def _document(archive: Archive, decided: Group, heir: Known, before: Known) -> Document:
    held = decided.filed.get(heir.id) or documents.filed(archive.db, [heir.id])[heir.id]
    site = sites.load(archive.db, held.site)
    is_gone = heir.absence is not None and heir.absence.confirmed is not None and heir.absence.returned is None
    return Document(
        id=heir.id,
        url=heir.url,
        site=site,
        article=_article(archive, decided, site, heir, before, held.article),
        family=held.family,
        content_digest=heir.content_digest,
        extractor=held.extractor,
        archived=heir.captured,
        version=heir.version,
        lastmod=heir.lastmod,
        status=Status.GONE if is_gone else Status.LIVE,
        absence=heir.absence,
    )


def _article(archive: Archive, decided: Group, site: Site, heir: Known, before: Known, held: Article) -> Article:
    """Return the article of the heir's own page, read again; with the text of the document it repeated where that cannot be done."""
    if held.body:
        return held
    again = reread(archive, site, heir)
    if (
        again is not None
        and again.reading
        and again.reading.article
        and again.reading.content_digest == heir.content_digest
    ):
        return replace(again.reading.article, section=again.reading.article.section or held.section)
    old = version_path(before.id, host_of(before.url), before.version)
    return replace(held, body=body_of(decided.read(archive.root, old)))
