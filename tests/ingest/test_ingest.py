"""Storing visits: evidence, files and rows agree, whatever the order, the grouping, and what goes wrong on the way."""

import gzip
import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import load
from crawler.catalog import group, open_catalog
from crawler.catalog.queries import agreement
from crawler.catalog.queries.agreement import Agreement
from crawler.catalog.tables import history, links, media, runs, sites
from crawler.dedup import content_digest
from crawler.errors import CrawlerError
from crawler.ingest import Archive, Fetched, Visited, commit, decide, preserve, store, store_media
from crawler.ingest.evidence import capture_of
from crawler.items import (
    Article,
    Capture,
    Exchange,
    Kind,
    Link,
    Listed,
    Media,
    MediaKind,
    Outcome,
    Precision,
    Reading,
    Reason,
    Revisit,
    Role,
    Site,
    Validators,
)
from crawler.monitoring.metrics import write_metrics
from crawler.urls import document_id
from crawler.warc import WarcWriter
from tests.crawl_harness import Archive as Stored

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SITE = Site(key="example", name="示例大学", hosts=("news.example.edu.cn",), tags=("示例大学",))
ELSE = "运动会于周末在东操场举行，共有四十二个学院参加，比赛持续了整整两天。"
TEXT = "图书馆自本学期起延长开放时间，每天从清晨六点半开放到深夜十一点，考试周通宵开放。"


@contextmanager
def archive_in(root: Path) -> Iterator[Archive]:
    db = open_catalog(root / "catalog.db")
    with group(db):
        sites.save(db, SITE, now=START)
        runs.start(db, "r1", started=START, arguments={})
    warc = WarcWriter(root, "r1", {"software": "test/1"})
    try:
        yield Archive(root=root, db=db, warc=warc, run="r1")
    finally:
        warc.close()
        db.close()


def writer(archive: Archive) -> WarcWriter:
    """What writes the evidence of a crawl."""
    assert isinstance(archive.warc, WarcWriter)
    return archive.warc


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with archive_in(tmp_path) as archive:
        yield archive


def seen(
    name: str, text: str = TEXT, *, minutes: int = 0, seed: bool = False, final: str | None = None, **article: Any
) -> Visited:
    """The visit of an article `name` that says `text`, captured so many minutes after the start."""
    at = START + timedelta(minutes=minutes)
    read = Article(
        title=article.pop("title", "图书馆延长开放时间"),
        body=text,
        published=None if "date_raw" in article else datetime(2024, 5, 6, tzinfo=UTC),
        precision=None if "date_raw" in article else Precision.DAY,
        **article,
    )
    reading = Reading(
        kind=Kind.ARTICLE, article=read, is_news=not seed, content_digest=content_digest(read), links=(link("other"),)
    )
    return Visited(
        site=SITE,
        link=link(name, Role.SEED if seed else Role.ARTICLE),
        at=at,
        capture=capture(name, text, at, final=final),
        reading=reading,
    )


def capture(name: str, text: str, at: datetime, *, final: str | None = None, status: int = 200) -> Capture:
    url = link(final or name).url
    body = text.encode()
    exchange = Exchange(
        url=url, at=at, request_headers=(), status=status, headers=(("Content-Type", "text/html"),), body=body
    )
    return Capture(
        url=link(name).url,
        final_url=url,
        fetched=at,
        status=status,
        headers=exchange.headers,
        body=body,
        exchanges=(exchange,),
    )


def ended(name: str, outcome: Outcome, reason: Reason | None = None, *, minutes: int = 0) -> Visited:
    """The visit of a link that brought no response."""
    return Visited(site=SITE, link=link(name), at=START + timedelta(minutes=minutes), outcome=outcome, reason=reason)


def link(name: str, role: Role = Role.ARTICLE) -> Link:
    url = f"https://news.example.edu.cn/{name}.htm"
    return Link(url=url, fetch_url=url, role=role)


def known(archive: Archive, *names: str) -> None:
    """Put links into the catalog, as the pages that name them would have."""
    with group(archive.db):
        links.add(archive.db, SITE.key, [link(name) for name in names], found=START, found_on=None)


def outcomes(archive: Archive, *visited: Visited) -> list[str]:
    return [visit.outcome.value for visit in store(archive, visited)]


def documents(archive: Archive) -> dict[str, dict[str, Any]]:
    return {row["url"].rsplit("/", 1)[1].removesuffix(".htm"): row for row in Stored(archive.root).documents.values()}


def due(archive: Archive, at: datetime = START + timedelta(days=400)) -> set[str]:
    found = links.due(archive.db, SITE.key, now=at, run="r2", limit=1000)
    return {each.url.rsplit("/", 1)[1].removesuffix(".htm") for each in found}


def check(archive: Archive) -> None:
    Stored(archive.root).check()


def test_a_new_article_is_a_file_a_row_and_evidence(archive: Archive) -> None:
    assert outcomes(archive, seen("a")) == ["new"]
    check(archive)
    row = documents(archive)["a"]
    assert row["path"] == f"articles/news.example.edu.cn/2024/{row['id']}.md"
    values, body = load((archive.root / row["path"]).read_bytes())
    assert (values["urlname"], TEXT in body) == (document_id(row["url"]), True)
    (visit,) = Stored(archive.root).rows("SELECT * FROM visits")
    assert (visit["document"], visit["links_found"]) == (row["id"], 1)
    assert due(archive) == {"other"}


PICTURE = b"GIF89a" + bytes.fromhex("28001e00800000ffffff000000") + b",;"  # 40 x 30 pixels


def held(content: bytes) -> Media:
    """A picture that stands in its page itself."""
    return Media(kind=MediaKind.IMAGE, url=f"ni:///sha-256;{sha256(content).hexdigest()}", content=content)


def test_a_picture_that_its_page_holds_is_a_medium_without_a_fetch(archive: Archive) -> None:
    shown = held(PICTURE)
    store(archive, [seen("a", f"{TEXT}\n\n![]({shown.url})", media=(shown,))])
    check(archive)
    path = f"media/{sha256(PICTURE).hexdigest()[:2]}/{sha256(PICTURE).hexdigest()}.gif"
    assert (archive.root / path).read_bytes() == PICTURE
    _, body = load((archive.root / documents(archive)["a"]["path"]).read_bytes())
    assert f"![](../../../{path})" in body
    (row,) = Stored(archive.root).rows(
        "SELECT url, outcome, reason, fetched, next_visit, warc, sha256 FROM media_links"
    )
    at, digest = START.strftime("%Y-%m-%dT%H:%M:%S"), sha256(PICTURE).hexdigest()
    assert (row["outcome"], row["reason"], row["next_visit"], row["sha256"]) == ("stored", None, None, digest)
    assert (row["fetched"][:19], row["warc"]) == (at, None)
    assert Stored(archive.root).values("SELECT sha256 FROM media") == [digest]


