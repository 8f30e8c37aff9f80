"""Rebuild: what the evidence tells is all that is needed; and documents read again say what would differ before it does."""

import base64
import json
import re
import shutil
import sqlite3
import zlib
from argparse import Namespace
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.archive.layout import BEFORE_REBUILD, REBUILDING
from crawler.archive.staging import complete_install, install, stage_beside
from crawler.errors import CrawlerError
from crawler.ingest import Visited, store
from crawler.items import Exchange, Expectations, Hours, Layout, Link, Outcome, Reason, Role, Site
from crawler.rebuild import remake
from crawler.runs.lock import lock
from crawler.runs.run import Run
from crawler.sites.definition import site_as_json, site_from_json
from crawler.warc import further_at, read_members, whole_bytes
from tests import scrapy_process
from tests.ageing import environment as on_day
from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.campus.stories.vsb import NEWS
from tests.crawl_harness import Archive, Crawled, crawl, environment
from tests.mirror_files import cut_word
from tests.rebuild_harness import evidence_alone, files, rebuild, tables

HELD = b"GIF89a" + bytes.fromhex("28001e00800000ffffff000000") + b"," + bytes(900) + b";"  # 40 x 30 pixels


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Two sites that were crawled, changed, and crawled again: versions, 304s, equal pages, duplicates, refusals, media, an import.

    One of its pages holds a picture itself.
    """
    folder = tmp_path_factory.mktemp("twice")
    with Campus(validators=True) as campus, pytest.MonkeyPatch.context() as patch:
        write_seeds(folder / "seeds", campus.port)
        page, text = campus.pages["vsb", NEWS[1].path], "下一站比赛将于九月举行。</p>".encode()
        written = f'<p><img src="data:image/gif;base64,{base64.b64encode(HELD).decode()}"></p>'.encode()
        assert text in page.body
        campus.pages["vsb", NEWS[1].path] = replace(page, body=page.body.replace(text, text + written))
        for day, arguments in ((0, ()), (5, ()), (41, ("-a", "full=1"))):
            patch.setenv("AGEING_DAY", str(day))
            if day == 41:
                page = campus.pages["vsb", NEWS[0].path]
                edited = page.body.replace("四万二千平方米".encode(), "四万三千平方米".encode())
                campus.pages["vsb", NEWS[0].path] = replace(page, body=edited)
            ended = crawl(
                folder / "archive",
                "-a",
                "site=vsb,webplus",
                *arguments,
                seeds=folder / "seeds",
                CLOCK="tests.ageing.clock",
            )
            assert ended.code in (0, 7), ended
    (folder / "old.md").write_bytes(cut_word())
    settings = {"ARCHIVE_DIR": folder / "archive", "SEEDS_DIR": folder / "seeds", "CLOCK": "tests.ageing.clock"}
    given = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    assert scrapy_process.run("import", folder / "old.md", *given, env=on_day(42)).returncode == 0
    return Archive(folder / "archive")


@pytest.fixture
def copy(twice: Archive, tmp_path: Path) -> Archive:
    shutil.copytree(twice.root, tmp_path / "copy")
    return Archive(tmp_path / "copy")


def test_the_evidence_alone_gives_the_same_bytes_and_the_same_rows(twice: Archive, tmp_path: Path) -> None:
    root = evidence_alone(twice.root, tmp_path / "again")
    outcomes = set(twice.values("SELECT DISTINCT outcome FROM visits"))
    assert outcomes >= {
        "new",
        "changed",
        "unchanged",
        "not_modified",
        "duplicate",
        "listed",
        "gone",
        "refused",
    }
    ended = rebuild(root, "--json")
    assert ended.returncode == 0, ended
    said = json.loads(ended.stdout)
    assert (said["written"], said["lost"], said["left_out"]) == (True, [], [])
    assert files(root) == files(twice.root)
    assert any(path.startswith("versions/") for path in files(root))
    assert any(path.startswith("media/") for path in files(root))
    assert HELD in files(root).values()
    again, before = tables(root), tables(twice.root)
    imported = {"links", "sites"}  # of an import the evidence does not tell when it was
    for name in before.keys() - imported:
        assert again[name] == before[name], name
    assert {row[1] for row in again["links"]} == {row[1] for row in before["links"]}
    Archive(root).check()
    assert not (root / REBUILDING).exists()


def test_a_rebuild_beside_a_catalog_is_put_in_its_place_and_keeps_the_old_one(copy: Archive) -> None:
    before = files(copy.root)
    changed = next(copy.root.glob("articles/**/*.md"))
    changed.write_bytes(b"spoilt")
    next(copy.root.glob("media/*/*")).unlink()
    trial = rebuild(copy.root, "--from-evidence", "--dry-run")
    assert (trial.returncode, changed.read_bytes()) == (0, b"spoilt")
    assert "nothing was written" in trial.stdout
    ended = rebuild(copy.root, "--from-evidence")
    assert ended.returncode == 0, ended
    assert files(copy.root) == before
    assert (copy.root / BEFORE_REBUILD / changed.relative_to(copy.root)).read_bytes() == b"spoilt"
    assert (copy.root / BEFORE_REBUILD / "catalog.db").exists()


def test_a_rebuild_that_is_interrupted_changes_nothing(copy: Archive) -> None:
    before, held = files(copy.root), tables(copy.root)

    def fail(_: Path) -> None:
        raise KeyboardInterrupt

    with lock(copy.root), pytest.raises(KeyboardInterrupt):
        remake(copy.root, processes=1, advance=fail)
    assert (files(copy.root), tables(copy.root)) == (before, held)
    copy.check()
    with lock(copy.root):
        assert remake(copy.root, processes=1).is_in_place
    assert files(copy.root) == before


def test_a_rebuild_that_dies_while_it_is_put_in_place_is_finished_by_the_next_run(
    copy: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rename = files(copy.root), Path.rename

    def dying(self: Path, target: Path) -> Path:
        if self == copy.root / REBUILDING / "articles":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dying)
    with lock(copy.root), pytest.raises(KeyboardInterrupt):
        remake(copy.root, processes=1)
    monkeypatch.setattr(Path, "rename", rename)
    assert files(copy.root) != before
    Run.open(copy.root, (), arguments={}, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC)).close()
    assert files(copy.root) == before
    copy.check()


@pytest.mark.parametrize("done", range(7))
def test_an_installation_that_dies_is_finished(tmp_path: Path, done: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of the renames were done."""
    for name in ("catalog.db", "articles/a.md", "versions/v.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("old")
    beside = stage_beside(tmp_path)
    (beside / "catalog.db").write_text("new")
    (beside / "articles").mkdir()
    (beside / "articles/a.md").write_text("new")
    rename, left = Path.rename, [done]

    def dying(self: Path, target: Path) -> Path:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dying)
    try:
        install(tmp_path)
    except KeyboardInterrupt:
        monkeypatch.setattr(Path, "rename", rename)
        assert complete_install(tmp_path)
    assert not complete_install(tmp_path)
    assert ((tmp_path / "catalog.db").read_text(), (tmp_path / "articles/a.md").read_text()) == ("new", "new")
    assert list((tmp_path / "versions").iterdir()) == []
    assert (tmp_path / BEFORE_REBUILD / "versions/v.md").read_text() == "old"
    assert (tmp_path / BEFORE_REBUILD / "catalog.db").read_text() == "old"


