"""Exports of the crawled campus, read back with the tools of those they are for."""

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import bagit
import pyarrow.parquet
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from lxml import etree
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import body_of, load
from crawler.catalog import open_reader
from crawler.catalog.queries.selection import Selection, count, select
from crawler.errors import CrawlerError
from crawler.export import FORMATS, ExportError, Job, export
from crawler.items import Status
from tests import scrapy_process
from tests.crawl_harness import Crawled, environment

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def job(crawled: Crawled, **chosen: Any) -> Job:
    root = crawled.archive.root
    return Job(root=root, db=open_reader(root / "catalog.db"), selection=Selection(**chosen), now=NOW)


def written(crawled: Crawled, form: str, tmp_path: Path, **chosen: Any) -> tuple[Path, int]:
    work = job(crawled, **chosen)
    target = tmp_path / form
    number = export(work, form, target)
    work.db.close()
    return target, number


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def live(crawled: Crawled) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in crawled.archive.documents.values() if row["path"]}


def test_json_lines_lose_nothing(crawled: Crawled, tmp_path: Path) -> None:
    target, number = written(crawled, "jsonl", tmp_path)
    found = {row["id"]: row for row in lines(target)}
    rows = live(crawled)
    assert number == len(found) == len(rows)
    for name, row in rows.items():
        data = (crawled.archive.root / row["path"]).read_bytes()
        values, _ = load(data)
        one = found[name]
        assert one["body"] == body_of(data)
        assert (one["title"], one["url"], one["content_digest"]) == (row["title"], row["url"], row["content_digest"])
        assert one["published"] == row["published"]
        people = values["params"].get("people", {})
        assert [(p["role"], p["name"]) for p in one["people"]] == [(r, n) for r, names in people.items() for n in names]
        assert [m["url"] for m in one["media"]] == [m["url"] for m in values["params"].get("media", ())]
        assert [m.get("path") for m in one["media"]] == [m.get("path") for m in values["params"].get("media", ())]
        assert one["versions"][-1]["warc"].startswith("warc/")


@pytest.mark.parametrize(
    ("chosen", "condition"),
    [
        ({"sites": ["vsb"]}, lambda row: row["site"] == "vsb"),
        ({"universities": ["海岳大学"]}, lambda row: row["site"] == "enorth"),
        ({"since": date(2024, 5, 1)}, lambda row: (row["published"] or "") >= "2024-05-01"),
        ({"until": date(2024, 4, 30)}, lambda row: row["published"] and row["published"][:10] <= "2024-04-30"),
        ({"undated": True}, lambda row: row["published"] is None),
        ({"sources": ["保卫处"]}, lambda row: row["source"] == "保卫处"),
        ({"sections": ["综合新闻"]}, lambda row: "综合新闻" in (row["section"] or "").split(" / ")),
        ({"statuses": [Status.GONE]}, lambda row: row["status"] == "gone"),
        ({"sites": ["vsb"], "since": date(2024, 5, 1)}, lambda row: row["site"] == "vsb" and (row["published"] or "") >= "2024-05-01"),
    ],
)  # fmt: skip
def test_a_selection_is_what_a_scan_finds(crawled: Crawled, chosen: dict[str, Any], condition: Any) -> None:
    work = job(crawled, **chosen)
    found = [name for ids in select(work.db, work.selection) for name in ids]
    expected = {name for name, row in live(crawled).items() if condition(row)}
    assert set(found) == expected
    assert len(found) == count(work.db, work.selection)
    work.db.close()


def test_words_and_people_select(crawled: Crawled) -> None:
    work = job(crawled, words="图书馆 新馆", people=["林晓"])
    (found,) = [name for ids in select(work.db, work.selection) for name in ids]
    assert "图书馆" in live(crawled)[found]["title"]
    work.db.close()


