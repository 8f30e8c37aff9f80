"""The process that `bench/pace.py` times one extractor in.

    python -m bench.runner ours|general|trafilatura SHARED      reads `first last` lines, answers each with the times as JSON

Ours is all of `reading.read`: decoding, parsing, the article, the links and the digest; "general" is the same with the
rules of every family off. trafilatura is called by the function that also runs it as a peer: text with formatting,
images and metadata.
"""

import contextlib
import importlib.util
import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.gold import Gold, find_gold
from crawler.errors import ExtractionError
from crawler.items import Capture
from crawler.pages.reading import read
from crawler.sites import read_sites, site_for_url, site_from_url
from crawler.spiders.pages import NOWHERE

ROOT = Path(__file__).parent.parent

Job = Callable[[], object]


def _jobs(runner: str, gold: Gold) -> list[Job]:
    if runner == "trafilatura":
        return _theirs(gold)
    return _ours(gold) if runner == "ours" else _general(gold)


def _ours(gold: Gold) -> list[Job]:
    sites, _ = read_sites(ROOT / "seeds")
    jobs: list[Job] = []
    for capture in _captures(gold):
        site = site_for_url(capture.url, sites) or site_from_url(capture.url)
        jobs.append(partial(read, capture, site))
    return jobs


def _general(gold: Gold) -> list[Job]:
    jobs: list[Job] = []
    for capture in _captures(gold):
        site = replace(site_from_url(capture.url), family="none")
        jobs.append(partial(read, capture, site))
    return jobs


def _captures(gold: Gold) -> list[Capture]:
    now = datetime.now(UTC)
    return [
        Capture(url=url, final_url=url, fetched=now, status=200, headers=(), body=gold.body(row))
        for row in gold.rows
        for url in [row["url"] or NOWHERE]
    ]


def _theirs(gold: Gold) -> list[Job]:
    spec = importlib.util.spec_from_file_location("gold_peers", gold.peers)
    assert spec is not None
    assert spec.loader is not None
    peers: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peers)
    return [partial(peers.trafilatura, gold.body(row), row["url"]) for row in gold.rows]


def _timed(job: Job) -> float:
    """Return the milliseconds of one page; what is no page has its time too."""
    start = time.perf_counter()
    with contextlib.suppress(ExtractionError):
        job()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    jobs = _jobs(sys.argv[1], find_gold(Path(sys.argv[2])))
    for line in sys.stdin:
        first, last = map(int, line.split())
        print(json.dumps([_timed(job) for job in jobs[first:last]]), flush=True)