def test_documents_without_evidence_are_not_lost_unasked(copy: Archive) -> None:
    before = files(copy.root)
    for file in copy.root.glob("warc/*.warc.gz"):
        if any(b"\r\nWARC-Type: resource\r\n" in (member.content or b"") for member in read_members(file)):
            file.unlink()  # the import
    ended = rebuild(copy.root, "--from-evidence")
    assert ended.returncode == 1
    assert "1 documents of the catalog are not told of by the evidence" in ended.stderr
    assert files(copy.root) == before
    assert rebuild(copy.root, "--from-evidence", "--may-lose").returncode == 0
    assert len(files(copy.root)) == len(before) - 1


def test_a_withheld_document_stays_withheld(copy: Archive) -> None:
    url = copy.values("SELECT url FROM documents WHERE path NOTNULL LIMIT 1")[0]
    settings = ["-s", f"ARCHIVE_DIR={copy.root}"]
    assert scrapy_process.run("withhold", url, "--reason", "asked", *settings, env=environment()).returncode == 0
    before = files(copy.root)
    assert rebuild(copy.root, "--from-evidence").returncode == 0
    assert files(copy.root) == before
    assert Archive(copy.root).values("SELECT url FROM withheld") == [url]
    assert Archive(copy.root).values("SELECT path FROM documents WHERE url = ?", url) == [None]


