"""The real command, `scrapy extract`, as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.crawl_harness import PROJECT, environment

PAGE = "tests/pages/vsb/article/page.html"
KEYS = [
    *("file", "url", "kind", "family", "title", "published", "date_raw", "source", "people", "section", "language"),
    *("body", "images", "captions", "attachments", "videos", "dropped", "provenance", "confidence"),
]


def command_line(*arguments: str | Path) -> Sequence[str | Path]:
    return [sys.executable, "-m", "scrapy", "extract", *arguments]


def extract(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(), **options}
    return subprocess.run(command_line(*arguments), cwd=PROJECT, text=True, timeout=100, check=False, **given)


def lines_of(*arguments: str | Path) -> list[dict[str, Any]]:
    ended = extract(*arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    return [json.loads(line) for line in ended.stdout.splitlines()]
