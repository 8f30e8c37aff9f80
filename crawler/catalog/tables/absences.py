"""The absences: the times in which the page of a document was not there. `documents.known` brings the last one."""

from sqlite_utils import Database

from crawler.catalog.moment import to_text
from crawler.items import Absence

RECORD = """
INSERT INTO absences (document, missed, last_missed, run, misses, reason, confirmed, returned) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (document, missed) DO UPDATE SET
    last_missed = excluded.last_missed, run = excluded.run, misses = excluded.misses, reason = excluded.reason,
    confirmed = excluded.confirmed, returned = excluded.returned
"""


def record(db: Database, document: str, absence: Absence) -> None:
    """Insert or update one absence of a document."""
    times = (absence.confirmed, absence.returned)
    row = (document, to_text(absence.missed), to_text(absence.last_missed), absence.run, absence.misses, absence.reason)
    db.execute(RECORD, [*row, *(at and to_text(at) for at in times)])
