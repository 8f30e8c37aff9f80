"""Paths and files of the archive."""

import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from crawler.archive.files import remove, sweep, write_all
from crawler.archive.layout import article_path, version_path
from crawler.items import Document
from tests import factories

ID = "0" * 32


def document(url: str, published: datetime | None = None) -> Document:
    return factories.document(url, factories.article(title="../../etc/passwd", published=published), id=ID)


def test_path_is_host_year_and_id() -> None:
    at = datetime(2023, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=8)))  # still 2022 in UTC
    assert (
        article_path(document("https://News.Example.edu.cn/a.htm", at)) == f"articles/news.example.edu.cn/2023/{ID}.md"
    )


def test_path_of_an_undated_article() -> None:
    assert (
        article_path(document("https://news.example.edu.cn/a.htm")) == f"articles/news.example.edu.cn/undated/{ID}.md"
    )


@pytest.mark.parametrize(
    ("host", "folder"),
    [
        ("127.0.0.1:8642", "127.0.0.1_8642"),
        ("..", "_"),
        ("[::1]:80", "___1__80"),
        ("新闻.cn", "__.cn"),
        ("a" * 300, "a" * 200),
        ("a/b", "a_b"),
    ],
)
def test_host_is_a_safe_folder_name(host: str, folder: str) -> None:
    assert version_path(ID, host, 3) == f"versions/{folder}/{ID}/3.md"


def test_files_of_a_group_are_written_with_their_folders(tmp_path: Path) -> None:
    assert write_all(tmp_path, {"articles/a/2023/x.md": b"1", "articles/b/undated/y.md": b"2"}) == 2
    assert (tmp_path / "articles/a/2023/x.md").read_bytes() == b"1"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_unchanged_bytes_are_not_written_again(tmp_path: Path) -> None:
    write_all(tmp_path, {"a.md": b"1", "b.md": b"1"})
    before = (tmp_path / "a.md").stat().st_ino
    assert write_all(tmp_path, {"a.md": b"1", "b.md": b"2"}) == 1
    assert (tmp_path / "a.md").stat().st_ino == before
    assert (tmp_path / "b.md").read_bytes() == b"2"


def test_nothing_is_renamed_when_one_file_cannot_be_staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    write_all(tmp_path, {"a.md": b"old"})
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_all(tmp_path, {"a.md": b"new", "b.md": b"new"})
    assert (tmp_path / "a.md").read_bytes() == b"old"
    assert not (tmp_path / "b.md").exists()


def test_sweep_removes_what_a_dead_run_left(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp/0.tmp").write_bytes(b"half")
    assert sweep(tmp_path) == ["0.tmp"]
    assert sweep(tmp_path) == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_sweep_of_an_archive_that_is_not_there_finds_nothing(tmp_path: Path) -> None:
    assert sweep(tmp_path / "new") == []


def test_remove_tells_whether_the_file_was_there(tmp_path: Path) -> None:
    write_all(tmp_path, {"a/b.md": b"1"})
    assert remove(tmp_path, "a/b.md")
    assert not remove(tmp_path, "a/b.md")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "."])
def test_path_outside_the_archive_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside the archive"):
        write_all(tmp_path, {path: b"x"})


def test_path_does_not_depend_on_the_title() -> None:
    one = document("https://news.example.edu.cn/a.htm")
    assert article_path(one) == article_path(replace(one, article=replace(one.article, title="别的")))
