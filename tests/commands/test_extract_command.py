"""`scrapy extract` on files: one JSON object a page, in the order given, whatever the pages are. On URLs: test_extract_urls.py."""

import argparse
import gzip
import json
import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.commands.extract import Command, asked_for, read_manifest, to_json
from crawler.items import Kind, Reading, Reason
from crawler.spiders.pages import NOWHERE, PageResult, PageSource
from tests.crawl_harness import PROJECT, environment
from tests.extract_harness import KEYS, PAGE, extract, lines_of
from tests.golden import Case, cases
from tests.scrapy_process import start


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
    return lines_of("--manifest", str(base / "manifest.tsv"), "--base", str(base))


def test_every_page_is_one_line_in_the_order_given(read: list[dict[str, Any]], golden: list[Case]) -> None:
    files = [f"{number}.html.gz" for number in range(len(golden))]
    assert [line["file"] for line in read] == [
        *files,
        "binary.html",
        "empty.html",
        "cut.html.gz",
        "missing.html",
        "0.html.gz",
    ]


def test_a_page_is_read_as_in_a_crawl(read: list[dict[str, Any]], golden: list[Case]) -> None:
    for line, case in zip(read, golden, strict=False):
        expected = case.expected
        assert line["url"] == case.about["url"]
        assert line["kind"] == expected["kind"], case.name
        assert (line.get("body") or "").strip() == (expected.get("body") or "").strip(), case.name
        assert line.get("people") in (expected.get("people", {}), None), case.name
        assert line["title"] == expected.get("title", line["title"]), case.name


def test_what_is_no_page_is_a_line_that_says_why(read: list[dict[str, Any]], golden: list[Case]) -> None:
    binary, empty, cut, missing, elsewhere = read[len(golden) :]
    assert (binary["kind"], binary["reason"]) == ("other", "not_html")
    assert (empty["error"], empty["reason"]) == ("https://a.edu.cn/2: an empty page", "no_content")
    assert cut["error"].endswith("cut.html.gz: Compressed file ended before the end-of-stream marker was reached")
    assert missing["error"].endswith("missing.html: No such file or directory")
    assert missing["url"] == ""
    assert "expected the URL" in elsewhere["error"]
    assert all(line["kind"] == "other" for line in (empty, cut, missing, elsewhere))


def test_every_line_has_the_same_keys(read: list[dict[str, Any]]) -> None:
    for line in read:
        assert list(line)[: len(KEYS)] == KEYS
        assert set(list(line)[len(KEYS) :]) <= {"error", "reason"}
    absent = read[-1]
    assert {key: absent[key] for key in KEYS[3:]} == {
        **dict.fromkeys(KEYS[3:]),
        **{key: [] for key in ("section", "images", "captions", "attachments", "videos", "dropped")},
        "people": {},
        "provenance": {},
    }


def test_a_page_without_an_address_is_read() -> None:
    (line,) = lines_of(PAGE)
    assert (line["file"], line["url"], line["kind"], line["family"]) == (PAGE, "", "article", "vsb")
    assert line["images"] == [f"{NOWHERE.rpartition('/')[0]}/__local/1/2A/full.jpg"]


def test_published_is_as_precise_as_the_page(read: list[dict[str, Any]], golden: list[Case]) -> None:
    shown = {case.name: line["published"] for case, line in zip(golden, read, strict=False)}
    assert shown["unknown/poem"] == "2024-04-05"
    assert shown["vsb/article"] == "2024-03-12T16:20+08:00"
    assert shown["unknown/hot-lists"] == "2024-03-22T07:15:30+08:00"
    assert shown["unknown/event"] is None


