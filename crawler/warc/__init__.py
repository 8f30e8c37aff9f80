"""Evidence: WARC/1.1 files, written and read here alone.

writer          what was received -> records, one gzip member each
members         a file -> its members, also behind a damaged one; all that reads a file reads it through these
records         a member -> a record, and what it holds: an exchange, a capture
visit_fields    what a record says of the visit it is of
url_index       many files -> the newest response of each URL
recovery        what a crash left at the end of a file, cut off
"""

from crawler.warc.http_headers import HEAD_END
from crawler.warc.members import HEADER, Member, read_members, whole_bytes
from crawler.warc.records import Record, capture_at, further_at, lines_of, record_at, record_of, records, response_at
from crawler.warc.recovery import FILE, evidence_runs, recover
from crawler.warc.url_index import UrlIndex, index_files
from crawler.warc.visit_fields import DEFINITION, LINK, NAME, read_visit_fields
from crawler.warc.writer import FOLDER, TAKEDOWN, Original, WarcWriter, warc_date

__all__ = [
    "DEFINITION",
    "FILE",
    "FOLDER",
    "HEADER",
    "HEAD_END",
    "LINK",
    "NAME",
    "TAKEDOWN",
    "Member",
    "Original",
    "Record",
    "UrlIndex",
    "WarcWriter",
    "capture_at",
    "evidence_runs",
    "further_at",
    "index_files",
    "lines_of",
    "read_members",
    "read_visit_fields",
    "record_at",
    "record_of",
    "records",
    "recover",
    "response_at",
    "warc_date",
    "whole_bytes",
]
