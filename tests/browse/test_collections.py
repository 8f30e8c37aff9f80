"""Collections that readers keep in a room: whose forms write, what they hold, and that there are none unless the operator says where."""

import asyncio
import io
import json
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from lxml import html

from crawler.browse import reading_room
from crawler.catalog.collections import MOST_ARTICLES, collections_in, create, held, put, tags_in
from crawler.errors import CatalogError, CollectionError
from tests import factories

URLS = [f"https://{factories.HOST}/info/1001/{n}.htm" for n in range(3)]
FIRST, SECOND, THIRD = (factories.document(url).id for url in URLS)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasette]:
    root = tmp_path_factory.mktemp("archive")
    with factories.catalog(root, factories.SITE) as db:
        factories.record(db, *map(factories.document, URLS))
    room = reading_room(root, collections=tmp_path_factory.mktemp("volume") / "collections.db")
    asyncio.run(room.invoke_startup())
    yield room
    room.executor.shutdown()
    for database in room.databases.values():
        database.close()


def ask(room: Datasette, path: str) -> Any:
    return asyncio.run(room.client.get(path, headers={"accept-language": "en"}))


def send(room: Datasette, path: str, *, cookie: str | None = None, **fields: str) -> Any:
    """Send a form as a page of the room does."""
    page = ask(room, "/collections")
    token = html.fromstring(page.text).cssselect("input[name=csrftoken]")[0].get("value")
    cookies = {"cookie": page.headers["set-cookie"].partition(";")[0] if cookie is None else cookie}
    return asyncio.run(room.client.post(path, data={"csrftoken": token, **fields}, headers=cookies))


def made(room: Datasette, **fields: str) -> str:
    answer = send(room, "/collections", **fields)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    return str(answer.headers["location"])


def test_an_article_is_put_into_a_collection_with_tags_and_a_note(room: Datasette) -> None:
    assert ask(room, f"/article/{FIRST}").text.count(f"/collections?ids={FIRST}") == 1
    place = made(room, name=" 毕业 季 ", note="给校报", ids=FIRST)
    assert send(room, place, do="put", ids=f"{SECOND},{'0' * 32}").status_code == HTTPStatus.SEE_OTHER
    send(room, place, do="annotate", article=FIRST, tags="典礼，#2026,典礼", note="要核对 <b>")
    told = json.loads(ask(room, f"{place}.json").text)
    assert (told["name"], told["note"]) == ("毕业 季", "给校报")
    assert [(one["document"], one["tags"], one["note"]) for one in told["articles"]] == [
        (FIRST, ["典礼", "2026"], "要核对 <b>"),
        (SECOND, [], ""),
        ("0" * 32, [], ""),
    ]
    page = html.fromstring(ask(room, f"{place}?q=图书馆").text)
    assert [one.get("href") for one in page.cssselect("section h3 a")] == [f"/article/{FIRST}", f"/article/{SECOND}"]
    assert "1 article of this list is not here" in page.cssselect(".notice")[0].text_content()
    assert "要核对 <b>" in page.cssselect("section .written-note")[0].text_content()
    tagged = html.fromstring(ask(room, f"{place}?tag=典礼").text)
    assert [one.get("href") for one in tagged.cssselect("section h3 a")] == [f"/article/{FIRST}"]
    send(room, place, do="take off", article=SECOND)
    send(room, place, do="describe", name="毕业", note="")
    told = json.loads(ask(room, f"{place}.json").text)
    assert (told["name"], [one["document"] for one in told["articles"]]) == ("毕业", [FIRST, "0" * 32])


def test_a_collection_is_taken_along_as_a_list_is(room: Datasette) -> None:
    key = made(room, name="三篇", ids=f"{THIRD},{FIRST},{SECOND}").rpartition("/")[2]
    assert ask(room, f"/collection.bib?kept={key}").text.count("@online") == 3
    file = zipfile.ZipFile(io.BytesIO(ask(room, f"/collection.zip?kept={key}").content))
    assert file.read("collection/README.md").decode().count("- ") == 3
    assert ask(room, "/collection.txt?kept=0000000000000000").text == ""


def test_a_collection_is_deleted_with_what_was_said_in_it(room: Datasette) -> None:
    place = made(room, name="旧", ids=FIRST)
    assert send(room, place, do="delete").headers["location"] == "/collections"
    assert ask(room, place).status_code == HTTPStatus.NOT_FOUND
    assert send(room, place, do="put", ids=SECOND).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("fields", "cookie", "status"),
    [
        ({"csrftoken": ""}, None, HTTPStatus.FORBIDDEN),
        ({"csrftoken": "x"}, None, HTTPStatus.FORBIDDEN),
        ({}, "", HTTPStatus.FORBIDDEN),
        ({}, "ds_csrftoken=x", HTTPStatus.FORBIDDEN),
        ({"do": "everything"}, None, HTTPStatus.BAD_REQUEST),
        ({"do": "delete", "note": "x" * 300_000}, None, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
)
def test_only_a_form_of_the_room_changes_anything(
    room: Datasette, fields: dict[str, str], cookie: str | None, status: HTTPStatus
) -> None:
    place = made(room, name="留下")
    answer = send(room, place, cookie=cookie, **{"do": "delete", **fields})
    assert answer.status_code == status
    assert ask(room, place).status_code == HTTPStatus.OK


def test_a_room_keeps_nothing_unless_it_is_told_where(room: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "collections", None)
    assert ask(room, "/collections").status_code == HTTPStatus.NOT_FOUND
    for path in ("/", f"/article/{FIRST}", f"/collection?ids={FIRST}"):
        answer = ask(room, path)
        assert "/collections" not in answer.text
        assert "set-cookie" not in answer.headers


def test_a_collection_has_bounds(tmp_path: Path) -> None:
    with collections_in(tmp_path / "c.db") as db:
        key = create(db, "满", "", now=factories.NOW)
        put(db, key, map(str, range(MOST_ARTICLES)), now=factories.NOW)
    with pytest.raises(CollectionError), collections_in(tmp_path / "c.db") as db:
        put(db, key, ["one more"], now=factories.NOW)
    with collections_in(tmp_path / "c.db") as db:
        assert len(held(db, key)) == MOST_ARTICLES
    assert len(tags_in(",".join(map(str, range(90))))) == 20


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database " * 100)
    for path in (tmp_path / "text", tmp_path, tmp_path / "nowhere/c.db"):
        with pytest.raises(CatalogError, match=path.name), collections_in(path):
            pass
