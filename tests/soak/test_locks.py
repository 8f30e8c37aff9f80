"""Another program that writes into the catalog for three seconds costs a crawl three seconds, and nothing else."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import Archive, crawl, started

pytestmark = pytest.mark.soak
SECONDS = 3


def test_a_second_writer_holds_the_catalog_up_and_no_visit_is_lost(tmp_path: Path) -> None:
    with Campus() as campus:
        write_seeds(tmp_path / "seeds", campus.port)
        quiet, held = tmp_path / "quiet", tmp_path / "held"
        assert crawl(quiet, "-a", "site=webplus", seeds=tmp_path / "seeds").code in (0, 7)
        with started(held, "-a", "site=webplus", seeds=tmp_path / "seeds") as process:
            process.wait_until(lambda: (held / "catalog.db").exists() and bool(visited(held)))
            with closing(sqlite3.connect(held / "catalog.db", timeout=60, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                threading.Event().wait(SECONDS)
                other.execute("ROLLBACK")
            ended = process.end()
    assert ended.code in (0, 7), ended
    assert "Traceback" not in ended.stderr
    assert {*Archive(held).documents} == {*Archive(quiet).documents}
    Archive(held).check()


def visited(archive: Path) -> list[str]:
    try:
        return [*map(str, Archive(archive).values("SELECT url FROM visits LIMIT 1"))]
    except sqlite3.Error:  # it is just being made
        return []
