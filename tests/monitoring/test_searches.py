"""Saved searches: what of a run is told, and what of their file is left out; alarms that somebody has seen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError

from crawler.catalog import open_reader
from crawler.commands.report import acknowledged
from crawler.monitoring.acknowledgements import acknowledgements
from crawler.monitoring.searches import matches, searches
from tests import working_day

FILE = """
就业: 就业 -讲座
graduates:
  q: title:典礼
  university: [南开大学]
nobody: 航天
wrong: {q: x, colour: red}
misspelt: titel:x
"""


def test_what_a_run_brought_for_saved_searches_is_told_and_wrong_ones_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "searches.yaml"
    file.write_text(FILE, "utf-8")
    saved = searches(file)
    assert set(saved) == {"就业", "graduates", "nobody"}
    working_day.build(tmp_path)
    db = open_reader(tmp_path / "catalog.db")
    told = {name: [hit.title for hit in hits] for name, hits in matches(db, saved, "r1")}
    assert set(told) == {"就业", "graduates"}
    assert told["graduates"] == ["毕业典礼举行"]
    assert len(told["就业"]) == 62
    assert list(matches(db, saved, "r0")) == []
    db.close()
    assert searches(tmp_path / "none.yaml") == {}


def test_an_acknowledged_alarm_carries_the_note_of_a_person(tmp_path: Path) -> None:
    working_day.build(tmp_path)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert acknowledged(tmp_path, "sicau:coverage", "列表改版，下周处理", by="李", now=now) == 0
    (said,) = acknowledgements(tmp_path).values()
    assert (said.site, said.code, said.note, said.by) == ("sicau", "coverage", "列表改版，下周处理", "李")
    with pytest.raises(UsageError, match="those that do: sicau:coverage"):
        acknowledged(tmp_path, "sicau:drift", "x", by="", now=now)
