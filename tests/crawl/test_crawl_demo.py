"""What a new user sees of `make demo`."""

import re
from pathlib import Path

import pytest

from tests.campus import Campus
from tests.campus.demo import demo
from tests.crawl_harness import Archive


def test_the_demo_crawls_the_campus_and_shows_what_it_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/catalog.db").write_text("of the last demo")
    assert demo(0, tmp_path / "archive") == 0
    shown = capfd.readouterr().out
    Archive(tmp_path / "archive").check()
    assert re.search(r"127\.0\.0\.1:\d+  24 documents, 24 files, .*湖光大学", shown)
    assert re.search(r"127\.0\.0\.2:\d+  14 documents, 12 files, .*云台师范大学", shown)
    assert re.search(r"127\.0\.0\.3:\d+  14 documents, 14 files, .*海岳大学", shown)
    assert "    title: 湖光大学图书馆新馆启用 首日接待读者六千人次\n" in shown
    assert shown.count("one file for") == 2
    for recognised in (
        "refused, login",
        "gone, soft_404",
        "gone, not_found",
        "refused, robots",
        "not_article, undated",
    ):
        assert recognised in shown
    assert f"browse -s ARCHIVE_DIR={tmp_path}/archive" in shown


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Campus() as other:
        assert demo(other.port, tmp_path / "archive") == 1
    told = capsys.readouterr().err
    assert f"Port {other.port} is taken" in told
    assert f"--port {other.port + 1}" in told
    assert not (tmp_path / "archive").exists()