def test_what_a_page_holds_and_is_no_picture_is_not_stored_and_never_due(archive: Archive) -> None:
    store(archive, [seen("a", media=(held(b"<html>no picture</html>"),))])
    check(archive)
    (row,) = Stored(archive.root).rows("SELECT outcome, reason, next_visit, sha256 FROM media_links")
    assert dict(row) == {"outcome": "failed", "reason": "not_media", "next_visit": None, "sha256": None}


def test_a_picture_that_two_pages_hold_is_one_file_of_its_first_time(archive: Archive) -> None:
    store(archive, [seen("a", media=(held(PICTURE),)), seen("b", TEXT * 2, minutes=1, media=(held(PICTURE),))])
    store(archive, [seen("c", TEXT * 3, minutes=2, media=(held(PICTURE),))])
    check(archive)
    assert len(Stored(archive.root).rows("SELECT 1 FROM media WHERE sha256 IS NOT NULL")) == 3
    assert [row["fetched"][14:16] for row in Stored(archive.root).rows("SELECT fetched FROM media_links")] == ["00"]


def test_an_article_that_says_and_shows_nothing_is_an_issue_each_time_it_is_written(archive: Archive) -> None:
    shown = held(PICTURE)
    store(archive, [seen("a", ""), seen("b", "", title="阅览室照片", media=(shown,)), seen("c")])
    store(archive, [seen("a", "", minutes=1)])
    (issue,) = Stored(archive.root).rows("SELECT url, level, code FROM issues")
    assert (issue["url"], issue["level"], issue["code"]) == (link("a").url, "warning", "empty_article")


def test_a_labelled_date_that_cannot_be_read_is_an_issue_and_costs_no_article(archive: Archive) -> None:
    said = seen("a", date_raw="发布时间：2024-13-40")
    assert outcomes(archive, said) == ["new"]
    (issue,) = Stored(archive.root).rows("SELECT url, level, code FROM issues")
    assert (issue["url"], issue["level"], issue["code"]) == (link("a").url, "warning", "unread_date")


def test_an_unchanged_article_writes_nothing(archive: Archive) -> None:
    store(archive, [seen("a")])
    files = {path: (archive.root / path).stat().st_mtime_ns for path in Stored(archive.root).files}
    row = documents(archive)["a"]
    assert outcomes(archive, seen("a", minutes=5)) == ["unchanged"]
    check(archive)
    assert {path: (archive.root / path).stat().st_mtime_ns for path in Stored(archive.root).files} == files
    assert documents(archive)["a"] == row


def test_layout_alone_is_no_change(archive: Archive) -> None:
    store(archive, [seen("a")])
    assert outcomes(archive, seen("a", f"**{TEXT}**\n", minutes=5)) == ["unchanged"]


@pytest.mark.parametrize("together", [False, True])
def test_a_changed_article_is_a_second_version_and_the_first_file_is_kept(archive: Archive, together: bool) -> None:
    first, second = seen("a"), seen("a", TEXT + "周末照常。", minutes=5)
    for visits in [(first, second)] if together else [(first,), (second,)]:
        store(archive, visits)
    check(archive)
    stored, row = Stored(archive.root), documents(archive)["a"]
    assert (row["version"], row["archived"], row["lastmod"]) == (2, START.isoformat(), second.at.isoformat())
    assert sorted(stored.files) == [row["path"], f"versions/news.example.edu.cn/{row['id']}/1.md"]
    old, new = (
        load(data)[0]
        for data in (stored.files[f"versions/news.example.edu.cn/{row['id']}/1.md"], stored.files[row["path"]])
    )
    assert (old["params"]["version"], new["params"]["version"]) == (1, 2)
    assert ("lastmod" in old, "lastmod" in new) == (False, True)
    assert [version["path"] for version in versions(archive, "a")] == sorted(stored.files, reverse=True)


@pytest.mark.parametrize("together", [False, True])
def test_every_version_has_the_digest_of_its_file(archive: Archive, together: bool) -> None:
    first, second = seen("a"), seen("a", TEXT + "周末照常。", minutes=5)
    for visits in [(first, second)] if together else [(first,), (second,)]:
        store(archive, visits)
    for version in versions(archive, "a"):
        assert (
            version["markdown_digest"] == "sha256:" + sha256((archive.root / version["path"]).read_bytes()).hexdigest()
        )


def versions(archive: Archive, name: str) -> list[dict[str, Any]]:
    return Stored(archive.root).rows(
        "SELECT * FROM versions WHERE document = ? ORDER BY version", document_id(link(name).url)
    )


def test_a_path_never_changes(archive: Archive) -> None:
    store(archive, [seen("a")])
    path = documents(archive)["a"]["path"]
    later = seen("a", TEXT + "周末照常。", minutes=5)
    assert later.reading
    assert later.reading.article
    moved = replace(later.reading.article, published=datetime(2019, 1, 1, tzinfo=UTC))
    store(archive, [replace(later, reading=replace(later.reading, article=moved))])
    check(archive)
    assert documents(archive)["a"]["path"] == path


def test_a_page_that_moved_is_the_document_of_its_new_address(archive: Archive) -> None:
    known(archive, "old", "a")
    assert outcomes(archive, seen("old", final="a"), seen("a", minutes=1)) == ["new", "unchanged"]
    check(archive)
    assert set(documents(archive)) == {"a"}
    assert due(archive, START + timedelta(hours=1)) == {"other"}
    waits = archive.db.execute(
        "SELECT interval FROM links WHERE url LIKE '%/old.htm' OR url LIKE '%/a.htm' ORDER BY url"
    )
    assert [days for (days,) in waits] == [
        180,
        30,
    ]  # an old article; its old address is asked rarely whatever it leads to


def test_an_undated_column_page_is_kept_only_where_a_seed_names_it(archive: Archive) -> None:
    column = seen("column", seed=True)
    assert outcomes(archive, column, replace(column, link=link("b"), capture=capture("b", TEXT, START))) == [
        "new",
        "not_article",
    ]
    assert set(documents(archive)) == {"column"}


