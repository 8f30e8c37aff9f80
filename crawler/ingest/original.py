"""The original of a visit: the response record, of an earlier visit, that holds the body this visit would repeat."""

import logging
from pathlib import Path

from sqlite_utils import Database

from crawler.archive import Original
from crawler.catalog.tables import wholes
from crawler.dedup.digest import digest_of
from crawler.errors import EvidenceError
from crawler.ingest.visited import Visited, final_url
from crawler.items import Evidence, Outcome
from crawler.warc import response_at

logger = logging.getLogger(__name__)

OK = 200


def original_of(root: Path, db: Database, visited: Visited) -> tuple[Original, int] | None:
    """Return the record whose body this visit met again, and the visit it is of; None if the body is another, or there was none before.

    The record is read, not only looked up: evidence that cannot be read is nothing to refer to.
    """
    capture = visited.capture
    if capture is None or not capture.exchanges or visited.further:  # its page is kept with the further ones
        return None
    last, is_unsent = capture.exchanges[-1], visited.outcome is Outcome.NOT_MODIFIED
    if not is_unsent and (last.status != OK or not last.body):
        return None
    whole = wholes.last(db, final_url(visited))
    if whole is None or whole.warc is None or whole.offset is None or whole.visit is None:
        return None
    digest = digest_of(last.body)
    if not is_unsent and digest != whole.payload_digest:
        return None
    evidence = Evidence(
        warc=whole.warc, offset=whole.offset, record_id=whole.record_id or "", payload_digest=whole.payload_digest or ""
    )
    found = read_original(root, evidence)
    if found is None or (not is_unsent and found.url != last.url):
        return None
    return found, whole.visit


def read_original(root: Path, evidence: Evidence) -> Original | None:
    """Return what a later record can refer to at this place: a response record that holds what was written there; None if it does not."""
    path = root / evidence.warc
    try:
        exchange = response_at(path, evidence.offset)
    except (EvidenceError, OSError) as error:
        logger.warning("%s: the evidence at %s cannot be read, it is kept once more: %s", path, evidence.offset, error)
        return None
    digest = digest_of(exchange.body)
    if digest != evidence.payload_digest:
        logger.warning("%s: the evidence at %s is not what was written, it is kept once more", path, evidence.offset)
        return None
    return Original(url=exchange.url, at=exchange.at, record_id=evidence.record_id, payload_digest=digest)
