"""An archive of any size, and faults put into it, each of which has to be found once."""

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.archive import WarcWriter
from crawler.archive.members import read_members
from crawler.catalog import close_catalog, group, open_catalog, runs, sites
from crawler.dedup import content_digest
from crawler.ingest import Archive, Fetched, Visited, store, store_media
from crawler.items import (
    Article,
    Capture,
    Exchange,
    Kind,
    Link,
    Media,
    MediaKind,
    MediaLink,
    Precision,
    Reading,
    Role,
    Site,
)
from tests.campus.media import picture

SITE = Site(key="example", name="示例大学", hosts=("news.example.edu.cn",))
HOST = "https://news.example.edu.cn"
START = datetime(2026, 11, 1, tzinfo=UTC)
RUN = "20261101T000000Z-abcdef"
WORDS = "学校 图书馆 学生 教师 研究 报告 会议 举行 领导 就业 毕业 工作 实验 论文 比赛 同学 校园 活动 学院 中心".split()
GROUP = 50
WARC_BYTES = 400  # of a file for each document: small ones, so that there are several


def build(root: Path, documents: int, seed: int = 1) -> None:
    """Write an archive of so many articles with a picture each, through the doors that a crawl uses."""
    chance = random.Random(seed)
    db = open_catalog(root / "catalog.db")
    with group(db):
        sites.save(db, SITE, now=START)
        runs.start(db, RUN, started=START, arguments={})
    with WarcWriter(root, RUN, {}, max_bytes=WARC_BYTES * documents) as warc:
        archive = Archive(root=root, db=db, warc=warc, run=RUN)
        for first in range(0, documents, GROUP):
            numbers = range(first, min(first + GROUP, documents))
            store(archive, [_visited(number, chance) for number in numbers])
            store_media(archive, [_fetched(number) for number in numbers])
    with group(db):
        runs.finish(db, RUN, finished=START + timedelta(hours=1), exit_code=0)
    close_catalog(db)