@pytest.mark.parametrize(
    ("reading", "outcome", "reason"),
    [
        (Reading(kind=Kind.LIST), "listed", None),
        (Reading(kind=Kind.FEED), "listed", None),
        (Reading(kind=Kind.HOME), "listed", None),
        (Reading(kind=Kind.OTHER, links=(link("x"),)), "listed", None),
        (Reading(kind=Kind.OTHER), "not_article", "no_content"),
        (Reading(kind=Kind.OTHER, reason=Reason.NOT_HTML), "not_article", "not_html"),
        (Reading(kind=Kind.WALL, reason=Reason.LOGIN), "refused", "login"),
        (Reading(kind=Kind.WALL, reason=Reason.CHALLENGE), "refused", "challenge"),
        (Reading(kind=Kind.WALL, reason=Reason.SOFT_404), "gone", "soft_404"),
        (Reading(kind=Kind.OTHER, reason=Reason.UNREADABLE), "failed", "unreadable"),
        (Reading(kind=Kind.OTHER, reason=Reason.READER_DIED), "failed", "reader_died"),
        (Reading(kind=Kind.OTHER, reason=Reason.READER_TIMEOUT), "failed", "reader_timeout"),
    ],
)
def test_every_reading_ends_as_one_outcome(
    archive: Archive, reading: Reading, outcome: str, reason: str | None
) -> None:
    (visit,) = store(archive, [replace(seen("a"), reading=reading)])
    assert (visit.outcome, visit.reason) == (outcome, reason)
    assert documents(archive) == {}


@pytest.mark.parametrize(
    ("reason", "level", "told"),
    [
        (Reason.FORBIDDEN, "info", 10),
        (Reason.LOGIN, "info", 10),
        (Reason.INTRANET, "info", 10),
        (Reason.OUT_OF_SCOPE, "info", 10),
        (Reason.CHALLENGE, "warning", 12),
        (Reason.NOT_FOUND, None, 0),
    ],
)
def test_what_is_closed_is_told_as_an_info_ten_times_a_site(
    archive: Archive, reason: Reason, level: str | None, told: int
) -> None:
    outcome = Outcome.GONE if reason is Reason.NOT_FOUND else Outcome.REFUSED
    store(archive, [ended(f"a{number}", outcome, reason) for number in range(12)])
    issues = Stored(archive.root).rows("SELECT url, level, code FROM issues")
    assert [(row["level"], row["code"]) for row in issues] == [(level, reason)] * told


def test_what_got_no_response_is_a_note_in_the_evidence(archive: Archive) -> None:
    (visit,) = store(archive, [replace(ended("a", Outcome.FAILED, Reason.DNS), detail="no such host")])
    assert visit.evidence
    writer(archive).close()
    records = gzip.decompress((archive.root / visit.evidence.warc).read_bytes()).decode()
    assert "WARC-Type: metadata" in records
    assert "reason: dns\r\ndetail: no such host" in records


def test_a_duplicate_keeps_its_row_and_has_no_file(archive: Archive) -> None:
    assert outcomes(archive, seen("a"), seen("b", minutes=1)) == ["new", "duplicate"]
    check(archive)
    rows = documents(archive)
    assert (rows["b"]["status"], rows["b"]["path"], rows["b"]["duplicate_of"]) == ("duplicate", None, rows["a"]["id"])
    assert outcomes(archive, seen("b", minutes=2)) == ["unchanged"]


@pytest.mark.parametrize("together", [True, False])
def test_a_page_that_says_the_same_under_another_spelling_is_one_document(archive: Archive, *, together: bool) -> None:
    visits = seen("a"), seen("A", minutes=1)
    assert [
        one for some in ([visits] if together else [[one] for one in visits]) for one in outcomes(archive, *some)
    ] == [
        "new",
        "unchanged",
    ]
    assert set(documents(archive)) == {"a"}


def test_a_duplicate_that_was_captured_earlier_takes_over(archive: Archive) -> None:
    store(archive, [seen("b", minutes=5), seen("c", minutes=7)])
    assert outcomes(archive, seen("a", minutes=1)) == ["new"]
    check(archive)
    rows = documents(archive)
    assert {name: row["duplicate_of"] for name, row in rows.items()} == {
        "a": None,
        "b": rows["a"]["id"],
        "c": rows["a"]["id"],
    }


def test_a_document_that_becomes_a_duplicate_keeps_its_first_version(archive: Archive) -> None:
    store(
        archive,
        [seen("a"), seen("b", "校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话不变。", minutes=1)],
    )
    assert outcomes(archive, seen("b", minutes=5)) == ["duplicate"]
    rows = documents(archive)
    assert (rows["b"]["status"], rows["b"]["path"], rows["b"]["duplicate_of"]) == ("duplicate", None, rows["a"]["id"])
    assert [version["path"] for version in versions(archive, "b")] == [
        f"versions/news.example.edu.cn/{rows['b']['id']}/1.md",
        None,
    ]


def test_a_document_that_becomes_a_duplicate_leaves_no_file_without_a_row(archive: Archive) -> None:
    store(
        archive,
        [seen("a"), seen("b", "校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话不变。", minutes=1)],
    )
    store(archive, [seen("b", minutes=5)])
    check(archive)


def test_a_displaced_document_keeps_its_older_versions(archive: Archive) -> None:
    store(archive, [seen("a", "旧文一篇，讲的是另外一件事，与图书馆没有任何关系，只是为了占一个位置。")])
    store(archive, [seen("b", "校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话不变。", minutes=1)])
    store(archive, [seen("b", minutes=2)])  # version 2 says what `a` will say
    store(archive, [seen("a", minutes=3)])  # captured first, so `b` becomes its duplicate
    check(archive)
    assert versions(archive, "b")[0]["path"]


def test_no_text_is_without_a_file_when_the_first_of_two_changes(archive: Archive) -> None:
    store(archive, [seen("a"), seen("b", minutes=1)])
    store(archive, [seen("a", TEXT + "周末照常。", minutes=5)])
    rows = documents(archive)
    first = next(row for row in rows.values() if row["id"] == (rows["b"]["duplicate_of"] or rows["b"]["id"]))
    assert first["content_digest"] == rows["b"]["content_digest"]


@pytest.mark.parametrize("together", [False, True])
def test_a_new_article_is_no_duplicate_of_what_a_document_no_longer_says(archive: Archive, together: bool) -> None:
    store(archive, [seen("a")])
    changed, late = seen("a", TEXT + "周末照常。", minutes=5), seen("b", minutes=6)
    for visits in [(changed, late)] if together else [(changed,), (late,)]:
        store(archive, visits)
    assert documents(archive)["b"]["duplicate_of"] is None
    check(archive)


