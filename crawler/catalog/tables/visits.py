"""The visits: every fetch of every URL, in the order recorded."""

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Evidence, Outcome, Reason, Visit

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
        round(visit.seconds, 6) if visit.seconds is not None else None,  # as evidence tells it
        visit.document,
        len(visit.links),
        evidence and evidence.warc,
        evidence and evidence.offset,
        evidence and evidence.record_id,
        evidence and evidence.payload_digest,
        visit.detail,
    )
    return int(db.execute(RECORD, row).lastrowid or 0)


def is_known(db: Database, url: str, payload_digest: str) -> bool:
    """Return whether a visit of a URL brought these very bytes."""
    row = db.execute("SELECT 1 FROM visits WHERE url = ? AND payload_digest = ?", [url, payload_digest]).fetchone()
    return row is not None


def reason_of(db: Database, document: str, version: int) -> Reason | None:
    """Return the reason that the visit which brought a version gave."""
    query = "SELECT reason FROM visits JOIN versions ON versions.visit = visits.id WHERE versions.document = ? AND version = ?"
    row = db.execute(query, [document, version]).fetchone()
    return Reason(row[0]) if row and row[0] else None


def asked_sites(db: Database, run: str) -> set[str]:
    """Return the sites of which a run visited a seed or a section: what a site that works must answer."""
    rows = db.execute("SELECT DISTINCT site FROM visits WHERE run = ? AND role IN ('seed', 'section')", [run])
    return {site for (site,) in rows}


def brought_documents(db: Database, site_key: str, run: str) -> bool:
    """Return whether a run brought a new or changed document of a site, or one before it that was cut short.

    Looked at are the runs since the last that was finished and visited the site; names of runs sort by time.
    """
    query = """
        SELECT 1 FROM visits
        WHERE +site = :site AND outcome IN ('new', 'changed') AND run <= :run AND run > coalesce((
            SELECT max(run) FROM runs WHERE state = 'finished' AND run < :run
            AND EXISTS (SELECT 1 FROM visits WHERE visits.run = runs.run AND visits.site = :site)
        ), '')
        LIMIT 1
    """
    return db.execute(query, {"site": site_key, "run": run}).fetchone() is not None


def settle(db: Database, visit: int, outcome: Outcome) -> None:
    """Write down how a visit ended whose change had to wait; the link says so too."""
    db.execute("UPDATE visits SET outcome = ?, reason = NULL WHERE id = ?", [outcome, visit])
    db.execute(
        "UPDATE links SET last_outcome = ? WHERE (url, last_run) IN (SELECT url, run FROM visits WHERE id = ?)",
        [outcome, visit],
    )


def set_evidence(db: Database, row: str, evidence: Evidence) -> None:
    """Write down where the evidence of a row stands: `visits/<id>` or `media_links/<url>`."""
    table, _, key = row.partition("/")
    column = "id" if table == "visits" else "url"
    db.execute(
        f"UPDATE {table} SET warc_offset = ?, warc_record = ?, payload_digest = ? WHERE {column} = ?",
        [evidence.offset, evidence.record_id, evidence.payload_digest, key],
    )