def test_what_a_broken_tombstone_stands_for_does_not_come_back(copy: Archive) -> None:
    (document,) = copy.values("SELECT id FROM documents WHERE path NOTNULL LIMIT 1")
    (copy.root / "withheld").mkdir()
    (copy.root / f"withheld/{document}.json").write_text("{}")
    with lock(copy.root), pytest.raises(CrawlerError, match=document):
        remake(copy.root, processes=1)
    copy.check()


def test_the_lock_of_a_run_is_respected(copy: Archive) -> None:
    with lock(copy.root):
        assert rebuild(copy.root, "--from-evidence").returncode == 5
        assert rebuild(copy.root).returncode == 5
        assert rebuild(copy.root, "--dry-run").returncode == 0


def test_mistakes_are_told(tmp_path: Path, copy: Archive) -> None:
    assert rebuild(tmp_path / "nothing").returncode == 2
    assert rebuild(copy.root, "--url", "https://nowhere.example/").returncode == 2
    assert rebuild(copy.root, "--from-evidence", "--site", "vsb").returncode == 2


def test_what_today_s_rules_read_is_what_stands(twice: Archive) -> None:
    said = json.loads(rebuild(twice.root, "--dry-run", "--json").stdout)
    assert (said["different"], said["written"], said["unread"]) == (0, None, [])
    assert said["read"] == len(twice.values("SELECT id FROM documents WHERE duplicate_of IS NULL"))


def spoil(archive: Archive, document: str) -> bytes:
    """Let a document hold what worse rules read; return its true bytes."""
    (path,) = archive.values("SELECT path FROM documents WHERE id = ?", document)
    whole: bytes = (archive.root / path).read_bytes()
    (archive.root / path).write_bytes(whole.replace("学校".encode(), "学校学校".encode()))
    with closing(sqlite3.connect(archive.root / "catalog.db")) as db, db:
        db.execute(
            "UPDATE documents SET title = 'x', content_digest = 'sha256:0', confidence = 0.1 WHERE id = ?", [document]
        )
        db.execute("UPDATE versions SET content_digest = 'sha256:0' WHERE document = ?", [document])
    return whole


def test_a_document_that_reads_otherwise_is_shown_and_mended_in_place(copy: Archive) -> None:
    document, path, url, version, title = (
        copy.rows(
            "SELECT id, path, url, version, title FROM documents WHERE version = 1 AND path NOTNULL AND site = 'vsb' LIMIT 1"
        )[0]
    ).values()
    whole = spoil(copy, document)
    trial = json.loads(rebuild(copy.root, "--dry-run", "--json", "--site", "vsb").stdout)
    assert (trial["different"], trial["samples"][0]["url"]) == (1, url)
    assert trial["samples"][0]["changes"]["title"] == f"x → {title}"
    assert trial["samples"][0]["confidence"][0] == 0.1
    ended = rebuild(copy.root, "--url", url)
    assert "1 documents were written anew" in ended.stdout, ended
    assert (copy.root / path).read_bytes() == whole
    assert copy.values("SELECT version FROM documents WHERE id = ?", document) == [version]
    assert json.loads(rebuild(copy.root, "--dry-run", "--json").stdout)["different"] == 0
    copy.check()