VISITS = st.lists(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from(["甲", "乙", "丙"]), st.integers(0, 9)),
    unique_by=lambda visit: visit[0],
    min_size=2,
    max_size=7,
)


def story(name: str, text: str, minutes: int) -> Visited:
    return seen(
        name, f"{text}组的队员在操场上练习了一个下午，直到天完全黑下来才收拾器材回到宿舍休息。", minutes=minutes
    )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(visits=VISITS, seed=st.integers(0, 1000))
def test_the_order_of_visits_decides_nothing(visits: list[tuple[str, str, int]], seed: int) -> None:
    """Whatever the order and however grouped, the same captures give the same rows and files."""
    chance = random.Random(seed)
    shuffled = chance.sample(visits, len(visits))
    assert _archived([visits]) == _archived(_cut(shuffled, chance))


def _cut(visits: Sequence[tuple[str, str, int]], chance: random.Random) -> list[Sequence[tuple[str, str, int]]]:
    places = sorted({0, len(visits), *(chance.randrange(len(visits)) for _ in range(2))})
    return [visits[start:end] for start, end in pairwise(places)]


def _archived(groups: Sequence[Sequence[tuple[str, str, int]]]) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    with TemporaryDirectory() as folder, archive_in(Path(folder)) as archive:
        for visits in groups:
            store(archive, [story(*visit) for visit in visits])
        check(archive)
        stored = Stored(archive.root)
        columns = "id, url, title, version, status, path, duplicate_of, content_digest, archived, search_row IS NULL AS hidden"
        rows = stored.rows(f"SELECT {columns} FROM documents ORDER BY id")
        states = stored.rows(
            "SELECT document, version, path, content_digest, markdown_digest FROM versions ORDER BY 1, 2"
        )
        return stored.files, rows + states


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    visits=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["甲", "乙"])), min_size=1, max_size=8),
)
def test_the_last_thing_a_page_said_is_what_its_document_says(visits: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder, archive_in(Path(folder)) as archive:
        for minutes, (name, text) in enumerate(visits):
            store(archive, [story(name, text, minutes)])
        rows = documents(archive)
        last = {name: story(name, text, 0).reading for name, text in visits}
        assert {name: row["content_digest"] for name, row in rows.items()} == {
            name: reading.content_digest for name, reading in last.items() if reading
        }
        paths = [row["path"] for row in rows.values() if row["path"]]
        assert all((archive.root / path).is_file() for path in paths)


def test_what_would_happen_is_what_happens(archive: Archive) -> None:
    kept = preserve(archive, [seen("a"), seen("b", minutes=1), ended("c", Outcome.GONE, Reason.NOT_FOUND)])
    decisions = decide(archive, kept)
    assert decide(archive, kept) == decisions
    assert (documents(archive), Stored(archive.root).files) == ({}, {})
    assert [visit.outcome for visit in commit(archive, decisions)] == [decision.outcome for decision in decisions]
    assert {row["id"]: row["status"] for row in documents(archive).values()} == {
        decision.document.id: decision.document.status for decision in decisions if decision.document
    }
    check(archive)


def test_what_cannot_be_written_down_is_an_issue_and_costs_no_other_visit(archive: Archive) -> None:
    store(archive, [seen("a")])
    (archive.root / documents(archive)["a"]["path"]).unlink()  # somebody's hand: the old version cannot be kept
    other = seen("b", "校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话不变。", minutes=6)
    assert outcomes(archive, seen("a", TEXT + "周末照常。", minutes=5), other) == ["failed", "new"]
    (issue,) = Stored(archive.root).rows("SELECT * FROM issues")
    assert (issue["url"], issue["level"], issue["code"]) == (link("a").url, "error", "markdown")
    assert documents(archive)["a"]["version"] == 1


def test_a_title_that_utf_8_cannot_hold_costs_no_other_visit(archive: Archive) -> None:
    bad = seen("a", title="半个字\ud800")
    good = seen("b", "校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话不变。", minutes=1)
    try:
        store(archive, [bad, good])
    except ValueError:  # the pipeline stores them one by one then
        assert outcomes(archive, good) == ["new"]
    assert set(documents(archive)) >= {"b"}


def test_a_group_that_fails_leaves_nothing_behind_and_its_links_due(archive: Archive) -> None:
    known(archive, "a", "b")
    store(archive, [seen("c", "校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话不变。")])
    before = documents(archive)
    unknown = replace(seen("b", minutes=1), site=replace(SITE, key="nobody"))  # no such row: the foreign key refuses it
    with pytest.raises(sqlite3.IntegrityError):
        store(archive, [seen("a"), unknown])
    assert documents(archive) == before
    assert due(archive) == {"a", "b", "other"}
    assert outcomes(archive, seen("a")) == ["new"]
    check(archive)


def test_a_failed_attempt_does_not_cost_the_older_version_its_text(archive: Archive) -> None:
    """Files come before rows: after a crash or a failed group the file says already what the row does not know."""
    store(archive, [seen("a")])
    old = (archive.root / documents(archive)["a"]["path"]).read_bytes()
    changed = seen("a", TEXT + "周末照常。", minutes=5)
    unknown = replace(seen("b", minutes=6), site=replace(SITE, key="nobody"))
    with pytest.raises(sqlite3.IntegrityError):
        store(archive, [changed, unknown])
    assert outcomes(archive, changed) == [
        "changed"
    ]  # what is left of "b" is a file without a row, which a crash may leave
    assert (archive.root / versions(archive, "a")[0]["path"]).read_bytes() == old


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_the_evidence_is_told_and_nothing_is_derived(archive: Archive) -> None:
    known(archive, "a")
    store(archive, [seen("c", "校医院夜间门诊延长到二十四点，增设发热和外伤两个诊室，值班电话不变。")])
    before, warc = documents(archive), writer(archive)
    whole = warc.file
    with Path("/dev/full").open("wb") as full:
        warc.file = full
        with pytest.raises((OSError, CrawlerError)):
            store(archive, [seen("a")])
        warc.file = whole
        with pytest.raises(OSError, match="No space left"):
            full.close()
    assert documents(archive) == before
    check(archive)
    assert due(archive) == {"a", "other"}


def test_no_room_for_the_files_is_told_and_nothing_is_committed(archive: Archive) -> None:
    known(archive, "a")
    (archive.root / "tmp").write_text("")  # a file where the folder should be
    with pytest.raises(OSError, match=r"exists|directory"):
        store(archive, [seen("a")])
    assert documents(archive) == {}
    assert due(archive) == {"a"}
    (archive.root / "tmp").unlink()
    assert outcomes(archive, seen("a")) == ["new"]
    check(archive)


def in_run(archive: Archive, run: str) -> Archive:
    """The same archive in a later run."""
    with group(archive.db):
        runs.start(archive.db, run, started=START, arguments={})
    return replace(archive, run=run)


def listing(name: str, *found: Link, days: float = 0, role: Role = Role.SECTION) -> Visited:
    """The visit of a list that shows these links."""
    at = START + timedelta(days=days)
    page = replace(seen(name), at=at, link=link(name, role), reading=Reading(kind=Kind.LIST, links=found))
    return replace(page, capture=capture(name, f"{name} {at} {found}", at))


ITEMS = ("校医院夜间门诊延长。", "体育馆换了新的灯。", "食堂的早餐提前半小时。", "校车增开一班。")


def walked(archive: Archive, days: float) -> set[str]:
    return {name for name in due(archive, START + timedelta(days=days)) if name.startswith("list")}


def test_a_list_is_walked_on_only_past_a_page_that_shows_what_we_do_not_have(archive: Archive) -> None:
    older = link("list-2", Role.NEXT)
    known(archive, "list")
    store(archive, [listing("list", link("x"), older), listing("list-2", link("y"), role=Role.NEXT)])
    store(archive, [seen("x", ITEMS[0]), seen("y", ITEMS[1])])
    store(in_run(archive, "r2"), [listing("list", link("x"), older, days=1)])
    assert "list-2" not in walked(archive, 1.5)
    store(in_run(archive, "r3"), [listing("list", link("z"), link("x"), older, days=2)])
    assert "list-2" in walked(archive, 2)


def test_what_was_found_and_never_fetched_is_not_had(archive: Archive) -> None:
    """It was seen on the home page, then the run died: the list that shows it is walked on all the same."""
    older = link("list-2", Role.NEXT)
    known(archive, "list", "x")
    store(archive, [listing("list", older), listing("list-2", role=Role.NEXT)])
    later = in_run(archive, "r2")
    store(later, [seen("x", minutes=10)])  # first had in this run, before its list is read
    store(later, [listing("list", link("x"), older, days=1)])
    assert "list-2" in walked(archive, 1)


def test_a_pinned_entry_does_not_end_a_walk_and_a_back_dated_one_begins_one(archive: Archive) -> None:
    older = link("list-2", Role.NEXT)
    known(archive, "list", "pinned", "old")
    store(archive, [seen("pinned", ITEMS[0]), seen("old", ITEMS[1])])
    store(archive, [listing("list", link("pinned"), older), listing("list-2", link("old"), role=Role.NEXT)])
    store(in_run(archive, "r2"), [listing("list", link("pinned"), link("old"), link("late"), older, days=1)])
    assert "list-2" in walked(archive, 1)


def test_a_box_of_the_newest_beside_every_list_makes_none_of_them_new(archive: Archive) -> None:
    known(archive, "list-a", "list-b")
    pages = [listing(f"list-{n}", link("hot"), link(f"list-{n}2", Role.NEXT)) for n in "ab"]
    store(archive, pages)
    store(archive, [listing(f"list-{n}2", role=Role.NEXT) for n in "ab"])
    store(archive, [seen("hot", ITEMS[0])])
    newest = [listing(f"list-{n}", link("newest"), link("hot"), link(f"list-{n}2", Role.NEXT), days=1) for n in "ab"]
    store(in_run(archive, "r2"), newest)
    assert walked(archive, 1) & {"list-a2", "list-b2"} == {"list-a2"}


def test_one_further_page_is_reopened_at_a_time(archive: Archive) -> None:
    further = [link(f"list-{n}", Role.NEXT) for n in (2, 3, 4)]
    known(archive, "list")
    store(archive, [listing("list", *further), *(listing(f"list-{n}", role=Role.NEXT) for n in (2, 3, 4))])
    store(in_run(archive, "r2"), [listing("list", link("z"), *further, days=1)])
    assert walked(archive, 1) - {"list"} == {"list-2"}


@pytest.mark.parametrize(("since", "goes_on"), [(date(2024, 3, 1), True), (date(2024, 9, 1), False)])
def test_a_list_is_walked_down_to_a_day(archive: Archive, since: date, goes_on: bool) -> None:
    """Whatever we have of it; further pages never seen before wait for their turn as well."""
    archive = replace(archive, since=since)
    shown = [replace(link(name), shown=date(2024, 5, day)) for day, name in enumerate("xyz", 1)]
    known(archive, "list")
    store(archive, [listing("list", *shown, link("list-2", Role.NEXT), link("list-3", Role.NEXT))])
    assert walked(archive, 0) - {"list"} == ({"list-2"} if goes_on else set())


def replied(visited: Visited, *headers: tuple[str, str], status: int = 200, body: bytes | None = None) -> Visited:
    """The visit with these headers of its response, at its time."""
    assert visited.capture
    (exchange,) = visited.capture.exchanges
    exchange = replace(exchange, headers=headers, status=status, body=exchange.body if body is None else body)
    answer = replace(visited.capture, headers=headers, status=status, body=exchange.body, exchanges=(exchange,))
    return replace(visited, capture=answer)


def not_modified(name: str, *, days: int) -> Visited:
    visited = replied(seen(name, minutes=days * 1440), status=304, body=b"")
    return replace(visited, outcome=Outcome.NOT_MODIFIED, reading=None)


def asked_with(archive: Archive, name: str, days: float = 1) -> Validators | None:
    """The validators that the next visit of a link is to send."""
    at = START + timedelta(days=days)
    with group(archive.db):
        archive.db.execute("UPDATE links SET next_visit = found")
    return next(
        found.validators
        for found in links.due(archive.db, SITE.key, now=at, run="later", limit=100)
        if found.url == link(name).url
    )


ETAG = ("ETag", '"1"')


def kinds(archive: Archive) -> list[str]:
    writer(archive).close()
    with (archive.root / "warc/r1-00000.warc.gz").open("rb") as file:
        return [record.rec_type for record in ArchiveIterator(file)]


def test_a_page_that_was_not_modified_is_a_visit_and_one_small_record(archive: Archive) -> None:
    known(archive, "a")
    store(archive, [replied(seen("a"), ETAG)])
    files, size = Stored(archive.root).files, (archive.root / "warc/r1-00000.warc.gz").stat().st_size
    (visit,) = store(archive, [not_modified("a", days=1)])
    archive.warc.flush()
    assert visit.outcome is Outcome.NOT_MODIFIED
    assert visit.document == documents(archive)["a"]["id"]
    assert 0 < (archive.root / "warc/r1-00000.warc.gz").stat().st_size - size < 1000
    assert Stored(archive.root).files == files
    assert len(versions(archive, "a")) == 1
    assert kinds(archive) == ["warcinfo", "response", "request", "revisit"]
    check(archive)


def test_a_page_that_came_again_is_kept_once(archive: Archive) -> None:
    known(archive, "a")
    store(archive, [seen("a")])
    assert outcomes(archive, seen("a", minutes=1440), seen("a", minutes=2880)) == ["unchanged", "unchanged"]
    assert kinds(archive) == ["warcinfo", "response", "request", *["revisit", "request"] * 2]
    with (archive.root / "warc/r1-00000.warc.gz").open("rb") as file:
        records = [record.rec_headers for record in ArchiveIterator(file) if record.rec_type == "revisit"]
    first = Stored(archive.root).rows("SELECT * FROM visits ORDER BY id")[0]
    for record in records:
        assert record.get_header("WARC-Refers-To") == first["warc_record"]
        assert record.get_header("WARC-Refers-To-Target-URI") == link("a").url
        assert record.get_header("WARC-Refers-To-Date") == "2026-11-23T03:00:00Z"
        assert record.get_header("WARC-Payload-Digest") == first["payload_digest"]


def test_a_version_points_to_the_whole_page_though_its_visit_only_refers_to_it(archive: Archive) -> None:
    """An article of two pages: the first came again as it was, the second changed."""
    known(archive, "a")
    store(archive, [seen("a")])
    changed = replace(seen("a", TEXT + "周末照常。", minutes=5), capture=seen("a").capture)
    assert outcomes(archive, changed) == ["changed"]
    assert kinds(archive)[-2] == "revisit"
    found = capture_of(archive.root, archive.db, document_id(link("a").url))
    assert found is not None
    assert found.body == TEXT.encode()


def test_evidence_that_cannot_be_read_is_not_referred_to(archive: Archive) -> None:
    known(archive, "a")
    store(archive, [seen("a")])
    archive.db.execute("UPDATE visits SET warc_offset = warc_offset + 7")
    store(archive, [seen("a", minutes=5)])
    assert kinds(archive) == ["warcinfo", *["response", "request"] * 2]


def test_a_page_is_fetched_whole_now_and_then_though_its_server_says_nothing_changed(archive: Archive) -> None:
    known(archive, "a")
    store(archive, [replied(seen("a"), ETAG)])
    store(archive, [not_modified("a", days=30)])
    whole = Revisit().article_whole
    assert asked_with(archive, "a", whole - 1) == Validators(etag='"1"')
    assert asked_with(archive, "a", whole + 1) is None


def test_an_etag_that_is_new_with_every_answer_is_sent_no_more(archive: Archive) -> None:
    known(archive, "a")
    sent = []
    for day in range(4):
        store(archive, [replied(seen("a", minutes=day * 1440), ("ETag", f'"{day}"'))])
        sent.append(asked_with(archive, "a", day) is not None)
    assert sent == [True, True, False, False]


def test_a_host_that_calls_a_changed_page_unchanged_is_not_asked_again(archive: Archive) -> None:
    known(archive, "a", "b")
    store(archive, [replied(seen("a"), ETAG), replied(seen("b", ITEMS[0]), ("ETag", '"b"'))])
    assert asked_with(archive, "b") is not None
    assert outcomes(archive, replied(seen("a", TEXT + "周末照常。", minutes=90_000), ETAG)) == ["changed"]
    assert asked_with(archive, "b") is asked_with(archive, "a") is None
    store(archive, [replied(seen("b", ITEMS[0], minutes=100_000), ("ETag", '"b"'))])
    assert asked_with(archive, "b", 70) is None
    assert [row["code"] for row in Stored(archive.root).rows("SELECT * FROM issues")] == ["deceptive_validators"]


def test_no_condition_is_kept_for_an_article_of_several_pages(archive: Archive) -> None:
    known(archive, "a")
    store(archive, [replace(replied(seen("a"), ETAG), further=(capture("a_2", ITEMS[0], START),))])
    assert asked_with(archive, "a") is None


def test_two_archives_of_the_same_visits_are_byte_for_byte_equal(archive: Archive, tmp_path: Path) -> None:
    visits = [
        story(name, text, minutes) for minutes, (name, text) in enumerate([("a", "甲"), ("b", "乙"), ("c", "甲")])
    ]
    store(archive, visits)
    shutil.rmtree(tmp_path / "again", ignore_errors=True)
    with archive_in(tmp_path / "again") as again:
        store(again, visits)
        assert Stored(again.root).files == {
            path: data for path, data in Stored(archive.root).files.items() if not path.startswith("again")
        }


def lost(name: str, *, days: float, run: str, archive: Archive) -> Archive:
    """A run that does not find an article; return the archive as that run sees it."""
    with group(archive.db):
        runs.start(archive.db, run, started=START, arguments={})
    later = replace(archive, run=run)
    store(later, [ended(name, Outcome.GONE, Reason.NOT_FOUND, minutes=round(days * 1440))])
    return later


def test_an_article_missed_twice_is_gone_and_comes_back_without_a_version(archive: Archive) -> None:
    known(archive, "a")
    store(archive, [seen("a")])
    path = archive.root / documents(archive)["a"]["path"]
    before = path.read_bytes()
    lost("a", days=1, run="second", archive=archive)
    assert (documents(archive)["a"]["status"], path.read_bytes()) == ("live", before)
    assert due(archive, START + timedelta(days=2)) >= {"a"}
    lost("a", days=2, run="third", archive=archive)
    row = documents(archive)["a"]
    assert (row["status"], row["version"]) == ("gone", 1)
    gone = load(path.read_bytes())[0]["params"]["gone"]
    assert gone == {"missed": START + timedelta(days=1), "confirmed": START + timedelta(days=2)}
    assert "a" in due(archive)
    check(archive)
    (version,) = versions(archive, "a")
    assert version["markdown_digest"] == "sha256:" + sha256(path.read_bytes()).hexdigest()
    assert outcomes(archive, seen("a", minutes=5 * 1440)) == ["unchanged"]
    assert documents(archive)["a"]["status"] == "live"
    assert load(path.read_bytes())[0]["params"]["gone"]["returned"] == START + timedelta(days=5)


def test_what_came_back_with_another_text_is_live_and_tells_both(archive: Archive) -> None:
    store(archive, [seen("a")])
    for n in (1, 2):
        lost("a", days=n, run=f"day {n}", archive=archive)
    assert outcomes(archive, seen("a", TEXT + "周末照常。", minutes=5 * 1440)) == ["changed"]
    check(archive)
    row = documents(archive)["a"]
    values, _ = load((archive.root / row["path"]).read_bytes())
    assert (row["status"], row["version"], set(values["params"]["gone"])) == (
        "live",
        2,
        {"missed", "confirmed", "returned"},
    )


def test_an_article_that_leads_to_the_front_page_is_missed(archive: Archive) -> None:
    store(archive, [seen("a")])
    home = replace(seen("a", minutes=5, final="index"), reading=Reading(kind=Kind.HOME))
    (visit,) = store(archive, [home])
    assert (visit.outcome, visit.reason) == (Outcome.GONE, Reason.REDIRECTED)
    (absence,) = Stored(archive.root).rows("SELECT * FROM absences")
    assert (absence["misses"], absence["confirmed"]) == (1, None)


def test_a_version_tells_what_changed(archive: Archive) -> None:
    store(archive, [seen("a")])
    store(archive, [seen("a", TEXT.replace("六点半", "七点"), minutes=5, source="校报")])
    found = history.changes(archive.db, document_id(link("a").url))
    assert [(change["field"], change["version"], change["kind"]) for change in found] == [
        ("source", 2, "version"),
        ("body", 2, "version"),
    ]
    assert [op for op in found[1]["diff"] if op[0] != "="] == [("-", "六点半"), ("+", "七点")]


def test_a_corrected_byline_is_recorded_without_a_version(archive: Archive) -> None:
    store(archive, [seen("a", people={"记者": ("林晓",)}, source="校报")])
    assert outcomes(archive, seen("a", minutes=5, people={"记者": ("林晓", "周舟")})) == ["unchanged"]
    check(archive)
    row = documents(archive)["a"]
    values, _ = load((archive.root / row["path"]).read_bytes())
    assert (row["version"], values["params"]["people"], values["params"]["source"]) == (
        1,
        {"记者": ["林晓", "周舟"]},
        "校报",
    )
    (change,) = history.changes(archive.db, row["id"])
    assert (change["kind"], change["field"], change["before"], change["after"]) == (
        "correction",
        "people",
        "记者 林晓",
        "记者 林晓、周舟",
    )
    (version,) = versions(archive, "a")
    assert version["visit"] == change["visit"]


def test_a_field_that_changes_all_the_time_is_left(archive: Archive) -> None:
    for n in range(6):
        store(archive, [seen("a", minutes=n, source=f"第{n}次点击")])
    assert len(history.changes(archive.db, document_id(link("a").url))) == 3


@pytest.mark.parametrize("together", [False, True])
def test_the_earliest_duplicate_takes_over_what_the_first_no_longer_says(archive: Archive, together: bool) -> None:
    visits = [seen("a"), seen("c", minutes=2), seen("b", minutes=1), seen("a", TEXT + "周末照常。", minutes=5)]
    for group_of in [visits] if together else [[visit] for visit in visits]:
        store(archive, group_of)
    check(archive)
    rows = documents(archive)
    assert {name: (row["status"], row["duplicate_of"]) for name, row in rows.items()} == {
        "a": ("live", None),
        "b": ("live", None),
        "c": ("duplicate", rows["b"]["id"]),
    }
    assert TEXT in load((archive.root / rows["b"]["path"]).read_bytes())[1]
    assert outcomes(archive, seen("b", minutes=8), seen("c", minutes=9)) == ["unchanged", "unchanged"]
    store(archive, [seen("a", minutes=10)])  # it says the old text again, and was captured first
    check(archive)
    assert {row["duplicate_of"] for row in documents(archive).values()} == {None, rows["a"]["id"]}


def test_a_site_that_moves_to_new_addresses_without_redirects_keeps_its_articles(archive: Archive) -> None:
    """The duplicate at an address that answers takes the place of the one that is gone; what comes later is a document of its own."""
    store(archive, [seen("old1"), seen("old2", text=ELSE)])
    store(archive, [seen("new1", minutes=1440)])
    for days, run in ((2, "r2"), (9, "r3")):
        for name in ("old1", "old2"):
            archive = lost(name, days=days, run=f"{run}{name}", archive=archive)
    store(archive, [seen("new2", text=ELSE, minutes=14_000)])
    found = documents(archive)
    assert {name: row["status"] for name, row in found.items()} == {
        **{name: "gone" for name in found if name.startswith("old")},
        **{name: "live" for name in found if name.startswith("new")},
    }
    assert len(found) == 4
    assert all(row["path"] for row in found.values())
    assert outcomes(archive, seen("again", minutes=15_000)) == ["duplicate"]
    assert documents(archive)["again"]["duplicate_of"] == found["new1"]["id"]
    check(archive)


def test_a_counter_that_most_pages_show_makes_no_version_and_a_corrected_number_does(archive: Archive) -> None:
    def shown(number: int, said: int, read: int, minutes: int) -> Visited:
        text = f"{'天地玄黄宇宙洪荒日月盈昃'[number]}字学院有{said}人到会。\n\n本页已被浏览{read}次，感谢您的关注。"
        return seen(f"n{number}", text, minutes=minutes, title=f"第{number}期简报")

    store(archive, [shown(number, number, number, 0) for number in range(12)])
    assert outcomes(archive, *(shown(number, number, 900 + number, 1440) for number in range(3))) == ["unchanged"] * 3
    assert outcomes(archive, shown(3, 77, 3, 1440)) == ["changed"]
    check(archive)


def test_a_counter_of_one_article_makes_a_few_versions_and_no_more(archive: Archive) -> None:
    def shown(read: int, guests: str = "三位") -> Visited:
        text = f"校史馆今天开放，馆长陪同{guests}校友参观了新展厅。\n\n至今已有{read}人读过这篇独一无二的报道。"
        return seen("counted", text, minutes=read * 1440, title="校史馆开放")

    told = [outcomes(archive, shown(read)) for read in range(6)]
    assert told == [["new"], *[["changed"]] * 3, *[["unchanged"]] * 2]
    assert [outcomes(archive, shown(read, "四位")) for read in (6, 7)] == [["changed"], ["unchanged"]]
    check(archive)


def naming(*shown: tuple[str, str, date | None], minutes: int = 0) -> Visited:
    """The visit of a list that shows articles: name, title, day."""
    found = tuple(replace(link(name), title=title, shown=day) for name, title, day in shown)
    reading = Reading(kind=Kind.LIST, links=found)
    at = START + timedelta(minutes=minutes)
    return Visited(site=SITE, link=link("list", Role.LIST), at=at, capture=capture("list", "", at), reading=reading)


def handed_out(archive: Archive, name: str) -> Link:
    found = links.due(archive.db, SITE.key, now=START + timedelta(days=400), run="r2", limit=1000)
    return next(each for each in found if each.url == link(name).url)


def told_by_lists(name: str, told: Link, *, minutes: int, **article: Any) -> Visited:
    visit = seen(name, minutes=minutes, **article)
    assert visit.capture is not None
    return replace(visit, link=told, capture=replace(visit.capture, listed=told.listed))


def test_what_a_list_says_is_handed_out_recorded_and_kept(archive: Archive) -> None:
    known(archive, "list")
    outcomes(
        archive, naming(("a", "图书馆延长开放…", None)), naming(("a", "另一列表的标题", date(2024, 5, 6)), minutes=1)
    )
    told = handed_out(archive, "a")
    assert told.listed == Listed(title="另一列表的标题", day=date(2024, 5, 6))  # the one that shows a day
    outcomes(archive, told_by_lists("a", told, minutes=2, title_agrees=False, day_agrees=True))
    evidence = capture_of(archive.root, archive.db, document_id(told.url))
    assert evidence is not None
    assert evidence.listed == told.listed
    assert (documents(archive)["a"]["title_agrees"], documents(archive)["a"]["day_agrees"]) == (0, 1)
    assert agreement.shares(archive.db) == {SITE.key: Agreement(titles=1, titles_agree=0, days=1, days_agree=1)}
    assert [row["id"] for row in agreement.disagreeing(archive.db, SITE.key)] == [document_id(told.url)]
    write_metrics(archive.root / "metrics.prom", archive.db, free=1)
    told_of = f'campus_archive_articles_agreeing{{agrees="no",field="title",site="{SITE.key}"}} 1.0'
    assert told_of in (archive.root / "metrics.prom").read_text("utf-8")


def test_a_list_that_changes_later_says_nothing_new_of_an_article(archive: Archive) -> None:
    known(archive, "list")
    outcomes(archive, naming(("a", "图书馆延长开放时间", None)))
    told = handed_out(archive, "a")
    outcomes(archive, told_by_lists("a", told, minutes=1))
    outcomes(archive, naming(("a", "图书馆改了标题", date(2025, 1, 1)), minutes=2))
    assert handed_out(archive, "a").listed == told.listed
    assert outcomes(archive, told_by_lists("a", told, minutes=3)) == ["unchanged"]


def test_articles_that_were_visited_before_have_no_witness(archive: Archive) -> None:
    known(archive, "list", "a")
    outcomes(archive, seen("a"), naming(("a", "图书馆延长开放时间", date(2024, 5, 6)), minutes=1))
    assert handed_out(archive, "a").listed is None
    assert agreement.shares(archive.db) == {}


def cut(visited: Visited) -> Visited:
    """The same visit, of a page that broke off before its end."""
    assert visited.capture is not None
    exchange = replace(visited.capture.exchanges[-1], is_cut=True)
    return replace(visited, capture=replace(visited.capture, exchanges=(exchange,)))


def told(archive: Archive, *visited: Visited) -> list[tuple[str, str | None]]:
    return [(visit.outcome.value, visit.reason) for visit in store(archive, visited)]


def test_a_page_that_is_cut_is_archived_and_marked_and_leaves_no_validators(archive: Archive) -> None:
    known(archive, "a")
    assert told(archive, cut(seen("a"))) == [("new", Reason.CUT)]
    (record,) = [one for one in read_back(archive) if one.rec_type == "response"]
    assert record.rec_headers.get_header("WARC-Truncated") == "disconnect"
    check(archive)


def test_a_medium_that_comes_cut_each_time_is_kept_and_marked(archive: Archive) -> None:
    url = "https://news.example.edu.cn/plan.pdf"
    store(archive, [seen("a", media=(Media(kind=MediaKind.ATTACHMENT, url=url, name="plan.pdf"),))])
    whole, ends = capture("plan.pdf", "%PDF-1.7 half", START), []
    half = replace(whole, url=url, final_url=url, exchanges=(replace(whole.exchanges[0], url=url, is_cut=True),))
    for _ in range(3):
        asked = media.link(archive.db, url)
        assert asked is not None
        (kept,) = store_media(archive, [Fetched(site=SITE, link=asked, at=START, capture=half)])
        ends.append((kept.outcome.value, kept.reason))
    assert ends == [("failed", Reason.CUT), ("failed", Reason.CUT), ("stored", Reason.CUT)]
    check(archive)


def test_what_a_limit_of_ours_leaves_out_is_told_once(archive: Archive) -> None:
    pictures = tuple(Media(kind=MediaKind.IMAGE, url=f"https://news.example.edu.cn/{n}.png") for n in range(201))
    large = replace(seen("a", media=pictures), detail="a very large page: only its beginning was read")
    store(archive, [large])
    store(archive, [replace(large, at=large.at + timedelta(days=1))])
    found = archive.db.execute("SELECT code FROM issues ORDER BY code").fetchall()
    assert found == [("many_media",), ("partly_read",)]


def test_a_page_that_is_cut_takes_the_place_of_no_whole_one(archive: Archive) -> None:
    whole, half = seen("a"), cut(seen("a", TEXT[:20], minutes=9))
    empty = cut(replace(half, reading=Reading(kind=Kind.OTHER, reason=Reason.NO_CONTENT)))
    assert told(archive, whole) == [("new", None)]
    assert told(archive, half, empty) == [("failed", Reason.CUT)] * 2
    assert told(archive, cut(seen("a", minutes=10))) == [("unchanged", Reason.CUT)]
    assert (documents(archive)["a"]["version"], documents(archive)["a"]["status"]) == (1, "live")
    check(archive)


def test_a_whole_page_takes_the_place_of_one_that_was_cut_and_so_does_a_longer_one(archive: Archive) -> None:
    assert told(archive, cut(seen("a", TEXT[:20]))) == [("new", Reason.CUT)]
    assert told(archive, cut(seen("a", TEXT[:30], minutes=9))) == [("changed", Reason.CUT)]
    assert told(archive, seen("a", minutes=10)) == [("changed", None)]
    check(archive)


def read_back(archive: Archive) -> list[Any]:
    writer(archive).flush()
    with (archive.root / writer(archive).path).open("rb") as file:
        return list(ArchiveIterator(file))
