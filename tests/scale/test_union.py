"""Over several shards is found what each of them finds; what is a copy in one archive is one across shards."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from crawler.archive.layout import CATALOG
from crawler.catalog import close_catalog, group, open_catalog, open_reader
from crawler.catalog.queries.finding import find
from crawler.catalog.queries.selection import Selection
from crawler.catalog.tables import documents, groups, withheld
from crawler.clock import utc_now
from crawler.dedup import content_digest
from crawler.errors import ScaleError
from crawler.items import Article, Document, Site
from crawler.pages.extraction.language import language_of
from crawler.scale.database import SharedDatabase
from crawler.scale.machine import Machine, adopt, check_out_by_hand, publish_by_hand
from crawler.scale.store import BlobStore
from crawler.scale.union.parquet.copies import write_copies
from crawler.scale.union.parquet.tables import bring_tables, current_heads, tables_folder
from crawler.scale.union.searching import as_json, as_lines, index_heads, search
from crawler.takedown import find as find_article
from crawler.takedown import withhold
from tests import archives, factories
from tests.near_texts import labelled

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SHARDS = tuple(
    Site(key=key, name=name, hosts=(f"news.{key}.edu.cn",))
    for key, name in (("lake", "湖光大学"), ("cloud", "云台师范大学"), ("sea", "南屿海洋大学"))
)
PEOPLE: tuple[dict[str, tuple[str, ...]], ...] = ({"记者": ("王芳",)}, {"摄影": ("李雷", "王芳")}, {})
QUERIES = (
    *("毕业", "图书馆 开馆", '"开馆 仪式"', "馆", "5G馆", "王芳", "畢業", "AI", "ai实验室", "没有", "", "；；"),
    *(
        "毕业 OR 图书馆",
        "图书馆 -毕业",
        "-毕业",
        "(毕业 OR 开馆) -王芳",
        "title:毕业",
        "标题：图书馆",
        "title:(图书馆 OR 馆)",
    ),
    *(
        "author:王芳",
        "摄影：李雷",
        "记者：王",
        "摄：李",
        "source:校报",
        "source:(a.b",
        "section:要闻",
        "university:大学",
        "高校：云台",
    ),
    *(
        "site:news.sea.edu.cn",
        "site:lake",
        "language:zh",
        "-language:zh",
        "language:EN",
        "is:undated",
        "-is:undated",
        "has:picture",
    ),
    *(
        "is:suspect",
        "-is:suspect",
        "date:2026-05",
        "since:2026-06-01",
        "until:2026-05-31 毕业",
        "archived:2026-11-23",
        "-changed:2026",
    ),
    *("图书馆 has:attachment", "nonsense:开馆", "雪", "学", "的"),
)


def machine_of(database: SharedDatabase, folder: Path) -> Machine:
    return Machine(database=database, store=BlobStore.open(str(folder / "store")), root=folder / "disk", clock=utc_now)


def news(number: int) -> Article:
    """Articles that differ in all that can be asked for."""
    titles = ("毕业典礼", "圖書館開館", "AI实验室揭牌", "雪后的校园", "图书馆开馆仪式")
    bodies = (
        "毕业生在图书馆前合影。",
        "5G馆今日开馆，仪式简朴。",
        "Machine learning for all",
        "学校的雪。",
        "开馆 仪式",
    )
    return Article(
        title=titles[number % 5],
        body=f"{bodies[number % 4]}第{number}次。",
        published=datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=9 * number) if number % 4 else None,
        section=("首页", "要闻" if number % 2 else "通知"),
        source=("校报", "(a.b)", None)[number % 3],
        people=PEOPLE[number % 3],
        language=("zh-Hans", "en", None)[number % 3],
    )


def make_shard(folder: Path, site: Site, told: Sequence[Document]) -> Path:
    with factories.catalog(folder, site) as db, group(db):
        for each in told:
            documents.record(db, each, None, markdown_digest=None)
        groups.settle(db, [each.id for each in told])
    return folder


def of_site(site: Site, number: int, said: Article, archived: datetime = NOW) -> Document:
    url = f"https://{site.hosts[0]}/{number}.htm"
    kept = {
        "content_digest": content_digest(said),
        "archived": archived,
        "path": None,
    }  # no file: a backup would look for it
    return factories.document(url, said, site=site, **kept)


def single_hits(folders: Mapping[str, Path], text: str) -> set[tuple[str, str]]:
    found = set()
    for shard, folder in folders.items():
        with closing(open_reader(folder / CATALOG)) as db:
            found |= {(shard, hit.id) for hit in find(db, Selection(words=text), limit=1000, facets=False).hits}
    return found


def test_over_all_shards_is_found_what_each_of_them_finds(database: SharedDatabase, tmp_path: Path) -> None:
    machine = machine_of(database, tmp_path)
    with pytest.raises(ScaleError, match="nothing is indexed yet"):
        search(machine, "毕业", 1)
    folders = {
        site.key: make_shard(tmp_path / site.key, site, [of_site(site, n, news(7 * at + n)) for n in range(12)])
        for at, site in enumerate(SHARDS)
    }
    for shard, folder in folders.items():
        adopt(machine, folder, shard)
    assert index_heads(machine).documents == 36
    sizes = set()
    for text in QUERIES:
        wanted = single_hits(folders, text)
        answer = search(machine, text, 1000)
        assert {(hit.shard, hit.id) for hit in answer.hits} == wanted, text
        assert answer.total == len(wanted)
        sizes.add(len(wanted))
    assert len(sizes) > 10
    assert search(machine, "图书馆开馆", 1).hits[0].title == "圖書館開館"
    assert index_heads(machine).shards == 0
    with pytest.raises(ScaleError, match="300 characters at most"):
        search(machine, f"source:{'图' * 1000}", 1)
    answer = search(machine, "馆 site:lake date:2026-13", 1)
    lines = list(as_lines(answer, answer.hits[0].head + timedelta(hours=3)))
    assert lines[0].startswith("left out: 'date:2026-13' at 12 (date); expected 2026,")
    assert lines[1].endswith(f"{answer.hits[0].title}  湖光大学")
    assert lines[-2:] == [
        "    shard lake, its head 3.0 h old",
        f"1 of {answer.total} found in 3 shards; the oldest head is 3.0 h old",
    ]
    assert json.loads(as_json("馆", answer))["hits"][0]["shard"] == "lake"


def test_what_a_later_head_withholds_is_not_shown_and_in_no_table(database: SharedDatabase, tmp_path: Path) -> None:
    machine = machine_of(database, tmp_path)
    root = archives.unpack(archives.packed()[-1], tmp_path / "released")
    close_catalog(open_catalog(root / CATALOG))
    adopt(machine, root, "one")
    assert index_heads(machine).faults == ()
    local = check_out_by_hand(machine, "one", force=False)
    (shown,) = search(machine, "is:repost OR -is:repost", 1).hits
    with closing(open_catalog(local.archive / CATALOG)) as db:
        former = withheld.ids(db)
        found = find_article(db, shown.id)
        withhold(local.archive, db, found, "asked by the person named", now=NOW, only=True)
        close_catalog(db)
    publish_by_hand(machine, "one")
    answer = search(machine, f'"{shown.title}" OR -title:{shown.title}', 1000)
    assert shown.id not in {hit.id for hit in answer.hits}
    assert answer.total > 5
    assert answer.behind == 1
    index_heads(machine)
    (table,) = tables_folder(machine).glob("*.parquet")
    held = {name for (name,) in duckdb.execute("SELECT id FROM read_parquet(?)", [str(table)]).fetchall()}
    assert former
    assert not held & {*former, shown.id}


def test_groups_over_shards_are_those_of_one_archive(database: SharedDatabase, tmp_path: Path) -> None:
    machine = machine_of(database, tmp_path)
    told: list[Document] = []
    for n, text in enumerate(labelled(2, stories=6)):
        said = Article(title=text.title, body=text.body, language=language_of(text.body))
        told.append(of_site(SHARDS[n % 3], n, said, NOW + timedelta(minutes=n * 37 % 101)))
    for site in SHARDS:
        adopt(machine, make_shard(tmp_path / site.key, site, [one for one in told if one.site == site]), site.key)
    with factories.catalog(tmp_path / "whole", *SHARDS) as db:
        with group(db):
            for each in told:
                documents.record(db, each, None, markdown_digest=None)
            groups.settle(db, [each.id for each in told])
        wanted = set(db.execute("SELECT first, id, kin, similarity FROM copies").fetchall())
    target = tmp_path / "copies.parquet"
    found = write_copies(bring_tables(machine, current_heads(machine).values()).tables.values(), target)
    rows = duckdb.execute("SELECT first, id, kin, similarity FROM read_parquet(?)", [str(target)]).fetchall()
    assert set(rows) == wanted
    assert found.copies == len(rows) == len(wanted) > 20
    assert found.elsewhere > 10
