"""The texts that are withheld: each tombstone has its file, each file its tombstone."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from crawler.audit.finding import Code, Finding
from crawler.audit.job import Audit, Seen
from crawler.audit.walk import merge, shown, walk

FOLDER = "withheld"
ROWS = f"""
SELECT '{FOLDER}/' || withheld.document || '.json', withheld.url FROM withheld LEFT JOIN documents ON documents.id = withheld.document
WHERE :site IS NULL OR documents.site = :site ORDER BY 1
"""


def check_withheld(audit: Audit) -> Iterator[Seen]:
    """Yield each withheld text, or the path where one should be, with what is wrong."""
    rows = ((str(path), str(url)) for path, url in audit.db.execute(ROWS, {"site": audit.scope.site}))
    for path, is_there, urls in merge(walk(audit.root, FOLDER), rows):
        if audit.takes(path) and (urls or not audit.scope.site):
            yield path, _check(audit, path, is_there, urls)


def _check(audit: Audit, path: str, is_there: bool, urls: list[str]) -> Finding | None:
    if not urls:
        if PurePosixPath(path).suffix != ".json":
            return None  # what stands beside the texts is told of by no row
        return Finding(code=Code.ORPHAN, object=shown(path), detail="no document is withheld that it would be of")
    if not is_there:
        return Finding(
            code=Code.WITHHELD_MISSING, object=path, detail="the file is not there", consequences=tuple(urls)
        )
    try:
        data = (audit.root / path).read_bytes()
    except OSError as error:
        return Finding(code=Code.FILE_UNREADABLE, object=path, detail=str(error), consequences=tuple(urls))
    audit.looked(path, len(data))
    try:
        json.loads(data)
    except ValueError as error:
        return Finding(code=Code.WITHHELD_UNREADABLE, object=path, detail=str(error), consequences=tuple(urls))
    return None
