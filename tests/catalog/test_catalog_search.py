"""Search: Chinese words of any length, either script, mixed with Latin; nothing typed is syntax."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler.catalog import tokens
from crawler.items import Article, Site
from tests import factories
from tests.searching import hits

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SITE = Site(key="example", name="示例大学", hosts=("news.example.edu.cn",))
ARTICLES = {
    "job": Article(
        title="春季招聘会", body="今年**毕业生**的就业指导，由 AI 实验室与2023届学生主持。", people={"记者": ("王芳",)}
    ),
    "trad": Article(title="圖書館與學術資源", body="畢業生可以繼續使用。", source="校報"),
    "near": Article(title="业绩", body="完毕。业务先生说：毕业典礼，专业生源。"),
    "wide": Article(title="ＣＯＶＩＤ－１９", body="𠮷野家與[covid](https://x.cn/secret)"),
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    told = [factories.document(f"https://news.example.edu.cn/{key}", article) for key, article in ARTICLES.items()]
    with factories.catalog(tmp_path_factory.mktemp("search"), factories.SITE) as db:
        factories.record(db, *told)
        yield db


def found(db: Database, text: str) -> set[str]:
    sql = "SELECT url FROM document_search JOIN documents ON search_row = document_search.rowid WHERE document_search MATCH ?"
    return {url.rpartition("/")[2] for (url,) in db.execute(sql, [tokens.query(text)])}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("就业", {"job"}),
        ("毕业生", {"job", "trad"}),
        ("畢業生", {"job", "trad"}),
        ("学术", {"trad"}),
        ("图书馆 校报", {"trad"}),
        ("王芳", {"job"}),
        ("业", {"job", "trad", "near"}),
        ("源", {"trad", "near"}),
        ("2023届", {"job"}),
        ("ai", {"job"}),
        ("covid", {"wide"}),
        ("ＡＩ实验室", {"job"}),
        ("𠮷野", {"wide"}),
        ("就业 图书馆", set()),
        ("secret", set()),
        ("", set()),
        ("，。！", set()),
        ('"', set()),
        ("就业 OR 业绩", set()),
        ("title: *", set()),
        ("实验室与2023", {"job"}),
        ("与2023届学", {"job"}),
        ("2023届学", {"job"}),
        ("完毕业务", set()),
        ("《就业》", {"job"}),
    ],
)
def test_words_are_found(db: Database, text: str, keys: set[str]) -> None:
    assert found(db, text) == keys


def test_word_in_the_title_comes_first(db: Database) -> None:
    assert hits(db, "业")[0].url.endswith("/near")


def test_limit_is_kept(db: Database) -> None:
    assert len(hits(db, "业", limit=1)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    text=st.text(alphabet=st.sampled_from("毕业生abc 1\"*():^-+\\'%_Éß\u0301\u0915\u094d𠮷𰻝ㄅ가ひ"), max_size=20)
    | st.text(max_size=20)
)
def test_no_query_is_an_error(db: Database, text: str) -> None:
    found(db, text)
    hits(db, text)


@given(
    left=st.text(max_size=5),
    word=st.text(alphabet="毕业生图書館aZ9", min_size=1, max_size=8),
    right=st.sampled_from(["", "。", "人员", " x", "𠮷"]),
)
def test_every_word_of_a_text_is_found_in_it(left: str, word: str, right: str) -> None:
    """Latin words and numbers are found whole only, so the word is kept apart from letters before it."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE t USING fts5 (body, content='', tokenize='ascii')")
    table.execute("INSERT INTO t (rowid, body) VALUES (1, ?)", [tokens.bigrams(f"{left} {word}{right}")])
    assert table.execute("SELECT count(*) FROM t WHERE t MATCH ?", [tokens.query(word)]).fetchone() == (1,)
    table.close()


def test_index_holds_pairs_and_the_last_character() -> None:
    assert tokens.bigrams("毕业生 2023届，AI") == "毕业 业生 生 2023 届 ai"
    assert tokens.query("毕业生 业 AI") == '"毕业 业生" "业"* "ai"'
    assert tokens.query("用AI写2023届") == '"用 ai 写 2023 届"*'
    assert tokens.query("实验室AI") == '"实验 验室 室 ai"'
