"""What a reader's own SQL may cost, and what a spreadsheet gets: asked through Datasette's in-process client."""

import asyncio
import csv
import gc
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from crawler.browse import reading_room
from crawler.browse.spreadsheets import Disarming
from crawler.catalog import group, open_catalog
from crawler.catalog.limits import MAX_ANSWER
from crawler.catalog.tables import sites
from crawler.items import Article, Site
from tests import factories

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "  =1",
    "\u3000=1",
    "＝1",
    '=HYPERLINK("http://e","x")',
)
MANY = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) SELECT"
GROWING = ", ".join(f"a{n} AS (SELECT * FROM a{n + 1} UNION SELECT * FROM a{n + 1})" for n in range(40))
WIDER = ", ".join(f"a{n} AS (SELECT * FROM a{n + 1} x, a{n + 1} y)" for n in range(40))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasette]:
    archive = tmp_path_factory.mktemp("archive")
    db = open_catalog(archive / "catalog.db")
    with group(db):
        sites.save(db, Site(key="example", name="示例大学", hosts=("news.example.edu.cn",)), now=AT)
        for number, title in enumerate(FORMULAS):
            factories.record(
                db, factories.document(f"https://news.example.edu.cn/{number}.htm", Article(title=title, body="正文"))
            )
    db.close()
    room = reading_room(archive)
    yield room
    room.executor.shutdown()
    for database in room.databases.values():
        database.close()
    del room
    gc.collect()


def get(room: Datasette, path: str) -> Any:
    return asyncio.run(room.client.get(path))


def ask(room: Datasette, sql: str) -> Any:
    return get(room, f"/catalog.json?{urlencode({'sql': sql, '_shape': 'arrays'})}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT zeroblob(200000000)",
        "SELECT hex(randomblob(900000))",
        "SELECT replace(hex(zeroblob(400000)), '0', hex(zeroblob(400000)))",
        f"{MANY} group_concat(hex(zeroblob(1000))) FROM n",
        f"{MANY} json_group_array(hex(zeroblob(1000))) FROM n",
        f"{MANY} hex(zeroblob(400000)) FROM n",  # each a small one, together 4 GB
        f"{MANY} {', '.join(['i'] * 190)} FROM n",
        f"WITH {GROWING}, a40 AS (SELECT 1) SELECT count(*) FROM a0",
        f"WITH {WIDER}, a40 AS (SELECT 1) SELECT count(*) FROM a0",
        "SELECT trim(hex(zeroblob(400000)), hex(randomblob(1000)))",
        "SELECT json_patch('{}', '{}')",
        "SELECT 'a' LIKE hex(zeroblob(1000))",
        f"SELECT {'(' * 900}1{')' * 900}",
    ],
)
def test_a_question_that_wants_too_much_is_told_so(room: Datasette, sql: str) -> None:
    answer = ask(room, sql)
    assert answer.status_code in (400, 503)
    assert len(answer.content) < 10_000


@pytest.mark.parametrize("form", [".json", ".csv", ""])
def test_a_question_that_takes_too_long_is_told_so(room: Datasette, form: str) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    answer = get(room, f"/catalog{form}?{urlencode({'sql': endless, '_timelimit': 20})}")
    assert answer.status_code in (400, 503)


def test_an_address_asks_for_so_many_things(room: Datasette) -> None:
    assert get(room, f"/catalog/documents?{'_facet=title&' * 200}").status_code == 400


@pytest.mark.parametrize(
    "sql", ["printf('%.*c', 900000000, 'x')", "format('%900000000d', 1)", "printf('%*d', 900000000, 1)"]
)
def test_a_width_without_end_costs_nothing(room: Datasette, sql: str) -> None:
    assert ask(room, f"SELECT {sql}").json()["rows"] == [[None]]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("printf('%05.1f %s %%', 2.5, '条')", "002.5 条 %"),
        ("replace('一二一', '一', '三')", "三二三"),
        ("replace('a', '', 'b')", "a"),
        ("replace(NULL, 'a', 'b')", None),
        ("replace(11, 1, 2)", "22"),
        ("trim('一二一', '一') || ltrim('aab', 'a') || rtrim('baa', 'a')", "二bb"),
        ("trim(NULL, 'a')", None),
        ("instr('一二', '二')", 2),
        ("instr(x'0102', x'02')", 2),
        ("instr('a', 'b')", 0),
        ("instr(NULL, 'b')", None),
    ],
)  # fmt: skip
def test_functions_answer_as_those_of_sqlite(room: Datasette, sql: str, value: object) -> None:
    assert ask(room, f"SELECT {sql}").json()["rows"] == [[value]]


def test_many_small_rows_are_an_answer(room: Datasette) -> None:
    rows = ask(room, f"{MANY} i, hex(zeroblob(1000)) FROM n LIMIT 900").json()["rows"]
    assert len(rows) == 900
    assert sum(len(text) for _, text in rows) < MAX_ANSWER


@pytest.mark.parametrize(
    "path",
    [
        "/catalog/documents.csv",
        "/catalog/documents.csv?_stream=on",
        "/search.csv",
        "/catalog.csv?sql=select+title+from+documents",
    ],
)
def test_no_csv_holds_a_formula(room: Datasette, path: str) -> None:
    rows = list(csv.DictReader(io.StringIO(get(room, path).text.removeprefix("\ufeff"), newline="")))
    assert {row["title"] for row in rows} == {f"'{title}" for title in FORMULAS}


@given(st.lists(st.lists(st.text() | st.integers().map(str), min_size=1), min_size=1))
def test_a_table_stays_the_table_but_for_its_formulas(rows: list[list[str]]) -> None:
    guard, told = Disarming(), io.StringIO(newline="")
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(row)
        told.write(guard.piece(line.getvalue().encode("utf-8", "replace")).decode())
    told.seek(0)
    found = list(csv.reader(told))
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.encode("utf-8", "replace").decode().removeprefix("'") for cell in row] for row in rows
    ]
    cells = [cell for row in found for cell in row]
    assert not any(cell.lstrip().startswith(("=", "@", "＝", "\t", "\r")) for cell in cells)
