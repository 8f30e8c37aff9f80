"""What an audit finds: one `Finding` for one fault, whatever follows from it.

A fault is told by the thing that has to be mended: a file, a record (`warc/….warc.gz@offset`) or a row (`visits/12`). Rows that only point
to it are its consequences and stand with it; they are no findings of their own.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

RECORD = re.compile(r"warc/.+@\d+")


class Code(StrEnum):
    """What can be wrong with an archive."""

    CATALOG_DAMAGED = "catalog_damaged"  # SQLite itself finds the file damaged
    ROW_MISSING = "row_missing"  # other rows name it
    SEARCH_INDEX = "search_index"
    COUNTS_WRONG = "counts_wrong"  # what is kept as a number is not what there is
    VERSION_NUMBER = "version_number"  # the current version is not the last one
    VERSION_EVIDENCE = (
        "version_evidence"  # a version without the visit it was read from, or that visit without evidence
    )
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_CHANGED = "document_changed"  # the bytes are not those that its row names
    DOCUMENT_UNREADABLE = "document_unreadable"  # no front matter
    DOCUMENT_ROW = "document_row"  # the row says something else than the file
    PATH_WRONG = "path_wrong"  # the file stands elsewhere than its row says
    PATH_OUTSIDE = "path_outside"  # leads out of the archive
    PATH_SHARED = "path_shared"  # two rows name one file
    LINK_BROKEN = "link_broken"  # to a medium that the archive does not know
    MEDIA_MISSING = "media_missing"
    MEDIA_CHANGED = "media_changed"
    MEDIA_ROW = "media_row"  # the row says something else than the file
    MEDIA_ROW_MISSING = "media_row_missing"  # the file is there, addresses name it, the catalog does not know it
    WITHHELD_MISSING = "withheld_missing"
    WITHHELD_UNREADABLE = "withheld_unreadable"
    ORPHAN = "orphan"  # a file without a row
    WARC_MISSING = "warc_missing"
    WARC_TRUNCATED = "warc_truncated"  # records that rows name stood behind its end
    WARC_TORN = "warc_torn"  # half a record at the end, which no row names: what a crash leaves
    RECORD_DAMAGED = "record_damaged"  # cannot be unpacked
    RECORD_WRONG = "record_wrong"  # can be, and is not what its own lengths and digests say
    EVIDENCE_ROW = "evidence_row"  # a row that names another place, record, digest or address than its evidence has
    REVISIT_ORPHAN = "revisit_orphan"  # refers to a record that is nowhere
    FILE_UNREADABLE = "file_unreadable"  # the system does not give its bytes
    TEMPORARY = "temporary"


REPAIR = "`scrapy verify --repair`"
FROM_BACKUP = "copy it from a backup (`scrapy backup`), where there is one"
ADVICE = {
    Code.CATALOG_DAMAGED: "--repair makes its indexes again; if more is wrong, restore it from a backup, or make it again: `scrapy rebuild`",
    Code.ROW_MISSING: f"make the derived rows again: `scrapy rebuild`; a row of history: {FROM_BACKUP}",
    Code.SEARCH_INDEX: f"{REPAIR} makes the index again from the texts",
    Code.COUNTS_WRONG: f"{REPAIR} counts anew",
    Code.VERSION_NUMBER: f"{REPAIR} sets the number of the last version",
    Code.VERSION_EVIDENCE: "read it again with the next visit: `scrapy crawl news -a url=…`",
    Code.DOCUMENT_MISSING: f"{REPAIR} writes it again from its evidence; if that says something else now: `scrapy rebuild`",
    Code.DOCUMENT_CHANGED: f"{REPAIR} writes it again from its evidence and keeps these bytes in orphans/",
    Code.DOCUMENT_UNREADABLE: "look at it: it is what was written, and has no front matter; `scrapy rebuild` writes it anew",
    Code.DOCUMENT_ROW: f"{REPAIR} takes over what the file says",
    Code.PATH_WRONG: f"{REPAIR} writes down where the file stands",
    Code.PATH_OUTSIDE: "look at the row: no command of ours wrote it",
    Code.PATH_SHARED: "look at the rows: each version has a file of its own; `scrapy rebuild` makes them again",
    Code.LINK_BROKEN: "fetch the medium again: `scrapy crawl news -a url=…`, with the address of the document",
    Code.MEDIA_MISSING: f"{REPAIR} takes it from its evidence",
    Code.MEDIA_CHANGED: f"{REPAIR} takes it from its evidence and keeps these bytes in orphans/",
    Code.MEDIA_ROW: f"{REPAIR} takes over what the file says",
    Code.MEDIA_ROW_MISSING: f"{REPAIR} adds the row",
    Code.WITHHELD_MISSING: FROM_BACKUP,
    Code.WITHHELD_UNREADABLE: FROM_BACKUP,
    Code.ORPHAN: f"{REPAIR} moves it to orphans/; nothing is deleted",
    Code.WARC_MISSING: FROM_BACKUP,
    Code.WARC_TRUNCATED: FROM_BACKUP,
    Code.WARC_TORN: f"{REPAIR}, or the next run, cuts the unfinished record off",
    Code.RECORD_DAMAGED: f"{FROM_BACKUP}; every other record of the file can be read",
    Code.RECORD_WRONG: FROM_BACKUP,
    Code.EVIDENCE_ROW: f"{REPAIR} writes down where the record stands",
    Code.REVISIT_ORPHAN: "fetch the page again: `scrapy crawl news -a url=…`",
    Code.FILE_UNREADABLE: f"look at its permissions and at the disk (`dmesg`); {FROM_BACKUP}",
    Code.TEMPORARY: f"{REPAIR}, or the next run, removes it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault."""

    code: Code
    object: str  # "articles/…/….md", "warc/….warc.gz@4711", "visits/12"; with `code` its identity
    detail: str  # what was expected, and what is there
    consequences: tuple[str, ...] = ()  # what cannot be traced because of it

    @property
    def advice(self) -> str:
        """What to do."""
        return ADVICE[self.code]

    @property
    def path(self) -> str:
        """The file it is about, without the place in it; for a row the row."""
        return self.object.rpartition("@")[0] if RECORD.fullmatch(self.object) else self.object

    def as_json(self) -> dict[str, Any]:
        """Return it as the JSON Lines have it."""
        return {
            "code": self.code.value,
            "object": self.object,
            "path": self.path,
            "detail": self.detail,
            "advice": self.advice,
            "consequences": list(self.consequences),
        }
