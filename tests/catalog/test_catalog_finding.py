"""What a query finds, in which order, how it is narrowed and shown."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler.catalog.queries import finding
from crawler.catalog.queries.finding import Order, find
from crawler.catalog.queries.selection import Selection
from crawler.catalog.tokens import marked, snippet, words
from crawler.items import Article, Site
from tests import factories

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
SITES = {
    key: Site(key=key, name=name, hosts=(f"{key}.example.edu.cn",)) for key, name in (("a", "甲大学"), ("b", "乙大学"))
}
LONG = "开头的话说了很多。" * 30
TEXTS = (
    ("a", "毕业典礼隆重举行", "校长致辞，祝贺毕业生。", datetime(2026, 5, 3, tzinfo=CHINA), "要闻", "校报", "王芳"),
    ("a", "毕业典礼", "简讯。", datetime(2026, 5, 1, tzinfo=CHINA), "要闻", "校报", "李明"),
    ("b", "圖書館延長開放", "畢業典禮之後，圖書館照常開放。", datetime(2026, 6, 1, tzinfo=CHINA), "通知", None, "王芳"),
    ("b", "AI实验室揭牌", f"{LONG}Machine Learning 与 5G技术的毕业设计。", None, "要闻", "学院", "王芳"),
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with factories.catalog(tmp_path_factory.mktemp("found"), *SITES.values()) as db:
        for n, (key, title, body, published, section, source, name) in enumerate(TEXTS):
            url = f"https://{key}.example.edu.cn/{n}.htm"
            article = Article(
                title=title,
                body=body,
                published=published,
                section=("首页", section),
                source=source,
                people={"记者": (name,)},
            )
            factories.record(db, factories.document(url, article, site=SITES[key]))
        yield db


def titles(db: Database, text: str, **narrowed: object) -> list[str]:
    return [hit.title for hit in find(db, Selection(words=text, **narrowed)).hits]  # type: ignore[arg-type]


def test_the_exact_title_comes_first_however_it_is_written(db: Database) -> None:
    for text in ("毕业典礼", "畢業典禮", "“毕业典礼”", " 毕业典礼！"):
        assert titles(db, text)[0] == "毕业典礼"
        assert sorted(titles(db, text)) == sorted(["毕业典礼", "毕业典礼隆重举行", "圖書館延長開放"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("毕业 图书馆", ["圖書館延長開放"]),
        ('"machine learning"', ["AI实验室揭牌"]),
        ('"learning machine"', []),
        ("learning machine", ["AI实验室揭牌"]),
        ("「5G技术」", ["AI实验室揭牌"]),
        ("馆", ["圖書館延長開放"]),
        ("王芳 ai实验室", ["AI实验室揭牌"]),
        ("馆 -language:en -is:suspect", ["圖書館延長開放"]),  # neither is known of it
    ],
)
def test_words_and_phrases_are_found(db: Database, text: str, found: list[str]) -> None:
    assert titles(db, text) == found


def test_hits_are_narrowed_by_everything_a_selection_names(db: Database) -> None:
    assert titles(db, "毕业", sites=["b"], people=["王芳"], sections=["通知"]) == ["圖書館延長開放"]
    assert titles(db, "毕业", since=date(2026, 5, 1), until=date(2026, 5, 2)) == ["毕业典礼"]
    assert titles(db, "", sources=["学院"]) == ["AI实验室揭牌"]


def test_dates_sort_and_what_has_none_comes_last(db: Database) -> None:
    newest = [hit.title for hit in find(db, Selection(words="毕业"), order=Order.NEWEST).hits]
    assert newest == ["圖書館延長開放", "毕业典礼隆重举行", "毕业典礼", "AI实验室揭牌"]
    oldest = [hit.title for hit in find(db, Selection(), order=Order.OLDEST).hits]
    assert oldest == ["毕业典礼", "毕业典礼隆重举行", "圖書館延長開放", "AI实验室揭牌"]


def test_facets_count_all_hits_not_the_page(db: Database) -> None:
    found = find(db, Selection(words="毕业"), limit=1)
    assert len(found.hits) == 1
    assert found.total == 4
    assert dict(found.facets["site"]) == {"a": 2, "b": 2}
    assert found.facets["person"][0] == ("王芳", 3)
    assert found.facets["section"][0] == ("首页 / 要闻", 3)


def test_pages_together_hold_every_hit_once(db: Database) -> None:
    pages = [find(db, Selection(words="毕业"), limit=1, offset=n).hits[0].id for n in range(4)]
    assert len(set(pages)) == 4


def test_what_many_hold_has_titles_first_and_says_that_there_is_more(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    monkeypatch.setattr(finding, "RANKED", 1)
    found = find(db, Selection(words="毕业典礼"))
    assert found.is_more
    assert [hit.title for hit in found.hits] == ["毕业典礼", "毕业典礼隆重举行"]


@pytest.mark.parametrize("text", ['"', "*", "“”", '""', "；；", "\x00", "'"])
def test_a_query_without_a_word_finds_nothing(db: Database, text: str) -> None:
    assert find(db, Selection(words=text)).total == 0


@given(text=st.text(max_size=40))
def test_no_query_is_an_error(db: Database, text: str) -> None:
    found = find(db, Selection(words=text))
    assert found.total <= len(TEXTS)


def test_a_snippet_shows_the_word_far_down_the_text() -> None:
    pieces = (
        snippet(TEXTS[3][1], words("machine")) if "machine" in TEXTS[3][1] else snippet(TEXTS[3][2], words("machine"))
    )
    assert [piece.text for piece in pieces if piece.marked] == ["Machine"]
    assert pieces[0].text.startswith("…")


def test_a_snippet_without_the_word_is_the_beginning() -> None:
    assert snippet("短。", ["没有"])[0].text == "短。"


@given(text=st.text(max_size=60), word=st.text(min_size=1, max_size=3))
def test_marking_changes_no_character(text: str, word: str) -> None:
    assert "".join(piece.text for piece in marked(text, words(word))) == text


def test_marks_stand_right_where_folding_changes_lengths() -> None:
    assert [piece.text for piece in marked("㈱…圖書館", ["图书馆"]) if piece.marked] == ["圖書館"]
