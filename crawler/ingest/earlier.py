"""A text of a document from before its first version: what a mirror kept of a page that was crawled only later."""

from hashlib import sha256

from crawler.archive import dump, version_path, write_all
from crawler.catalog import group, versions, visits
from crawler.extraction import EXTRACTOR
from crawler.ingest.visited import Archive, Visited, document_url
from crawler.items import Document, Known, Outcome, Role, Visit
from crawler.urls import host_of


def store_earlier(archive: Archive, visited: Visited, known: Known) -> Outcome:
    """Write an imported text that is older than the first version: as version 0, the next older one as -1, and so on.

    The document itself stays as it is. A text that one of its versions has is unchanged. Raises OSError and sqlite3.Error.
    """
    reading, file, at = visited.reading, visited.file, visited.at
    if reading is None or reading.article is None or reading.content_digest is None or file is None:
        raise ValueError(f"{visited.link.url}: an imported text without an article")
    there = versions.digests(archive.db, known.id)
    is_new = reading.content_digest not in there.values()
    number = min(there, default=1) - 1
    url = document_url(visited)
    document = Document(
        id=known.id,
        url=url,
        site=visited.site,
        article=reading.article,
        family=reading.family,
        content_digest=reading.content_digest,
        extractor=EXTRACTOR,
        archived=at,
        version=number,
        path=version_path(known.id, host_of(url), number),
    )
    evidence = archive.warc.keep(visited.link, at, file, visited.site)
    archive.warc.flush()
    data = dump(document)
    outcome = Outcome.CHANGED if is_new else Outcome.UNCHANGED
    visit = Visit(
        url=visited.link.url,
        site=visited.site.key,
        role=Role.OTHER,
        run=archive.run,
        fetched=at,
        outcome=outcome,
        size=len(file.data),
        document=known.id,
        evidence=evidence,
        detail=f"imported from {file.name}" + (f": version {number}" if is_new else ""),
    )
    if is_new and document.path:
        write_all(archive.root, {document.path: data})
    with group(archive.db):
        row = visits.record(archive.db, visit)
        if is_new:
            versions.insert(archive.db, document, row, digest="sha256:" + sha256(data).hexdigest())
    return outcome
