"""The reading room over all shards: what one archive shows of an article, the union shows of it; what is withheld is behind no door."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from scrapy.settings import Settings

from crawler.archive.layout import CATALOG
from crawler.browse import reading_room
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.catalog.queries.finding import find
from crawler.catalog.queries.selection import Selection
from crawler.clock import utc_now
from crawler.errors import ScaleError
from crawler.export import Job
from crawler.export.wacz import write_wacz
from crawler.scale.database import SharedDatabase
from crawler.scale.machine import Machine, adopt, check_out_by_hand, publish_by_hand
from crawler.scale.store import BlobStore
from crawler.scale.union.packing import write_union_wacz
from crawler.scale.union.room import union_room
from crawler.scale.union.searching import index_heads
from crawler.takedown import find as find_article
from crawler.takedown import withhold
from crawler.warc import records
from tests import archives
from tests.scale.test_union import SHARDS, make_shard, news, of_site

Ask = Callable[[str], Awaitable[Any]]
WITHIN = "/shard/~E4~B8~80"
HEAD = re.compile(r'<p class="quiet">Shard .*?</p>\n')


@pytest.fixture
def machine(database: SharedDatabase, tmp_path: Path) -> Machine:
    """Four shards: one of a real crawl, under a name that is not ASCII, and three that differ in all that can be asked for."""
    made = Machine(
        database=database, store=BlobStore.open(str(tmp_path / "store")), root=tmp_path / "disk", clock=utc_now
    )
    root = archives.unpack(archives.packed()[-1], tmp_path / "released").rename(tmp_path / "一")
    close_catalog(open_catalog(root / CATALOG))
    adopt(made, root, "一")
    for at, site in enumerate(SHARDS):
        adopt(
            made,
            make_shard(tmp_path / site.key, site, [of_site(site, n, news(7 * at + n)) for n in range(12)]),
            site.key,
        )
    index_heads(made)
    return made


@contextmanager
def settings_of(machine: Machine, tmp_path: Path) -> Iterator[Settings]:
    yield Settings(
        {
            "SCALE_DATABASE": machine.database.url,
            "SCALE_STORE": str(tmp_path / "store"),
            "SCALE_DIR": str(machine.root),
        }
    )


def asked(machine: Machine, tmp_path: Path, ask: Callable[[Ask], Awaitable[None]]) -> None:
    """Ask the room over all shards."""

    async def run() -> None:
        with settings_of(machine, tmp_path) as settings, union_room(settings) as room:
            await room.invoke_startup()
            await ask(room.client.get)

    asyncio.run(run())


def test_pages_of_one_thing_are_those_of_its_archive(machine: Machine, tmp_path: Path) -> None:
    root = tmp_path / "一"
    with closing(open_reader(root / CATALOG)) as db:
        (document, visit, site), *_ = db.execute(
            "SELECT documents.id, visit, documents.site FROM shown_documents AS documents JOIN versions ON versions.document = documents.id "
            "AND versions.version = documents.version JOIN visits ON visits.id = visit "
            "WHERE images > 0 AND duplicate_of IS NULL AND warc IS NOT NULL"
        ).fetchall()
        url, medium = db.execute(
            "SELECT documents.url, media_files.path FROM documents JOIN media ON media.document = documents.id "
            "JOIN media_files ON media_files.sha256 = media.sha256 WHERE documents.id = ?",
            [document],
        ).fetchone()
    paths = (
        *(f"/article/{document}", f"/article/{document}.md", f"/article/{document}/cite.txt", f"/site/{site}"),
        *(f"/timemap/link/{url}", f"/capture/{visit}", f"/capture/{visit}/page", f"/{medium}"),
    )

    async def ask(get: Ask) -> None:
        alone = reading_room(root)
        await alone.invoke_startup()
        for path in paths:
            one = await alone.client.get(path)
            other = await get(path if not path.startswith(("/capture", "/media")) else WITHIN + path)
            assert (other.status_code, other.headers["content-type"]) == (200, one.headers["content-type"]), path
            if path.endswith((".md", ".txt", "/page", medium)):
                assert other.content == one.content
        shown = (await get(f"/article/{document}")).text
        assert HEAD.search(shown)
        assert f'{WITHIN}/{medium}"' in shown
        assert f'href="{WITHIN}/capture/{visit}"' in shown
        assert f'src="{WITHIN}/capture/{visit}/page"' in (await get(f"{WITHIN}/capture/{visit}")).text
        assert "as of" in (await get("/sites")).text
        found = await get(f"/search?q={quote(url, safe='')}")
        assert (found.status_code, found.headers["location"]) == (302, f"/article/{document}")
        for missing in (f"/article/{'0' * 32}", "/shard/nowhere/capture/1", "/site/nowhere", "/catalog", "/look"):
            assert (await get(missing)).status_code == 404, missing
        assert (await get("/person/王芳")).headers["location"] == f"/search?person={quote('王芳')}"
        for lacking in ("/search.bib", "/search.atom", "/people", "/words.csv", "/collection", "/runs"):
            said = await get(lacking)
            assert (said.status_code, f"{lacking} is of one archive" in said.text) == (404, True), said.text

    asked(machine, tmp_path, ask)


def test_a_search_counts_and_narrows_as_the_archives_do_together(machine: Machine, tmp_path: Path) -> None:
    folders = [tmp_path / "一", *(tmp_path / site.key for site in SHARDS)]
    several = (
        {"words": ""},
        {"words": "馆"},
        {"words": "馆", "sites": ("lake", "sea")},
        {"years": ("2026",), "sources": ("校报",)},
        {"sections": ("要闻",), "people": ("王芳",)},
        {"universities": ("云台师范大学",), "words": "-毕业"},
    )

    async def ask(get: Ask) -> None:
        for given in several:
            names = {"words": "q", "sites": "site", "years": "year", "sources": "source", "sections": "section"}
            names |= {"people": "person", "universities": "university"}
            pairs = [(names[name], one) for name, of in given.items() for one in ([of] if isinstance(of, str) else of)]
            query = "&".join(f"{name}={quote(value)}" for name, value in pairs)
            answer = json.loads((await get(f"/search.json?size=1000&{query}")).text)
            ids, facets = set(), Counter[tuple[str, str]]()
            for folder in folders:
                with closing(open_reader(folder / CATALOG)) as db:
                    found = find(db, Selection(**given), limit=1000)
                ids |= {hit.id for hit in found.hits}
                facets.update({(name, value): number for name, of in found.facets.items() for value, number in of})
            assert {hit["id"] for hit in answer["hits"]} == ids, given
            assert answer["total"] == len(ids)
            assert all(hit["shard"] and hit["head"].endswith("+00:00") for hit in answer["hits"])
            counted = {(name, one["value"]): one["count"] for name, of in answer["facets"].items() for one in of}
            assert counted.items() <= facets.items(), given
            assert {name for name, _ in counted} == {name for name, _ in facets}
            lines = (await get(f"/search.jsonl?with=people,body&{query}")).text.splitlines()
            assert {json.loads(line)["id"] for line in lines} == ids
        newest = [hit["published"] for hit in json.loads((await get("/search.json?sort=newest&size=30")).text)["hits"]]
        assert newest == sorted(filter(None, newest), reverse=True) + [None] * newest.count(None)
        page = (await get("/search?q=馆")).text
        assert "as of" in page
        assert "/collection" not in page

    asked(machine, tmp_path, ask)


def test_what_a_later_head_withholds_is_behind_no_door(machine: Machine, tmp_path: Path) -> None:
    local = check_out_by_hand(machine, "一", force=False)
    with closing(open_catalog(local.archive / CATALOG)) as db:
        (document, title, visit), *_ = db.execute(
            "SELECT documents.id, documents.title, visit FROM shown_documents AS documents JOIN versions ON versions.document = documents.id "
            "JOIN visits ON visits.id = visit WHERE duplicate_of IS NULL AND warc IS NOT NULL"
        ).fetchall()
        doors = (
            f"/article/{document}",
            f"/article/{document}.md",
            f"{WITHIN}/capture/{visit}",
            f"/search?q={quote(title)}",
        )

        async def ask(get: Ask) -> None:
            assert [(await get(door)).status_code for door in doors] == [200] * 4
            assert document in (await get(doors[3])).text
            withhold(
                local.archive, db, find_article(db, document), "asked by the person named", now=utc_now(), only=True
            )
            close_catalog(db)
            publish_by_hand(machine, "一")
            assert [(await get(door)).status_code for door in doors] == [410, 410, 404, 200]
            assert f"/article/{document}" not in (await get(doors[3])).text
            assert "1 shard has moved" in (await get(doors[3])).text
            assert document not in (await get("/search.jsonl")).text
            assert document not in (await get("/")).text

        asked(machine, tmp_path, ask)


def test_a_room_says_what_it_lacks(database: SharedDatabase, tmp_path: Path) -> None:
    settings = Settings(
        {"SCALE_DATABASE": database.url, "SCALE_STORE": str(tmp_path), "SCALE_DIR": str(tmp_path / "disk")}
    )
    with pytest.raises(ScaleError, match="nothing is indexed yet"), union_room(settings):
        pass


def test_a_selection_over_shards_is_packed_as_one_archive_packs_it(machine: Machine, tmp_path: Path) -> None:
    root = tmp_path / "一"
    with closing(open_reader(root / CATALOG)) as db:
        job = Job(root=root, db=db, selection=Selection(words="的"), now=utc_now())
        write_wacz(job, tmp_path / "one.wacz")
    number, faults = write_union_wacz(machine, "的 OR 图书馆", tmp_path / "all.wacz")
    assert faults == []
    one, every = (packed(tmp_path / name) for name in ("one.wacz", "all.wacz"))
    assert 1 < len(one[0]) < number
    assert one[0] <= every[0]
    assert one[1] <= every[1]


def packed(path: Path) -> tuple[set[str], set[str]]:
    """Return the lines of the pages of a WACZ file, and the ids of the records in it."""
    with ZipFile(path) as wacz:
        pages = set(wacz.read("pages/pages.jsonl").decode().splitlines())
        wacz.extract("archive/selection.warc.gz", path.with_suffix(""))
    found = list(records(path.with_suffix("") / "archive/selection.warc.gz"))
    assert all(record.fault is None for record in found)
    return pages, {record.record_id for record in found}
