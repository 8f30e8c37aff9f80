"""What is wrong with one object of the archive: a closed list of faults, each with what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One fault is one finding: what follows from it (the rows behind a lost record) is not told again."""

    FILE_MISSING = "file_missing"  # a row names a Markdown file that is not there
    FILE_CHANGED = "file_changed"  # a Markdown file, or the digest in its row, is not what was written
    MEDIUM_MISSING = "medium_missing"
    MEDIUM_CHANGED = "medium_changed"  # its bytes are not those of its name
    MEDIUM_ROW_WRONG = "medium_row_wrong"  # the file is whole, its row says another path or size
    ORPHAN = "orphan"  # a file that no row names
    LEFTOVER = "leftover"  # a temporary file of a dead run
    WARC_MISSING = "warc_missing"
    WARC_CUT = "warc_cut"  # the file ends within a record
    RECORD_UNREADABLE = (
        "record_unreadable"  # a record is no gzip member, no WARC record, or has another digest than it says
    )
    RECORD_MISSING = "record_missing"  # a row names a record that is not there
    DIGEST_WRONG = "digest_wrong"  # a row says another payload digest than its record
    NUMBER_MISSING = "number_missing"  # the files of a run are not numbered without a gap
    CATALOG_DAMAGED = "catalog_damaged"  # SQLite's own checks
    ROW_WRONG = "row_wrong"  # rows that contradict each other
    SEARCH_STALE = "search_stale"  # the search index is not that of the texts


ADVICE = {
    Fault.FILE_MISSING: "scrapy verify --repair reads it again from its evidence",
    Fault.FILE_CHANGED: "scrapy verify --repair keeps what is there under orphans/ and reads it again from its evidence",
    Fault.MEDIUM_MISSING: "scrapy verify --repair takes it from its evidence",
    Fault.MEDIUM_CHANGED: "scrapy verify --repair keeps what is there under orphans/ and takes it from its evidence",
    Fault.MEDIUM_ROW_WRONG: "scrapy verify --repair writes the row anew from the file",
    Fault.ORPHAN: "scrapy verify --repair moves it to orphans/",
    Fault.LEFTOVER: "scrapy verify --repair removes it; so does the next run",
    Fault.WARC_MISSING: "restore it from a backup",
    Fault.WARC_CUT: "scrapy verify --repair cuts the torn record off; what it held is in a backup or lost",
    Fault.RECORD_UNREADABLE: "restore the file from a backup",
    Fault.RECORD_MISSING: "restore catalog or WARC file from the backup that fits the other, or rebuild the catalog",
    Fault.DIGEST_WRONG: "compare with a backup: the row or the record was changed",
    Fault.NUMBER_MISSING: "restore the file from a backup",
    Fault.CATALOG_DAMAGED: "restore catalog.db from a backup, or rebuild it from the evidence",
    Fault.ROW_WRONG: "rebuild the catalog from the evidence",
    Fault.SEARCH_STALE: "scrapy verify --repair builds the index anew",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault."""

    fault: Fault
    object: str  # path relative to the archive; of a row without one, its table and key: "visits/17"
    detail: str  # what was expected, and what is there
    at: int | None = None  # byte in a WARC file
    document: str | None = None  # id, where the object belongs to one

    @property
    def advice(self) -> str:
        """Return what to do."""
        return ADVICE[self.fault]

    def __str__(self) -> str:
        place = f"{self.object}@{self.at}" if self.at is not None else self.object
        return f"{self.fault}: {place}: {self.detail}"