def test_what_cannot_be_opened_costs_no_other_page(tmp_path: Path) -> None:
    (tmp_path / "zero.html").touch()
    (tmp_path / "large.html").write_bytes(b"<p>" + b"x" * 5000)
    (tmp_path / "manifest.tsv").write_text(f"a\0b.html\n{PROJECT / PAGE}\n", encoding="utf-8")
    no_utf8 = os.fsdecode(b"\xb5\xda.html")
    names = ["zero.html", ".", "zero.html/page.html", "large.html", no_utf8, str(PROJECT / PAGE), "a\0b.html"]
    ended = extract(
        *names[:-2], "--base", tmp_path, "--manifest", tmp_path / "manifest.tsv", "-s", "DOWNLOAD_MAXSIZE=5000"
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = [json.loads(line) for line in ended.stdout.split("\n")[:-1]]
    assert [line["file"] for line in lines] == [*names[:-2], names[-1], names[-2]]
    zero, folder, below, large, missing, impossible, page = lines
    assert zero["error"] == "zero.html: an empty page"
    assert folder["error"] == f"{tmp_path}: Is a directory"
    assert below["error"].endswith("Not a directory")
    assert large["reason"] == "too_large"
    assert missing["error"].endswith("No such file or directory")
    assert "null byte" in impossible["error"]
    assert page["kind"] == "article"  # a path that is absolute is not relative to --base


def test_a_page_may_come_through_a_pipe() -> None:
    ended = extract("/dev/stdin", stdin=(PROJECT / PAGE).read_text("utf-8"))
    assert json.loads(ended.stdout)["kind"] == "article"


def test_who_reads_one_line_and_goes_ends_it_quietly() -> None:
    reader, writer = os.pipe()
    with TemporaryFile() as told:
        with start("extract", *[PAGE] * 40, env=environment(), files=(0, writer, told.fileno())) as process:
            os.close(writer)
            with os.fdopen(reader) as lines:
                assert json.loads(lines.readline())["kind"] == "article"
            assert process.wait() == 0
        told.seek(0)
        assert told.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_an_output_that_cannot_be_written_ends_with_1() -> None:
    with Path("/dev/full").open("w") as full:
        ended = extract(PAGE, PAGE, stdout=full)
    assert ended.returncode == 1
    assert ended.stderr.startswith("scrapy extract: the output cannot be written: ")
    assert len(ended.stderr.splitlines()) == 1


def test_a_wrong_site_file_is_told_and_stops_no_page(tmp_path: Path) -> None:
    (tmp_path / "lake.yaml").write_text("familly: vsb\n", encoding="utf-8")
    ended = extract(PAGE, "-s", f"SEEDS_DIR={tmp_path}")
    assert ended.returncode == 0
    assert f"{tmp_path}/lake.yaml: familly: " in ended.stderr
    assert json.loads(ended.stdout)["kind"] == "article"


@pytest.fixture
def command() -> Command:
    command = Command()
    command.settings = Settings({"SEEDS_DIR": str(PROJECT / "seeds")})
    return command


def options(**given: str) -> argparse.Namespace:
    return argparse.Namespace(**{"url": "", "manifest": None, "base": "", **given})


@pytest.mark.parametrize(
    ("args", "given", "told"),
    [
        ([], {}, "expected a page"),
        (["a.html", "b.html"], {"url": "https://a.cn/"}, "--url goes with one file"),
        ([], {"url": "https://a.cn/", "manifest": "m.tsv"}, "--url goes with one file"),
        (["https://a.cn/"], {"url": "https://a.cn/"}, "--url goes with one file"),
        ([], {"manifest": "nowhere.tsv"}, "--manifest nowhere.tsv"),
    ],
)
def test_a_mistake_is_told_before_anything_is_read(
    command: Command, args: list[str], given: dict[str, str], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        command.run(args, options(**given))


def test_a_replay_that_cannot_be_read_is_a_mistake(command: Command) -> None:
    assert command.settings is not None
    command.settings.set("REPLAY_WARC", "nowhere.warc.gz")
    with pytest.raises(UsageError, match=r"nowhere\.warc\.gz"):
        command.run([PAGE], options())


def test_a_mistake_ends_with_2() -> None:
    ended = extract()
    assert ended.returncode == 2
    assert "expected a page" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_manifest_may_come_from_any_system(tmp_path: Path, end: str, mark: str) -> None:
    lines = ["a.html\thttps://a.cn/ ", "", "b\u2028.html", "c.html\t", "d.html\thttps://a.cn/4\tnote", "https://a.cn/5"]
    (tmp_path / "m.tsv").write_bytes((mark + end.join(lines)).encode())
    assert [(page.name, page.path, page.url) for page in read_manifest(tmp_path / "m.tsv", Path("base"))] == [
        ("a.html", Path("base/a.html"), "https://a.cn/"),
        ("b\u2028.html", Path("base/b\u2028.html"), ""),
        ("c.html", Path("base/c.html"), ""),
        ("d.html", Path("base/d.html"), "https://a.cn/4"),
        ("https://a.cn/5", None, "https://a.cn/5"),
    ]


def test_an_empty_manifest_names_no_page(tmp_path: Path) -> None:
    (tmp_path / "m.tsv").touch()
    assert list(asked_for([], options(manifest=str(tmp_path / "m.tsv")))) == []


def test_a_manifest_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "m.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"m\.tsv"):
        list(read_manifest(tmp_path / "m.tsv", tmp_path))


def test_a_wall_says_its_reason() -> None:
    asked = PageSource(name="a.html", path=Path("a.html"))
    line = to_json(PageResult(asked=asked, url="", reading=Reading(kind=Kind.WALL, reason=Reason.LOGIN, title="登录")))
    assert (line["kind"], line["reason"], line["title"], line["body"]) == ("wall", "login", "登录", None)
    assert "error" not in line


def test_the_rules_of_every_family_can_be_switched_off() -> None:
    (line,) = lines_of("--family", "none", PAGE)
    assert (line["kind"], line["family"]) == ("article", "none")
    assert line["body"]
    assert "vsb" not in line["provenance"].values()
