"""`scrapy extract`: one JSON object a page, in the order given, whatever the pages are."""

import argparse
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands.extract import NOWHERE, Command, Job, read_manifest, to_json
from crawler.items import Kind, Reading, Reason
from tests.pages import Case, cases

ROOT = Path(__file__).parent.parent


def extract(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "extract", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def printed(*arguments: str) -> list[dict[str, Any]]:
    ended = extract(*arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.fixture(scope="module")
def golden() -> list[Case]:
    """Return the golden pages; the command reads them without their headers."""
    return [case for case in cases() if not case.about.get("wrong")]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, golden: list[Case]) -> list[dict[str, Any]]:
    """What one run prints of every golden page, and of what is no page."""
    base = tmp_path_factory.mktemp("extract")
    (base / "binary.html").write_bytes(b"%PDF-1.7")
    (base / "empty.html").write_bytes(b"")
    (base / "cut.html.gz").write_bytes(gzip.compress(b"<p>x" * 1000)[:-20])
    rows = []
    for number, case in enumerate(golden):
        (base / f"{number}.html.gz").write_bytes(gzip.compress(case.capture().body))
        rows.append(f"{number}.html.gz\t{case.about['url']}")
    rows += [
        "binary.html\thttps://a.edu.cn/1",
        "",
        "empty.html\thttps://a.edu.cn/2",
        "cut.html.gz",
        "missing.html\t",
        "0.html.gz\tftp://a.edu.cn/",
    ]
    (base / "manifest.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return printed("--manifest", str(base / "manifest.tsv"), "--base", str(base))


def test_every_page_is_one_line_in_the_order_given(read: list[dict[str, Any]], golden: list[Case]):
    files = [f"{number}.html.gz" for number in range(len(golden))]
    assert [line["file"] for line in read] == [
        *files,
        "binary.html",
        "empty.html",
        "cut.html.gz",
        "missing.html",
        "0.html.gz",
    ]


def test_a_page_is_read_as_in_a_crawl(read: list[dict[str, Any]], golden: list[Case]):
    for line, case in zip(read, golden, strict=False):
        expected = case.expected
        assert line["url"] == case.about["url"]
        assert line["kind"] == expected["kind"], case.name
        assert (line.get("body") or "").strip() == (expected.get("body") or "").strip(), case.name
        assert line.get("people") in (expected.get("people", {}), None), case.name
        assert line["title"] == expected.get("title", line["title"]), case.name


def test_what_is_no_page_is_a_line_that_says_why(read: list[dict[str, Any]], golden: list[Case]):
    binary, empty, cut, missing, elsewhere = read[len(golden) :]
    assert (binary["kind"], binary["reason"]) == ("other", "not_html")
    assert "empty page" in empty["error"]
    assert "error" in cut
    assert "missing.html" in missing["error"]
    assert missing["url"] == ""
    assert "error" in elsewhere
    assert all(line["kind"] == "other" for line in (empty, cut, missing, elsewhere))


def test_a_page_without_an_address_is_read():
    page = ROOT / "tests/pages/vsb/article/page.html"
    (line,) = printed(str(page))
    assert (line["file"], line["url"], line["kind"], line["family"]) == (str(page), "", "article", "vsb")
    assert line["images"] == [f"{NOWHERE.rpartition('/')[0]}/__local/1/2A/full.jpg"]


def test_published_is_as_precise_as_the_page(read: list[dict[str, Any]], golden: list[Case]):
    shown = {case.name: line.get("published") for case, line in zip(golden, read, strict=False)}
    assert shown["unknown/poem"] == "2024-04-05"
    assert shown["vsb/article"] == "2024-03-12T16:20+08:00"
    assert shown["unknown/hot-lists"] == "2024-03-22T07:15:30+08:00"
    assert shown["unknown/event"] is None


@pytest.fixture
def command() -> Command:
    command = Command()
    command.settings = Settings({"SEEDS_DIR": str(ROOT / "seeds")})
    return command


@pytest.mark.parametrize(
    ("args", "options", "told"),
    [
        ([], {}, "name a page"),
        (["a.html", "b.html"], {"url": "https://a.cn/"}, "--url goes with one page"),
        ([], {"url": "https://a.cn/"}, "--url goes with one page"),
        ([], {"manifest": "nowhere.tsv"}, "--manifest nowhere.tsv"),
    ],
)
def test_a_mistake_is_told_before_anything_is_read(
    command: Command, args: list[str], options: dict[str, str], told: str
):
    with pytest.raises(UsageError, match=told):
        command.run(args, argparse.Namespace(**{"url": "", "manifest": None, "base": "", **options}))


def test_a_mistake_ends_with_2():
    ended = extract()
    assert ended.returncode == 2
    assert "name a page" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_manifest_may_leave_addresses_out(tmp_path: Path):
    manifest = tmp_path / "m.tsv"
    manifest.write_text("a.html\thttps://a.cn/ \n\nb.html\nc.html\t\n", encoding="utf-8")
    assert [(job.file, job.path, job.url) for job in read_manifest(manifest, Path("base"))] == [
        ("a.html", Path("base/a.html"), "https://a.cn/"),
        ("b.html", Path("base/b.html"), ""),
        ("c.html", Path("base/c.html"), ""),
    ]


def test_a_manifest_that_is_no_text_is_a_mistake(tmp_path: Path):
    (tmp_path / "m.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"m\.tsv"):
        list(read_manifest(tmp_path / "m.tsv", tmp_path))


def test_a_wall_says_its_reason():
    job = Job(file="a.html", path=Path("a.html"), url="")
    line = to_json(job, Reading(kind=Kind.WALL, reason=Reason.LOGIN, title="登录"), None)
    assert line == {"file": "a.html", "url": "", "kind": "wall", "family": None, "reason": "login", "title": "登录"}
