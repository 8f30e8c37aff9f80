"""Groups: copies find each other, what only looks like a copy stays apart, and no order of visits changes that."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from crawler.catalog import group, open_catalog
from crawler.catalog.tables import documents, groups, sites
from crawler.dedup import content_digest
from crawler.items import Article, Document, Site, Status
from crawler.pages.extraction.language import language_of
from tests import factories
from tests.near_texts import Labelled, labelled

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SITES = tuple(Site(key=key, name=key, hosts=(f"news.{key}.edu.cn",)) for key in ("lake", "cloud", "sea"))
TEXT = labelled(7, stories=1)[0].body


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(fresh(tmp_path / "catalog.db")) as db:
        yield db
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def fresh(path: Path) -> Database:
    db = open_catalog(path)
    for site in SITES:
        sites.save(db, site, now=NOW)
    return db


def document(
    name: str, body: str, *, minutes: int = 0, site: int = 0, title: str = "图书馆新馆启用", language: str = "zh-Hans"
) -> Document:
    article = Article(title=title, body=body, language=language)
    url = f"https://{SITES[site].hosts[0]}/{name}.htm"
    at, digest = NOW + timedelta(minutes=minutes), content_digest(article)
    return factories.document(url, article, site=SITES[site], content_digest=digest, archived=at)


def keep(db: Database, *kept: Document) -> None:
    """Record documents as ingest does, one group for all of them."""
    with group(db):
        for each in kept:
            documents.record(db, each, None, markdown_digest=None)
        groups.settle(db, [each.id for each in kept])


def members(db: Database) -> dict[str, tuple[str, str]]:
    """Copy -> (first, kin), by the names of their pages."""
    return {_name(row["url"]): (_name(row["first_url"]), row["kin"]) for row in db.query("SELECT * FROM copies")}


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1].removesuffix(".htm")


def numbered(texts: Sequence[Labelled], minutes: Sequence[int]) -> list[Document]:
    return [
        document(
            str(n), text.body, minutes=at, site=n % 3, title=text.title, language=language_of(text.body) or "zh-Hans"
        )
        for n, (text, at) in enumerate(zip(texts, minutes, strict=True))
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_copies_find_each_other_and_what_only_looks_like_a_copy_stays_apart(db: Database, seed: int) -> None:
    """Over some six hundred texts, captured in any order; of two of one label, both or neither should be in one group."""
    texts = labelled(seed)
    keep(db, *numbered(texts, random.Random(seed).sample(range(len(texts)), len(texts))))
    found = members(db)
    first = {str(n): found.get(str(n), (str(n), ""))[0] for n in range(len(texts))}
    label = {str(n): text.label for n, text in enumerate(texts)}
    together, same = pairs(first), pairs(label)
    right = sum(_pairs_of(Counter((first[n], label[n]) for n in first)).values())
    assert right / together >= 0.99
    assert right / same >= 0.95


def pairs(groups: dict[str, str]) -> int:
    return sum(_pairs_of(Counter(groups.values())).values())


def _pairs_of(sizes: Counter[Any]) -> dict[Any, int]:
    return {name: size * (size - 1) // 2 for name, size in sizes.items()}


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_visits_decides_nothing(tmp_path: Path, seed: int) -> None:
    texts = labelled(5, stories=6)
    chance = random.Random(seed)
    kept = numbered(texts, chance.sample(range(len(texts)), len(texts)))
    other = chance.sample(kept, len(kept))
    with closing(fresh(tmp_path / "one.db")) as one, closing(fresh(tmp_path / "other.db")) as two:
        keep(one, *sorted(kept, key=lambda each: each.archived))
        for n in range(0, len(other), 7):
            keep(two, *other[n : n + 7])
        assert rows(one) == rows(two)


def rows(db: Database) -> list[tuple[Any, ...]]:
    return db.execute("SELECT * FROM group_members ORDER BY document").fetchall()


def test_a_copy_is_named_by_what_it_is(db: Database) -> None:
    kinds = {text.kind: text for text in labelled(7, stories=1) if text.label == "story 0"}
    wanted = {
        "reflowed": "same",
        "traditional": "script",
        "retitled": "same",
        "edited": "edited",
        "framed": "edited",
        "half": "excerpt",
        "half traditional": "excerpt",
        "lead": "excerpt",
    }
    keep(db, document("first", kinds["first"].body))
    for n, kind in enumerate(wanted, start=1):
        text = kinds[kind].body
        keep(db, document(kind, text, minutes=n, title=kind, language=language_of(text) or "zh-Hans"))
    assert members(db) == {kind: ("first", kin) for kind, kin in wanted.items()}


def test_the_whole_that_is_found_after_its_excerpt_is_the_expanded_one(db: Database) -> None:
    keep(db, document("part", TEXT[: len(TEXT) // 2]), document("whole", TEXT, minutes=1))
    assert members(db) == {"whole": ("part", "expanded")}


def test_a_digest_of_many_articles_is_no_copy_of_the_first_of_them(db: Database) -> None:
    bodies = [text.body for text in labelled(3, stories=8) if text.kind == "first"]
    keep(db, *(document(str(n), body, minutes=n, title=str(n)) for n, body in enumerate(bodies)))
    keep(db, document("week", "\n\n".join(bodies), minutes=60))
    assert members(db) == {}


def test_one_captured_earlier_becomes_the_first_when_it_is_found(db: Database) -> None:
    keep(db, document("b", TEXT, minutes=5), document("c", TEXT, minutes=7, title="转载", site=1))
    assert members(db) == {"c": ("b", "same")}
    keep(db, document("a", TEXT + "欢迎来馆。", minutes=1))
    assert members(db) == {"b": ("a", "edited"), "c": ("a", "edited")}


def test_a_document_that_says_something_else_leaves_and_its_copies_stay_together(db: Database) -> None:
    keep(db, *(document(name, TEXT, minutes=n, title=name) for n, name in enumerate("abc")))
    other = next(text.body for text in labelled(9, stories=1))
    keep(db, document("a", other, title="a"))
    assert members(db) == {"c": ("b", "same")}
    keep(db, document("a", TEXT, title="a"))
    assert members(db) == {"b": ("a", "same"), "c": ("a", "same")}


def test_a_document_that_is_gone_stays_in_its_group(db: Database) -> None:
    keep(db, document("a", TEXT), document("b", TEXT, minutes=1, title="b"))
    keep(db, replace(document("a", TEXT), status=Status.GONE))
    assert members(db) == {"b": ("a", "same")}


def test_an_equal_document_stands_where_the_one_it_repeats_stands(db: Database) -> None:
    keep(db, document("a", TEXT), document("b", TEXT + "欢迎来馆。", minutes=1, site=1))
    for name, text, repeated in (("c", TEXT, "a"), ("d", TEXT + "欢迎来馆。", "b")):
        at = document(name, text, minutes=2, site=2)
        first = document(repeated, text, site=0 if repeated == "a" else 1)
        keep(db, replace(at, status=Status.DUPLICATE, path=None, duplicate_of=first.id))
    assert members(db) == {"b": ("a", "edited"), "c": ("a", "same"), "d": ("a", "edited")}
    (row,) = db.query("SELECT copies, reposts, same, edited FROM groups")
    assert row == {"copies": 3, "reposts": 3, "same": 1, "edited": 2}
    assert db["signatures"].count == 2


def test_too_short_a_text_belongs_to_nobody(db: Database) -> None:
    keep(db, document("a", "图书馆新馆启用，欢迎来馆。"), document("b", "图书馆新馆启用，欢迎来馆。", minutes=1))
    assert (members(db), db["signatures"].count) == ({}, 0)


def test_keys_are_exactly_those_of_the_texts_that_are_there(db: Database) -> None:
    keep(db, *(document(str(n), text.body, minutes=n) for n, text in enumerate(labelled(4, stories=2))))
    keep(db, *(document(str(n), text.body, minutes=n) for n, text in enumerate(labelled(6, stories=2))))
    stored = defaultdict(set)
    for key, row in db.execute("SELECT key & 4294967295, signature FROM signature_keys"):
        stored[row].add(key)
    for row in db.query("SELECT * FROM signatures"):
        packed = [int.from_bytes(row["keys"][n : n + 4], "little") for n in range(0, len(row["keys"]), 4)]
        assert stored.pop(row["row"]) == set(packed)
    assert stored == {}


def test_a_phrase_that_very_many_share_hides_no_copy(db: Database) -> None:
    """Of each key the earliest documents are looked at: what they all say is in every window, what only two say is in theirs."""
    notices = [
        text for text in labelled(8, stories=200) if text.label.startswith("notice 0-") and text.kind == "notice"
    ]
    keep(db, *(document(str(n), text.body, minutes=n) for n, text in enumerate(notices)))
    keep(db, document("copy", notices[-1].body.replace("，", ","), minutes=500, title="转发", site=1))
    assert members(db)["copy"] == (str(len(notices) - 1), "same")


def test_a_catalog_without_groups_gets_them_when_it_is_opened(tmp_path: Path) -> None:
    with closing(fresh(tmp_path / "catalog.db")) as db:
        keep(db, document("a", TEXT), document("b", TEXT, minutes=1, title="b"))
        for name in ("copies", "groups"):
            db.execute(f"DROP VIEW {name}")
        for name in ("group_members", "signature_keys", "signatures", "addresses"):
            db.execute(f"DROP TABLE {name}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = '0005_groups'")
    with closing(open_catalog(tmp_path / "catalog.db")) as db:
        assert members(db) == {"b": ("a", "same")}
