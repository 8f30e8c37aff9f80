"""A text of a document from before its first version: what a mirror kept of a page that was crawled only later."""

from crawler.archive import dump, version_path, write_all
from crawler.catalog import group
from crawler.catalog.tables import versions, visits
from crawler.dedup.digest import digest_of
from crawler.ingest.visited import Archive, Visited, document_url
from crawler.items import Document, Evidence, Known, Outcome, Role, Visit
from crawler.pages.extraction import EXTRACTOR
from crawler.urls import host_of


def store_earlier(archive: Archive, visited: Visited, known: Known) -> Outcome:
    """Write an imported text that is older than the first version: as version 0, the next older one as -1, and so on.

    The document itself stays as it is. A text that one of its versions has is unchanged. Raises OSError and sqlite3.Error.
    """
    if visited.file is None:
        raise ValueError(f"{visited.link.url}: an imported text without its file")
    there = versions.digests(archive.db, known.id)
    document = _document(visited, known.id, number=min(there, default=1) - 1)
    is_new = document.content_digest not in there.values()
    evidence = archive.warc.keep(visited.link, visited.at, visited.file, visited.site)
    archive.warc.flush()
    visit = _visit(archive, visited, document, evidence, is_new=is_new)
    data = dump(document)
    if is_new and document.path:
        write_all(archive.root, {document.path: data})
    with group(archive.db):
        row = visits.record(archive.db, visit)
        if is_new:
            versions.insert(archive.db, document, row, digest=digest_of(data))
    return visit.outcome


def _document(visited: Visited, document_id: str, *, number: int) -> Document:
    """Return the document as its mirror kept it, as a version of this number."""
    reading, url = visited.reading, document_url(visited)
    if reading is None or reading.article is None or reading.content_digest is None:
        raise ValueError(f"{visited.link.url}: an imported text without an article")
    return Document(
        id=document_id,
        url=url,
        site=visited.site,
        article=reading.article,
        family=reading.family,
        content_digest=reading.content_digest,
        extractor=EXTRACTOR,
        archived=visited.at,
        version=number,
        path=version_path(document_id, host_of(url), number),
    )


def _visit(archive: Archive, visited: Visited, document: Document, evidence: Evidence, *, is_new: bool) -> Visit:
    file = visited.file
    assert file is not None  # `store_earlier` looked
    return Visit(
        url=visited.link.url,
        site=visited.site.key,
        role=Role.OTHER,
        run=archive.run,
        fetched=visited.at,
        outcome=Outcome.CHANGED if is_new else Outcome.UNCHANGED,
        size=len(file.data),
        document=document.id,
        evidence=evidence,
        detail=f"imported from {file.name}" + (f": version {document.version}" if is_new else ""),
    )
