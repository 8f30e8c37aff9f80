"""The real command, `scrapy extract`, as a process of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.crawl_harness import environment
from tests.scrapy_process import run

PAGE = "tests/pages/vsb/article/page.html"
KEYS = [
    *("file", "url", "kind", "family", "title", "published", "date_raw", "source", "people", "section", "language"),
    *("body", "images", "captions", "attachments", "videos", "dropped", "provenance", "confidence"),
]


def extract(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return run("extract", *arguments, env=environment(), **options)


def lines_of(*arguments: str | Path) -> list[dict[str, Any]]:
    ended = extract(*arguments)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]
