"""The visits: every fetch of every URL, in the order recorded."""

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Visit

COLUMNS = (
    "url", "site", "run", "role", "fetched", "outcome", "reason", "status", "final_url", "content_type", "size",
    "seconds", "document", "links_found", "warc", "warc_offset", "warc_record", "payload_digest", "detail",
)  # fmt: skip
RECORD = f"INSERT INTO visits ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


def record(db: Database, visit: Visit) -> int:
    """Insert a visit; return its id. Its document may be recorded after it, but within the same transaction."""
    evidence = visit.evidence
    row = (
        visit.url,
        visit.site,
        visit.run,
        visit.role,
        to_text(visit.fetched),
        visit.outcome,
        visit.reason,
        visit.status,
        visit.final_url,
        visit.content_type,
        visit.size,
        visit.seconds,
        visit.document,
        len(visit.links),
        evidence and evidence.warc,
        evidence and evidence.offset,
        evidence and evidence.record_id,
        evidence and evidence.payload_digest,
        visit.detail,
    )
    return int(db.execute(RECORD, row).lastrowid or 0)


def asked_sites(db: Database, run: str) -> set[str]:
    """Return the sites of which a run visited a seed or a section: what a site that works must answer."""
    rows = db.execute("SELECT DISTINCT site FROM visits WHERE run = ? AND role IN ('seed', 'section')", [run])
    return {site for (site,) in rows}
