"""Bytes made again: the Markdown of a version and the content of a medium, from their evidence. Only what is proven right is given back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from crawler.archive import dump
from crawler.catalog.queries import captures
from crawler.catalog.queries.integrity import VersionRow
from crawler.catalog.tables import documents, media, sites
from crawler.errors import CrawlerError
from crawler.items import Article, Capture, MediaFile, Purpose, Site, Status
from crawler.pages.reading import read
from crawler.warc import Record, capture_at, read_members, record_of


def document_bytes(root: Path, db: Database, row: VersionRow) -> Iterator[bytes]:
    """Yield what the file of a version may have held, made from its evidence by today's rules.

    What the catalog knows of the current version goes before what is read again, for better rules may read otherwise. Which of them it
    was, the digest of the row tells.
    """
    found = captures.of_version(db, row.document, row.version)
    known = documents.known(db, [row.document]).get(row.document)
    if found is None or known is None or row.site is None or row.url is None:
        return
    captured, extractor, (url, warc, offset) = found
    site, capture = sites.load(db, row.site), capture_of(root / warc, offset, url)
    if capture is None:
        return
    for article in _articles(db, row, site, capture, lambda: further_of(root / warc, offset)):
        state = replace(
            known,
            article=article,
            content_digest=row.content_digest,
            extractor=extractor,
            captured=known.captured if row.version > 0 else captured,
            version=row.version,
            lastmod=captured if row.version > 1 else None,
            path=row.path,
            status=Status.LIVE,
            duplicate_of=None,
        )
        for absence in (known.absence, None):
            for files in _linked(db, row, article):
                yield dump(replace(state, absence=absence).document(site, files))


def capture_of(warc: Path, offset: int, url: str) -> Capture | None:
    """Return what a record holds, None if it cannot be read."""
    try:
        return capture_at(warc, offset, url)
    except (CrawlerError, OSError):
        return None


def media_bytes(root: Path, db: Database, digest: str) -> bytes | None:
    """Return the content with a digest, from the evidence of any address that had it; None if none can be read."""
    for url, _, evidence in captures.of_content(db, digest):
        capture = capture_of(root / evidence.warc, evidence.offset, url)
        if capture is not None and sha256(capture.body).hexdigest() == digest:
            return capture.body
    return None


def further_of(warc: Path, offset: int) -> list[Capture]:
    """Return the further pages of an article whose page stands at an offset: their records come right before its own."""
    found: list[Record] = []
    for member in read_members(warc):
        if member.offset >= offset:
            break
        record = record_of(member)
        if record.purpose == Purpose.FURTHER:
            found.append(record)
        elif record.purpose and record.purpose != Purpose.HOP:
            found.clear()
    captures = (capture_of(warc, record.offset, record.url) for record in found)
    return [capture for capture in captures if capture is not None]


def _articles(
    db: Database, row: VersionRow, site: Site, capture: Capture, further: Callable[[], Sequence[Capture]]
) -> Iterator[Article]:
    """Yield the article of a version as it may have been written: with what was learnt of its site since, and before."""
    known = documents.known(db, [row.document]).get(row.document)
    for learnt in (sites.boilerplate(db).get(site.key), None):
        try:
            reading = read(capture, site, (), learnt)
            article = (read(capture, site, further(), learnt) if reading.further else reading).article
        except CrawlerError:
            continue
        if article is None:
            continue
        if known is not None and row.is_current:
            yield replace(known.article, body=article.body)
        yield article
        if known is not None:
            yield replace(article, section=known.article.section)


def _linked(db: Database, row: VersionRow, article: Article) -> Iterator[Mapping[str, MediaFile]]:
    """Yield the media that the file may have linked to: those its rows say, all that are there, none."""
    there = media.files(db, (medium.url for medium in article.media))
    if row.is_current:
        linked = media.linked(db, row.document)
        yield {url: file for url, file in there.items() if url in linked}
    yield there
    yield {}