def inject(root: Path, number: int, seed: int = 1) -> set[tuple[str, str]]:
    """Put so many faults into an archive, of all kinds in turn; return what is to be found: (fault, object)."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(root / "catalog.db")) as db:
        victims = _Victims(root, db, chance)
        kinds: Sequence[Callable[[_Victims], tuple[str, str]]] = (
            flip_document, flip_medium, flip_record, lose_document, lose_medium, edit_document, add_orphan, add_medium,
            wrong_digest, wrong_offset, wrong_size, wrong_markdown_digest, leave_temporary, drop_version, drop_text,
        )  # fmt: skip
        expected = [cut_warc(victims)]
        while len(expected) < number:
            expected.append(kinds[len(expected) % len(kinds)](victims))
        db.commit()
    assert len(set(expected)) == number
    return set(expected)


class _Victims:
    """What faults are put into: each object once."""

    def __init__(self, root: Path, db: sqlite3.Connection, chance: random.Random) -> None:
        self.root, self.db, self.chance, self.count = root, db, chance, 0
        self.documents = self._shuffled("SELECT path, id FROM documents")
        self.media = self._shuffled("SELECT path, sha256 FROM media_files")
        warcs = sorted(path.name for path in (root / "warc").iterdir())
        self.last = f"warc/{warcs[-1]}"
        # A row in the last file may lose its record to the cut, and the first record of a file is its warcinfo.
        self.visits = self._shuffled(f"SELECT id, warc, warc_offset FROM visits WHERE warc <> '{self.last}'")

    def _shuffled(self, query: str) -> Iterator[tuple[str, ...]]:
        rows = self.db.execute(query).fetchall()
        self.chance.shuffle(rows)
        return iter(rows)

    def file(self, path: str) -> Path:
        return self.root / path


def flip(path: Path, start: int, end: int, chance: random.Random) -> None:
    """Change one bit of one byte."""
    with path.open("r+b") as file:
        at = chance.randrange(start, end)
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << chance.randrange(8))]))


def flip_document(v: _Victims) -> tuple[str, str]:
    path, _ = next(v.documents)
    flip(v.file(path), 0, v.file(path).stat().st_size, v.chance)
    return "file_changed", path


def edit_document(v: _Victims) -> tuple[str, str]:
    path, _ = next(v.documents)
    v.file(path).write_bytes(v.file(path).read_bytes().replace("学".encode(), "孝".encode(), 1) + b"\n")
    return "file_changed", path


def lose_document(v: _Victims) -> tuple[str, str]:
    path, _ = next(v.documents)
    v.file(path).unlink()
    return "file_missing", path


def flip_medium(v: _Victims) -> tuple[str, str]:
    path, _ = next(v.media)
    flip(v.file(path), 0, v.file(path).stat().st_size, v.chance)
    return "medium_changed", path


def lose_medium(v: _Victims) -> tuple[str, str]:
    path, _ = next(v.media)
    v.file(path).unlink()
    return "medium_missing", path


def flip_record(v: _Victims) -> tuple[str, str]:
    _, warc, offset = next(v.visits)
    member = next(read_members(v.file(warc), int(offset)))
    flip(v.file(warc), int(offset), int(offset) + len(member.raw), v.chance)
    return "record_unreadable", f"{warc}@{offset}"


def cut_warc(v: _Victims) -> tuple[str, str]:
    """Cut the last file off within a record near its end."""
    *_, member = read_members(v.file(v.last))
    with v.file(v.last).open("r+b") as file:
        file.truncate(member.offset + len(member.raw) // 2)
    return "warc_cut", f"{v.last}@{member.offset}"


def add_orphan(v: _Victims) -> tuple[str, str]:
    v.count += 1
    path = f"articles/news.example.edu.cn/2020/{v.count:032x}.md"
    v.file(path).parent.mkdir(parents=True, exist_ok=True)
    v.file(path).write_text("nobody's")
    return "orphan", path


def add_medium(v: _Victims) -> tuple[str, str]:
    v.count += 1
    path = f"media/00/{v.count:064x}.png"
    v.file(path).parent.mkdir(parents=True, exist_ok=True)
    v.file(path).write_text("nobody's")
    return "orphan", path


def leave_temporary(v: _Victims) -> tuple[str, str]:
    v.count += 1
    (v.root / "tmp").mkdir(exist_ok=True)
    v.file(f"tmp/{v.count}.tmp").write_text("half")
    return "leftover", f"tmp/{v.count}.tmp"


def wrong_digest(v: _Victims) -> tuple[str, str]:
    visit, *_ = next(v.visits)
    v.db.execute("UPDATE visits SET payload_digest = 'sha256:' || hex(randomblob(32)) WHERE id = ?", [visit])
    return "digest_wrong", f"visits/{visit}"


def wrong_offset(v: _Victims) -> tuple[str, str]:
    visit, *_ = next(v.visits)
    v.db.execute("UPDATE visits SET warc_offset = warc_offset + 1 WHERE id = ?", [visit])
    return "record_missing", f"visits/{visit}"


def wrong_size(v: _Victims) -> tuple[str, str]:
    path, digest = next(v.media)
    v.db.execute("UPDATE media_files SET size = size + 1 WHERE sha256 = ?", [digest])
    return "medium_row_wrong", path


def wrong_markdown_digest(v: _Victims) -> tuple[str, str]:
    path, document = next(v.documents)
    v.db.execute(
        "UPDATE versions SET markdown_digest = 'sha256:' || hex(randomblob(32)) WHERE document = ?", [document]
    )
    return "file_changed", path


def drop_version(v: _Victims) -> tuple[str, str]:
    _, document = next(v.documents)
    v.db.execute("DELETE FROM versions WHERE document = ?", [document])
    return "row_wrong", f"documents/{document}"


def drop_text(v: _Victims) -> tuple[str, str]:
    """Take a text out of the index, and leave it where it is."""
    (row,) = v.db.execute("SELECT row FROM texts WHERE document = ?", [next(v.documents)[1]]).fetchone()
    v.db.execute("DELETE FROM document_search_docsize WHERE id = ?", [row])
    return "search_stale", f"texts/{row}"


def _visited(number: int, chance: random.Random) -> Visited:
    url = f"{HOST}/info/1001/{number}.htm"
    text = "。".join("".join(chance.choices(WORDS, k=8)) for _ in range(6))
    article = Article(
        title=f"第{number}号新闻：{''.join(chance.choices(WORDS, k=4))}",
        body=f"{text}。\n\n![]({_picture(number)})",
        published=START - timedelta(hours=number),
        precision=Precision.MINUTE,
        media=(Media(kind=MediaKind.IMAGE, url=_picture(number)),),
    )
    at = START + timedelta(seconds=number)
    return Visited(
        site=SITE,
        link=Link(url=url, fetch_url=url, role=Role.ARTICLE),
        at=at,
        capture=_capture(url, at, f"<html><body>{text}</body></html>".encode()),
        reading=Reading(
            kind=Kind.ARTICLE, family="vsb", article=article, is_news=True, content_digest=content_digest(article)
        ),
    )


def _fetched(number: int) -> Fetched:
    url, at = _picture(number), START + timedelta(seconds=number)
    link = MediaLink(url=url, site=SITE.key, kind=MediaKind.IMAGE, referer=f"{HOST}/info/1001/{number}.htm")
    return Fetched(site=SITE, link=link, at=at, capture=_capture(url, at, picture(url).body))


def _picture(number: int) -> str:
    return f"{HOST}/images/{number}.png"


def _capture(url: str, at: datetime, body: bytes) -> Capture:
    headers = (("Content-Type", "text/html"),)
    exchange = Exchange(url=url, at=at, request_headers=(), status=200, headers=headers, body=body)
    return Capture(url=url, final_url=url, fetched=at, status=200, headers=headers, body=body, exchanges=(exchange,))
