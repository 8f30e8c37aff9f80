"""What two archives have in common: their files, and their tables as far as they are derived or told by the evidence."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from tests.crawl_harness import environment
from tests.scrapy_process import run

WHERE = "(SELECT warc || ' ' || warc_offset FROM visits WHERE id = visit)"
TABLES = {
    "documents": "SELECT * FROM documents ORDER BY id",
    "versions": f"SELECT document, version, {WHERE}, captured, title, published, path, content_digest, markdown_digest, extractor"
    " FROM versions ORDER BY 1, 2",
    "media": "SELECT * FROM media ORDER BY 1, 2",
    "media_files": "SELECT * FROM media_files ORDER BY 1",
    "media_links": "SELECT * FROM media_links ORDER BY 1",
    "people": "SELECT * FROM people ORDER BY 1, 2",
    "texts": "SELECT document, title, names, body FROM texts ORDER BY 1",
    "found": "SELECT count(*) FROM document_search WHERE document_search MATCH '\"学生\"'",
    "boilerplate": "SELECT * FROM boilerplate ORDER BY 1, 2",
    "signatures": "SELECT document, letters, algorithm, keys FROM signatures ORDER BY 1",
    "group_members": "SELECT * FROM group_members ORDER BY 1",
    "addresses": "SELECT * FROM addresses ORDER BY 1",
    "sites": "SELECT * FROM sites ORDER BY 1",
    "runs": "SELECT * FROM runs ORDER BY 1",
    "visits": "SELECT url, site, run, role, fetched, outcome, reason, status, final_url, content_type, size, document, links_found,"
    " warc, warc_offset, warc_record, payload_digest, detail, seconds FROM visits ORDER BY id",
    "links": "SELECT * FROM links ORDER BY seq",
    "changes": "SELECT document, version, kind, field, before, after, diff, at FROM changes ORDER BY id",
    "absences": "SELECT * FROM absences ORDER BY 1, 2",
    "held": "SELECT document, site, since, at, is_changed, signs FROM held ORDER BY 1",
    "list_pages": "SELECT * FROM list_pages ORDER BY page",
    "list_rows": "SELECT * FROM list_rows ORDER BY page, link",
    # Not its role: the sitemaps that a robots.txt names are no links of their own when the archive is made again.
    "coverage": "SELECT site, list, articles_told, pages_told, pages_read, articles_named, articles_archived, not_archived, elsewhere, missing,"
    " cause, at, run FROM coverage ORDER BY site, list",
    "drifts": "SELECT * FROM drifts ORDER BY 1",
    "issues": "SELECT at, run, site, url, level, code, message FROM issues"
    " WHERE code <> 'expectation' ORDER BY id",  # a rebuild judges no run
}


def files(root: Path) -> dict[str, bytes]:
    """Return every document, older version and medium, by its path."""
    folders = ("articles", "versions", "media")
    return {
        str(file.relative_to(root)): file.read_bytes()
        for folder in folders
        for file in root.glob(f"{folder}/**/*")
        if file.is_file()
    }


def tables(root: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(f"{root.as_uri()}/catalog.db?mode=ro", uri=True)) as db:
        return {name: db.execute(query).fetchall() for name, query in TABLES.items()}


def evidence_alone(archive: Path, target: Path) -> Path:
    """Return a copy of an archive of which everything but the evidence was lost."""
    shutil.copytree(archive / "warc", target / "warc")
    return target


def rebuild(root: Path, *arguments: str, seeds: Path | None = None) -> subprocess.CompletedProcess[str]:
    settings = ["-s", f"ARCHIVE_DIR={root}", "-s", f"SEEDS_DIR={seeds or root / 'seeds'}", "-s", "READER_PROCESSES=1"]
    env = {**environment(), "AGEING_DAY": os.environ.get("AGEING_DAY", "0")}
    return run("rebuild", *arguments, *settings, env=env)
