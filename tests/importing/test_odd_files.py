"""Files that cannot be read, of any kind: each is told of, and costs nothing but itself."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import MirrorError
from crawler.importing import find, import_files
from crawler.pages.extraction.mirror import read_mirror
from crawler.sites import site_from_url

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HEAD = "title: 标题\nsource_url: https://news.example.edu.cn/1.htm\n"
GOOD = f"---\n{HEAD}---\n\n图书馆新馆今天开放，师生可以凭校园卡入馆。\n".encode()
BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
DEEP = {
    "flow": f"---\n{HEAD}a: {'[' * 100_000}\n---\n正文",
    "closed": f"---\n{HEAD}a: {'[' * 5_000}{']' * 5_000}\n---\n正文",
    "mappings": f"---\n{HEAD}a: {'{a: ' * 3_000}{'}' * 3_000}\n---\n正文",
    "indented": f"---\n{HEAD}{''.join(' ' * n + 'a:' + chr(10) for n in range(1_000))}---\n正文",
    "aliases": f"---\n{HEAD}a0: &a0 [x]\n{BOMB}---\n正文",
    "itself": f"---\n{HEAD}a: &a [*a]\n---\n正文",
    "json": f'{{\n"a":{"[" * 100_000}',
    "toml": f"+++\na = {'[' * 20_000}\n+++\n",
}


@pytest.mark.parametrize("kind", DEEP)
def test_front_matter_that_is_too_deep_is_refused(kind: str) -> None:
    with pytest.raises(MirrorError):
        read_mirror(DEEP[kind].encode(), "Asia/Shanghai")


def test_lists_that_a_tool_wrote_once_for_two_keys_are_read() -> None:
    text = f"---\n{HEAD}tags: &id001 [校园]\ncategories: *id001\n---\n\n正文。"
    assert read_mirror(text.encode(), "Asia/Shanghai").article.imported["categories"] == ["校园"]


@given(st.text(alphabet=st.sampled_from("[]{}:,&*!|>-'\"?%@`#\n abc1\u2028\x1b"), max_size=60))
def test_any_front_matter_is_read_or_refused(text: str) -> None:
    for data in (f"---\n{HEAD}{text}\n---\n正文", f"+++\n{text}\n+++\n", f"{{\n{text}\n}}\n"):
        with suppress(MirrorError):  # the one error that costs one file
            read_mirror(data.encode("utf-8", "replace"), "Asia/Shanghai")


def test_every_other_file_of_a_folder_is_imported(tmp_path: Path) -> None:
    folder, root = tmp_path / "mirror", tmp_path / "archive"
    (folder / "in").mkdir(parents=True)
    for kind, text in DEEP.items():
        (folder / f"{kind}.md").write_text(text)
    (folder / "a\nb\x1b.md").write_bytes(GOOD)
    Path(os.fsdecode(os.fsencode(folder / "in") + b"/\xff\xfe.md")).write_bytes(GOOD.replace(b"1.htm", b"2.htm"))
    (folder / "in" / ("长" * 80 + ".md")).write_bytes(GOOD.replace(b"1.htm", b"3.htm"))
    (folder / "half.json").write_text(
        '{\n"title": "a\\ud800", "source_url": "https://news.example.edu.cn/4.htm"\n}\n\n正文。'
    )
    os.mkfifo(folder / "pipe.md")
    (folder / "link.md").symlink_to("/etc/passwd")
    (folder / "round").symlink_to(folder)
    (folder / "void.md").write_bytes(b"")
    found = list(import_files(root, find([folder]), site_from_url, arguments=["mirror"], clock=lambda: NOW))
    stored = {one.found.name for one in found if one.outcome}
    assert stored == {"a\\nb\\u001b.md", "in/\\udcff\\udcfe.md", f"in/{'长' * 80}.md", "half.json"}
    told = {one.found.name for one in found if one.found.problem}
    assert {f"{kind}.md" for kind in DEEP} | {"void.md"} <= told
    assert not {"pipe.md", "link.md"} & {one.found.name for one in found}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_told_of(tmp_path: Path) -> None:
    for name in ("closed", "open"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_bytes(GOOD)
    (tmp_path / "closed").chmod(0)
    found = {one.name: one.problem for one in find([tmp_path])}
    (tmp_path / "closed").chmod(0o700)
    assert found["open/a.md"] is None
    assert [problem for name, problem in found.items() if "closed" in name] == ["Permission denied"]