def test_a_document_of_which_any_field_reads_otherwise_is_mended(copy: Archive, tmp_path: Path) -> None:
    """Not title and body alone: a value that is shown nowhere but in its file, the spelling of a paragraph, the name of its university."""
    first, second = copy.rows(
        "SELECT id, url, path FROM documents WHERE site = 'vsb' AND path NOTNULL ORDER BY url LIMIT 2"
    )
    files = write_seeds(tmp_path / "seeds", urlsplit(first["url"]).port or 0)
    file = next(file for file in files if file.stem == "vsb")
    file.write_text(file.read_text("utf-8").replace("name: 湖光大学", "name: 新名大学"), "utf-8")
    right = {row["path"]: (copy.root / row["path"]).read_bytes() for row in (first, second)}
    for row, (old, new) in zip(
        (first, second), ((b"provenance:", b"confidence: 0.1\n  provenance:"), (b"\n\n", b"\n\n\n")), strict=True
    ):
        (copy.root / row["path"]).write_bytes(new.join(right[row["path"]].rsplit(old, 1)))
    ended = rebuild(copy.root, "--json", "--url", first["url"], "--url", second["url"], seeds=tmp_path / "seeds")
    assert json.loads(ended.stdout)["written"] == 2, ended
    named = [name.encode() for name in ("湖光大学]\nauthorbox", "新名大学]\nauthorbox")]
    assert {path: (copy.root / path).read_bytes() for path in right} == {
        path: data.replace(*named) for path, data in right.items()
    }
    copy.check()


def test_a_document_that_reads_otherwise_becomes_a_version_where_that_is_asked_for(copy: Archive) -> None:
    (row,) = copy.rows(
        "SELECT id, path, url, title FROM documents WHERE version = 1 AND path NOTNULL AND site = 'vsb' LIMIT 1"
    )
    spoil(copy, row["id"])
    spoilt = (copy.root / row["path"]).read_bytes()
    ended = rebuild(copy.root, "--versions", "--url", row["url"])
    assert ended.returncode == 0, ended
    older, newer = copy.rows(
        "SELECT version, path, title, visit FROM versions WHERE document = ? ORDER BY version", row["id"]
    )
    assert (copy.root / older["path"]).read_bytes() == spoilt
    assert (newer["version"], newer["title"], newer["visit"]) == (2, row["title"], older["visit"])
    assert copy.values("SELECT field FROM changes WHERE document = ? AND kind = 'version' LIMIT 1", row["id"]) == [
        "title"
    ]
    copy.check()


def members_of(file: Path) -> list[bytes]:
    data = file.read_bytes()
    return [data[member.offset : member.end] for member in read_members(file)]


def without_fields(member: bytes) -> bytes:
    """Return a record as a release wrote it that did not say what it was for."""
    plain = zlib.decompress(member, zlib.MAX_WBITS + 16)
    head, blank, body = plain.partition(b"\r\n\r\n")
    if b"WARC-Type: warcinfo" in head:
        body = re.sub(rb"(?m)^(started|arguments|media): .*\r\n", b"", body)
        block = len(body) - len(b"\r\n\r\n")
        head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % block, head)
        head = re.sub(rb"\r\nWARC-[A-Za-z]+-Digest: \S+", b"", head)
    head = re.sub(rb"\r\nArchive-[A-Za-z]+: [^\r]*", b"", head)
    gzip = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return gzip.compress(head + blank + body) + gzip.flush()


