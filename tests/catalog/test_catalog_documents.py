"""Documents in the catalog: recorded, known, superseded, relinked."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.tables import documents, history, texts, visits
from crawler.errors import CatalogError
from crawler.items import Article, Document, DocumentState, Media, MediaKind, Outcome, Precision, Role, Status, Visit
from crawler.urls import document_id
from tests import factories
from tests.searching import hits

NOW = datetime(2026, 11, 23, 3, 0, 0, 7, tzinfo=UTC)
SITE = factories.SITE
ARTICLE = Article(
    title="图书馆延长开放时间",
    body="本学期起，图书馆开放到深夜。\n\n![阅览室](https://news.example.edu.cn/a.jpg)",
    published=datetime(2023, 2, 8, 14, 40, tzinfo=timezone(timedelta(hours=8))),
    precision=Precision.MINUTE,
    people={"记者": ("王芳", "李四"), "摄影": ("赵六",)},
    section=("首页", "学校要闻"),
    media=(
        Media(kind=MediaKind.IMAGE, url="https://news.example.edu.cn/a.jpg", caption="阅览室"),
        Media(kind=MediaKind.ATTACHMENT, url="https://news.example.edu.cn/b.pdf", name="通知.pdf"),
    ),
    provenance={"title": "vsb"},
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with factories.catalog(tmp_path, SITE, now=NOW) as db:
        yield db
        db.execute("INSERT INTO document_search (document_search) VALUES ('integrity-check')")


def document(name: str, *, digest: str = "sha256:1", captured: datetime = NOW, **article: object) -> Document:
    url = f"https://news.example.edu.cn/{name}"
    said = replace(ARTICLE, **article)  # type: ignore[arg-type]
    return factories.document(url, said, content_digest=digest, archived=captured, path=f"articles/{name}.md")


def duplicate(name: str, first: Document) -> Document:
    return replace(document(name), path=None, status=Status.DUPLICATE, duplicate_of=first.id)


def record(db: Database, *recorded: Document) -> None:
    with group(db):
        for each in recorded:
            visit = Visit(
                url=each.url,
                site="example",
                role=Role.ARTICLE,
                run="r1",
                fetched=NOW,
                outcome=Outcome.NEW,
                document=each.id,
            )
            digest = "sha256:file" if each.path else None
            documents.record(db, each, visits.record(db, visit), markdown_digest=digest)


def test_document_is_recorded_with_all_that_hangs_on_it(db: Database) -> None:
    one = document("a")
    record(db, one)
    (row,) = db["documents"].rows
    assert row["published"] == "2023-02-08T14:40:00+08:00"
    assert row["section"] == "首页 / 学校要闻"
    assert (row["images"], row["attachments"], row["videos"], row["status"]) == (1, 1, 0, "live")
    assert [(m["kind"], m["caption"], m["name"]) for m in db["media"].rows] == [
        ("image", "阅览室", None),
        ("attachment", None, "通知.pdf"),
    ]
    assert [(p["role"], p["name"]) for p in db["people"].rows_where(order_by="position")] == [
        ("记者", "王芳"),
        ("记者", "李四"),
        ("摄影", "赵六"),
    ]
    (version,) = db["versions"].rows
    assert (version["version"], version["visit"], version["markdown_digest"]) == (1, 1, "sha256:file")
    (article,) = db["articles"].rows
    assert (article["university"], article["people"]) == ("示例大学", "记者 王芳; 记者 李四; 摄影 赵六")


def test_known_documents_come_back_by_id(db: Database) -> None:
    one = document("a")
    record(db, one)
    expected = DocumentState(
        id=one.id,
        url=one.url,
        site="example",
        article=replace(one.article, body=""),
        characters=len(one.article.body),
        family="vsb",
        extractor="3",
        version=1,
        content_digest="sha256:1",
        path=one.path,
        captured=NOW,
        status=Status.LIVE,
    )
    assert documents.known(db, [one.id, "0" * 32]) == {one.id: expected}


def test_changed_document_keeps_both_versions_and_replaces_the_rest(db: Database) -> None:
    one = document("a", body="旧的内容。")
    record(db, one)
    later = NOW + timedelta(days=1)
    new = replace(document("a", digest="sha256:2", body="新的内容。", people={}, media=()), version=2, lastmod=later)
    record(db, new)
    history.update_version(db, one.id, 1, {"path": "versions/a/1.md"})
    assert [(v["version"], v["path"], v["captured"]) for v in db["versions"].rows] == [
        (1, "versions/a/1.md", "2026-11-23T03:00:00.000007+00:00"),
        (2, "articles/a.md", "2026-11-24T03:00:00.000007+00:00"),
    ]
    assert db["media"].count == db["people"].count == 0
    assert hits(db, "旧的") == []
    assert [hit.id for hit in hits(db, "新的")] == [one.id]


def test_recording_the_same_again_changes_nothing(db: Database) -> None:
    record(db, document("a"))
    before = [list(db[table].rows) for table in ("documents", "media", "people", "texts")]
    record(db, document("a"))
    assert [list(db[table].rows) for table in ("documents", "media", "people", "texts")] == before
    assert len(hits(db, "图书馆")) == 1


def test_first_is_the_document_that_is_no_duplicate(db: Database) -> None:
    first = document("b")
    record(db, first, duplicate("a", first), document("c", digest="sha256:2"))
    assert {digest: known.url for digest, known in documents.firsts(db, ["sha256:1", "sha256:9"]).items()} == {
        "sha256:1": first.url
    }


def test_first_of_two_is_the_one_captured_earlier_then_the_smaller_url(db: Database) -> None:
    record(db, document("b"), document("a"), document("c", captured=NOW - timedelta(seconds=1)))
    assert documents.firsts(db, ["sha256:1"])["sha256:1"].url.endswith("/c")
    record(db, document("c", digest="sha256:2"))
    assert documents.firsts(db, ["sha256:1"])["sha256:1"].url.endswith("/a")


def test_duplicate_has_no_file_and_is_not_found_twice(db: Database) -> None:
    first = document("b")
    record(db, first, duplicate("a", first))
    assert [hit.id for hit in hits(db, "图书馆")] == [first.id]
    assert [row["id"] for row in db["articles"].rows] == [first.id]


def test_duplicate_may_be_recorded_before_its_first(db: Database) -> None:
    first = document("b")
    record(db, duplicate("a", first), first)
    assert documents.known(db, [document_id("https://news.example.edu.cn/a")]).popitem()[1].duplicate_of == first.id


def test_relinking_moves_every_duplicate_to_the_new_first(db: Database) -> None:
    old = document("b")
    record(db, old, duplicate("c", old), duplicate("a", old))
    earlier = document("a", captured=NOW - timedelta(days=1))
    with group(db):
        assert documents.relink(db, old_first=old.id, new_first=earlier.id) == old.path
        documents.record(db, earlier, None, markdown_digest="sha256:file")
    held = {row["url"][-1]: (row["status"], row["duplicate_of"], row["path"]) for row in db["documents"].rows}
    assert held == {
        "a": ("live", None, "articles/a.md"),
        "b": ("duplicate", earlier.id, None),
        "c": ("duplicate", earlier.id, None),
    }
    assert [hit.id for hit in hits(db, "图书馆")] == [earlier.id]


def test_relinking_what_is_not_there_is_refused(db: Database) -> None:
    with pytest.raises(CatalogError, match="document x: cannot become a duplicate of y"):
        documents.relink(db, old_first="x", new_first="y")


def test_duplicate_without_a_first_is_refused(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        record(db, duplicate("a", document("nowhere")))
    assert db["documents"].count == 0


def test_group_that_fails_leaves_no_text_to_be_found(db: Database) -> None:
    with pytest.raises(RuntimeError), group(db):  # noqa: PT012
        documents.record(db, document("a"), None, markdown_digest="sha256:file")
        texts.index(db)
        raise RuntimeError
    assert hits(db, "图书馆") == []
    record(db, document("b"))
    assert len(hits(db, "图书馆")) == 1


def test_document_recorded_twice_in_one_group_is_found_once(db: Database) -> None:
    record(db, document("a", body="旧的内容。"), document("a", body="新的内容。"))
    assert hits(db, "旧的") == []
    assert len(hits(db, "新的")) == 1
