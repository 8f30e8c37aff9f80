"""Files of older mirrors, brought in again from their resource records through the door that brought them in."""

import json
from dataclasses import dataclass
from urllib.parse import unquote

from crawler.errors import EvidenceError
from crawler.importing import bring_in, visit_of
from crawler.ingest import Archive
from crawler.items import Evidence, Link, MirrorFile, Role, Site
from crawler.pages.reading import read_file
from crawler.rebuild.standing import StandingEvidence
from crawler.sites.definition import site_from_json
from crawler.warc import DEFINITION, LINK, NAME, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """An imported file, and where its record stands."""

    site: Site
    link: Link
    file: MirrorFile
    record: Record
    evidence: Evidence
    refers_to: str | None = None


def imported_file(warc: str, record: Record) -> ImportedFile | None:
    """Return the file that a resource record holds, None for one that is of no import. EvidenceError for one that does not tell its site."""
    name = record.get(NAME)
    if name is None:
        return None
    try:
        site = site_from_json(json.loads(record.get(DEFINITION) or ""))
    except (KeyError, TypeError, ValueError) as error:
        raise EvidenceError(
            f"{warc}: the imported file at {record.offset} does not tell its site: {error!r}"
        ) from error
    url = unquote(link) if (link := record.get(LINK)) else record.url
    reading = read_file(record.content, site)
    return ImportedFile(
        site=site,
        link=Link(
            url=url,
            fetch_url=record.url,
            role=Role.OTHER,
            title=reading.article.title if reading.article else None,
        ),
        file=MirrorFile(name=unquote(name), data=record.content),
        record=record,
        evidence=Evidence(warc=warc, offset=record.offset, record_id=record.record_id, payload_digest=record.digest),
    )


def import_again(archive: Archive, standing: StandingEvidence, found: ImportedFile) -> None:
    """Bring a file in again. Its times are those of its record: when its links were found is not told by evidence."""
    standing.expect([found])
    bring_in(archive, visit_of(found.site, found.link, found.file, at=found.record.at), now=found.record.at)