def test_evidence_of_older_releases_gives_the_documents_it_holds(crawled: Crawled, tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    for file in crawled.archive.root.glob("warc/*.warc.gz"):
        kept = map(without_fields, members_of(file))
        (tmp_path / "warc" / file.name).write_bytes(b"".join(kept))
    with lock(tmp_path):
        remade = remake(tmp_path, processes=1)
    again = Archive(tmp_path)
    assert remade.documents == len(crawled.archive.documents)
    assert set(again.documents) == set(crawled.archive.documents)
    digests = "SELECT id, content_digest, status FROM documents ORDER BY id"
    assert [row for row in again.rows(digests) if row not in crawled.archive.rows(digests)] == [
        row for row in again.rows(digests) if row["id"] in of_several_pages(crawled.archive)
    ]


def of_several_pages(archive: Archive) -> set[str]:
    found = archive.rows("SELECT warc, warc_offset, document FROM visits WHERE document NOTNULL")
    return {row["document"] for row in found if further_at(archive.root / row["warc"], row["warc_offset"])}


def test_every_file_passes_two_readers(twice: Archive) -> None:
    for file in twice.root.glob("warc/*.warc.gz"):
        assert Checker(Namespace(inputs=[str(file)], verbose=True)).process_all() == 0
        with file.open("rb") as stream:
            ours = [record.rec_headers.get_header("WARC-Record-ID") for record in ArchiveIterator(stream)]
        with file.open("rb") as stream:
            theirs = [
                (record.record_id, record.verify_block_digest()) for record in FastIterator(stream, parse_http=False)
            ]
        assert [record_id for record_id, _ in theirs] == ours
        assert all(is_right for _, is_right in theirs)
        assert whole_bytes(file) == file.stat().st_size


@pytest.mark.parametrize("cut", [1, 8, 9, 40, 200])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_torn_last_record_is_cut_off_at_the_next_start(copy: Archive, cut: int, is_known: bool) -> None:
    """Also of a run that the catalog never heard of: an archive that was copied while it was written."""
    file = min(copy.root.glob("warc/*.warc.gz"))
    members = members_of(file)
    run = file.name.removesuffix("-00000.warc.gz")
    other = file.with_name(file.name if is_known else f"2026{file.name[4:]}".replace(run[-6:], "ffffff"))
    whole = file.stat().st_size - len(members[-1])
    other.write_bytes(b"".join(members[:-1]) + members[-1][: max(len(members[-1]) - cut, 1)])
    if is_known:
        with closing(sqlite3.connect(copy.root / "catalog.db")) as db, db:
            db.execute("UPDATE runs SET state = 'running', finished = NULL WHERE run = ?", [run])
    Run.open(copy.root, (), arguments={}, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC)).close()
    assert other.stat().st_size == whole
    assert Checker(Namespace(inputs=[str(other)], verbose=True)).process_all() == 0


def test_attempts_that_came_to_nothing_are_made_again_as_they_were(tmp_path: Path) -> None:
    """With and without a response; at an address spelt otherwise; with a sentence no field of a record may hold as it is."""
    url, at = "https://a.example/新闻 a%20b;c=d.htm", datetime(2027, 1, 1, 3, tzinfo=UTC)
    exchange = Exchange(url="https://a.example/b.htm", at=at, request_headers=(), status=503, headers=(), body=b"busy")
    site = Site(key="a", name="示例", hosts=("a.example",), articles=("https://a.example/b.htm",))
    link = Link(url=url, fetch_url=f"{url}?x=%41", role=Role.SECTION)
    told: dict[str, Any] = {"site": site, "link": link, "at": at + timedelta(seconds=1.5), "reason": Reason.TIMEOUT}
    failed = Visited(**told, outcome=Outcome.FAILED, detail="没有回答: 100%; a=b", exchanges=(exchange,))
    silent = Visited(**told, outcome=Outcome.REFUSED, detail="没有回答")
    run = Run.open(tmp_path / "a", [site], arguments={}, clock=lambda: at)
    store(run.archive, [failed, silent])
    store(run.archive, [replace(failed, link=replace(link, url="https://a.example/b.htm"))])
    run.close()
    root = evidence_alone(tmp_path / "a", tmp_path / "again")
    with lock(root):
        assert remake(root, processes=1).replayed.visits == 3
    again, before = tables(root), tables(tmp_path / "a")
    assert {name for name in before if again[name] != before[name]} == set()
    assert before["visits"][0][17] == failed.detail


def test_a_site_is_what_it_was_written_down_as() -> None:
    site = Site(
        key="a",
        name="示例",
        hosts=("a.example",),
        lists=("https://a.example/x.htm",),
        sections={"https://a.example/x.htm": "要闻"},
        layouts=(Layout(until=date(2024, 5, 6)),),
        expectations=Expectations(articles=3),
    )
    polite = replace(site, politeness=replace(site.politeness, hours=Hours(start=time(22), end=time(6, 30))))
    for one in (site, polite):
        held: dict[str, Any] = json.loads(json.dumps(asdict(one), default=str, ensure_ascii=False))
        assert site_from_json({**held, "of_a_later_release": 1}) == one
        assert site_as_json(one) == held