def test_withheld_documents_are_in_no_selection(crawled: Crawled, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(crawled.archive.root, root)
    db = open_reader(root / "catalog.db")
    before = count(db, Selection())
    db.close()
    with sqlite3.connect(root / "catalog.db") as catalog:
        catalog.execute(
            "INSERT INTO withheld SELECT id, url, 'asked', '2026' FROM documents WHERE path NOTNULL LIMIT 1"
        )
    catalog.close()
    db = open_reader(root / "catalog.db")
    assert count(db, Selection()) == before - 1
    db.close()


def test_parquet_has_times_lists_and_structures(crawled: Crawled, tmp_path: Path) -> None:
    target, number = written(crawled, "parquet", tmp_path)
    rows = {row["id"]: row for row in pyarrow.parquet.read_table(target).to_pylist()}
    assert number == len(rows) == len(live(crawled))
    for name, row in live(crawled).items():
        published = datetime.fromisoformat(row["published"]) if row["published"] else None
        assert rows[name]["published"] == published
        assert rows[name]["title"] == row["title"]
    assert any(row["people"] and row["media"] and row["section"] for row in rows.values())


def test_parquet_without_its_library_is_told(crawled: Crawled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CrawlerError, match="the extra `parquet`"):
        written(crawled, "parquet", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["hugo", "hexo"])
def test_a_content_tree_has_every_page_and_its_media(crawled: Crawled, tmp_path: Path, form: str) -> None:
    target, number = written(crawled, form, tmp_path)
    pages = {load(page.read_bytes())[0]["slug"]: page for page in target.rglob("*.md")}
    assert number == len(pages) == len(live(crawled))
    linked = 0
    for name, page in pages.items():
        values, content = load(page.read_bytes())
        old_values, old_content = load((crawled.archive.root / live(crawled)[name]["path"]).read_bytes())
        assert {**old_values, "date": values["date"]} == values
        assert "../../../media" not in content
        assert content.count("<!--more-->") == old_content.count("<!--more-->")
        for medium in values["params"].get("media", ()):
            place = Path(medium["path"]).name if form == "hugo" else f"/{medium['path']}"
            there = page.parent / place if form == "hugo" else target / f"source{place}"
            assert f"]({place})" in content or f"<{medium['url']}>" in content  # an address that stands as its own text
            assert sha256(there.read_bytes()).hexdigest() == medium["sha256"]
            linked += 1
    assert linked > 5


def test_older_titles_are_those_of_the_mirrors(crawled: Crawled, tmp_path: Path) -> None:
    work = job(crawled, sites=["vsb"])
    export(
        Job(root=work.root, db=work.db, selection=work.selection, now=NOW, older_titles=True), "hexo", tmp_path / "x"
    )
    titles = {load(page.read_bytes())[0]["title"] for page in tmp_path.rglob("*.md")}
    netloc = crawled.campus.netloc("vsb")
    assert titles == {f"湖光大学->{row['title']} | {netloc}" for row in live(crawled).values() if row["site"] == "vsb"}
    work.db.close()


def test_feeds_hold_the_newest_of_each_site(crawled: Crawled, tmp_path: Path) -> None:
    work = job(crawled)
    few = Job(root=work.root, db=work.db, selection=work.selection, now=NOW, newest=3)
    export(few, "atom", tmp_path / "atom")
    export(few, "jsonfeed", tmp_path / "json")
    work.db.close()
    rows = sorted(
        (r for r in live(crawled).values() if r["site"] == "vsb" and r["published"]),
        key=lambda r: datetime.fromisoformat(r["published"]),
        reverse=True,
    )
    feed = etree.fromstring((tmp_path / "atom" / "vsb.atom").read_bytes())
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [f"urn:md5:{row['id']}" for row in rows[:3]]
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [row["title"] for row in rows[:3]]
    for one in (feed, *entries):
        assert one.findtext(f"{ATOM}updated")
    items = json.loads((tmp_path / "json" / "vsb.json").read_text("utf-8"))["items"]
    assert [item["url"] for item in items] == [row["url"] for row in rows[:3]]


def test_a_bag_validates_and_holds_evidence_and_catalog(crawled: Crawled, tmp_path: Path) -> None:
    target, number = written(crawled, "bagit", tmp_path)
    bag = bagit.Bag(str(target))
    bag.validate()
    payload = set(bag.payload_entries())
    assert number == len([path for path in payload if path.startswith("data/articles/")]) == len(live(crawled))
    assert {"data/catalog.db"} <= payload
    assert any(path.startswith("data/warc/") for path in payload)
    assert any(path.startswith("data/media/") for path in payload)


def test_a_wacz_is_valid_and_its_index_leads_to_every_page(crawled: Crawled, tmp_path: Path) -> None:
    target, number = written(crawled, "wacz", tmp_path)
    assert number == len(live(crawled))
    _check_wacz(target, tmp_path, crawled)


def test_a_wacz_of_a_selection_holds_its_pages_and_pictures_only(crawled: Crawled, tmp_path: Path) -> None:
    target, number = written(crawled, "wacz", tmp_path, sites=["vsb"], words="图书馆")
    assert 0 < number < 10
    urls = _check_wacz(target, tmp_path, crawled)
    assert {url.split("/")[2] for url in urls} == {crawled.campus.netloc("vsb")}
    assert any("__local" in url for url in urls)


def _check_wacz(target: Path, tmp_path: Path, crawled: Crawled) -> set[str]:
    named = tmp_path / "x.wacz"
    named.write_bytes(target.read_bytes())
    validated = subprocess.run(
        [Path(sys.executable).with_name("wacz"), "validate", "--file", named],
        capture_output=True,
        text=True,
        check=False,
    )
    assert validated.returncode == 0, validated.stdout
    with zipfile.ZipFile(named) as archive:
        pages = [json.loads(line) for line in archive.read("pages/pages.jsonl").decode().splitlines()][1:]
        index = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode().splitlines()
        warcs = {
            name.partition("/")[2]: archive.read(name) for name in archive.namelist() if name.startswith("archive/")
        }
    assert index == sorted(index)
    urls = set()
    for line in index:
        found = json.loads(line.split(" ", 2)[2])
        record = next(iter(ArchiveIterator(BytesIO(warcs[found["filename"]][int(found["offset"]) :]))))
        assert record.rec_headers.get_header("WARC-Target-URI") == found["url"]
        urls.add(found["url"])
    assert {page["url"] for page in pages} <= urls
    for data in warcs.values():
        assert sum(1 for _ in FastIterator(BytesIO(data))) == sum(1 for _ in ArchiveIterator(BytesIO(data)))
    return urls


def test_the_index_names_every_response(crawled: Crawled, tmp_path: Path) -> None:
    target, number = written(crawled, "cdxj", tmp_path)
    assert number == len(list(crawled.archive.root.glob("warc/*")))
    urls = {json.loads(line.split(" ", 2)[2])["url"] for line in target.read_text("utf-8").splitlines()}
    answered = "SELECT fetch_url FROM links JOIN visits USING (url) WHERE status = 200 AND final_url IS NULL"
    assert set(crawled.archive.values(answered)) <= urls


def test_what_stands_there_is_kept_and_what_fails_leaves_nothing(
    crawled: Crawled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "there"
    target.write_text("mine")
    work = job(crawled)
    with pytest.raises(ExportError, match="there is something already"):
        export(work, "jsonl", target)
    assert target.read_text() == "mine"
    with pytest.raises(ExportError, match="inside the archive"):
        export(work, "jsonl", work.root / "x.jsonl")

    def break_off(_job: Job, path: Path) -> int:
        path.write_text("half")
        raise OSError("disk full")

    monkeypatch.setitem(FORMATS, "jsonl", break_off)
    with pytest.raises(OSError, match="disk full"):
        export(work, "jsonl", tmp_path / "new")
    work.db.close()
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_folder_that_holds_the_archive_or_us_is_never_replaced(
    crawled: Crawled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, beside = tmp_path / "home" / "archive", tmp_path / "home" / "thesis.txt"
    shutil.copytree(crawled.archive.root, root)
    beside.write_text("mine")
    work = Job(root=root, db=open_reader(root / "catalog.db"), selection=Selection(), now=NOW)
    (tmp_path / "link").symlink_to(root.parent)
    for target in (root.parent, root, root / "x", tmp_path / "link"):
        with pytest.raises(ExportError, match="the archive"):
            export(work, "hugo", target, replace=True)
    work.db.close()
    (tmp_path / "here" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "deep")
    work = job(crawled)
    for here in (Path(), Path(".."), tmp_path / "here"):
        with pytest.raises(ExportError, match="you are in"):
            export(work, "hugo", here, replace=True)
    work.db.close()
    assert beside.read_text() == "mine"
    assert (root / "catalog.db").is_file()


def run(crawled: Crawled, *arguments: str) -> subprocess.CompletedProcess[str]:
    return scrapy_process.run("export", *arguments, "-s", f"ARCHIVE_DIR={crawled.archive.root}", env=environment())


def test_the_command_streams_says_what_is_wrong_and_that_nothing_is_selected(crawled: Crawled, tmp_path: Path) -> None:
    streamed = run(crawled, "jsonl", "--to", "-", "--site", "enorth")
    assert streamed.returncode == 0, streamed.stderr
    assert {json.loads(line)["site"] for line in streamed.stdout.splitlines()} == {"enorth"}
    assert run(crawled, "docx").returncode == 2
    assert run(crawled, "atom", "--to", "-").returncode == 2
    nothing = run(crawled, "jsonl", "--to", str(tmp_path / "x"), "--search", "不存在的词语组合")
    assert (nothing.returncode, "nothing is selected" in nothing.stderr) == (4, True)
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_made_again_has_the_same_bytes_and_says_what_it_is(crawled: Crawled, tmp_path: Path) -> None:
    first, number = written(crawled, "corpus", tmp_path / "a", sites=["vsb"])
    again, _ = written(crawled, "corpus", tmp_path / "b", sites=["vsb"])
    files = {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    told = json.loads(files[Path("corpus.json")])
    assert (told["query"], told["documents"]) == ({"sites": ["vsb"]}, number)
    sums = {line[66:]: line[:64] for line in files[Path("SHA256SUMS")].decode().splitlines()}
    assert sums == {
        str(path): sha256(data).hexdigest()
        for path, data in files.items()
        if path.name not in ("SHA256SUMS", "README.md")
    }
    assert sha256(files[Path("SHA256SUMS")]).hexdigest() in files[Path("README.md")].decode()
