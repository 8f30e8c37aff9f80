"""JSON Lines (jsonlines.org): one document a line, every field of `Record`, UTF-8."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TextIO

from crawler.export.record import Job


def write(job: Job, target: Path) -> int:
    """Write one file; return how many documents it holds."""
    with target.open("w", encoding="utf-8", newline="\n") as file:
        return write_lines(job, file)


def write_lines(job: Job, file: TextIO) -> int:
    """Write to an open file, standard output for one; return how many documents."""
    number = 0
    for record in job.records():
        number += 1
        file.write(json.dumps(asdict(record), ensure_ascii=False, default=_text) + "\n")
    return number


def _text(value: object) -> str:
    assert isinstance(value, datetime), "all else in a record is JSON already"
    return value.isoformat()
