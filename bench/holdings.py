"""An archive of any size, made up: documents with versions, media, duplicates, revisits and removed pages, through the doors a crawl writes by."""

import random
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from crawler.archive import article_path, dump, version_path, write_all
from crawler.archive.media_type import examine
from crawler.catalog import close_catalog, group, open_catalog
from crawler.catalog.tables import documents, history, media, runs, sites, visits
from crawler.catalog.tables.media import MediaAttempt
from crawler.dedup import content_digest
from crawler.items import (
    Article,
    Capture,
    Document,
    Evidence,
    Exchange,
    Media,
    MediaFile,
    MediaKind,
    MediaLink,
    MediaOutcome,
    Outcome,
    Precision,
    Purpose,
    Role,
    Site,
    Status,
    Visit,
)
from crawler.urls import document_id
from crawler.warc import Original, WarcWriter

START = datetime(2026, 1, 5, 2, tzinfo=UTC)
SITES = [Site(key=f"site{n}", name=f"第{n}大学", hosts=(f"news{n}.example.edu.cn",)) for n in range(5)]
WORDS = "图书馆 延长 开放 时间 学校 召开 会议 教师 学生 研究 项目 毕业 典礼 校园 建设 实验室 国际 合作 论坛 志愿 服务 体育 比赛 获得 奖项".split()
AT_ONCE = 50  # documents in one transaction, as a crawl has them
WARC_BYTES = 4_000_000  # so that there are several files
EVERY_VERSION, EVERY_REVISIT, EVERY_DUPLICATE, EVERY_GONE = 7, 3, 11, 23


def build(root: Path, number: int, *, seed: int = 1, warc_bytes: int = WARC_BYTES) -> None:
    """Write an archive of so many documents in two runs, the second of which ended as a crash ends one, without a torn record."""
    db = open_catalog(root / "catalog.db")
    try:
        with group(db):
            for site in SITES:
                sites.save(db, site, now=START)
        for run, first, last in (("r1", 0, number // 2), ("r2", number // 2, number)):
            with group(db):
                runs.start(db, run, started=START, arguments={})
            with WarcWriter(root, run, {"software": "bench"}, max_bytes=warc_bytes) as warc:
                maker = _Maker(root, db, warc, run, random.Random(f"{seed} {run}"))
                for start in range(first, last, AT_ONCE):
                    maker.make(range(start, min(start + AT_ONCE, last)))
            with group(db):
                runs.finish(db, run, finished=START, exit_code=0) if run == "r1" else runs.mark_interrupted(
                    db, run, now=START
                )
    finally:
        close_catalog(db)


class _Maker:
    """Makes documents, and all that a crawl would write of them."""

    def __init__(self, root: Path, db: Database, warc: WarcWriter, run: str, dice: random.Random) -> None:
        self.root, self.db, self.warc, self.run, self.dice = root, db, warc, run, dice
        self.pending: dict[str, tuple[Evidence, MediaFile]] = {}  # written, and in no row yet

    def make(self, numbers: range) -> None:
        files: dict[str, bytes] = {}
        with group(self.db):
            for n in numbers:
                self._document(n, files)
            self.warc.flush()
            write_all(self.root, files)

    def _document(self, n: int, files: dict[str, bytes]) -> None:
        site = SITES[n % len(SITES)]
        url = f"https://{site.hosts[0]}/info/1001/{n}.htm"
        at = START + timedelta(seconds=n)
        if n % EVERY_DUPLICATE == EVERY_DUPLICATE - 1:
            self._duplicate(n, site, url, at)
            return
        pictures = self._media(n, site)
        before = self._version(n, site, url, at, pictures, 1, files)
        if n % EVERY_VERSION == 0:
            old = version_path(before.id, site.hosts[0], 1)
            data = files.pop(str(before.path))
            before = self._version(n, site, url, at + timedelta(days=2), pictures, 2, files)
            files[old] = data
            history.update_version(self.db, before.id, 1, {"path": old})
        if n % EVERY_GONE == 0:
            digest = f"sha256:{sha256(files[str(before.path)]).hexdigest()}"
            documents.set_status(self.db, before.id, Status.GONE, markdown_digest=digest)

    def _version(
        self,
        n: int,
        site: Site,
        url: str,
        at: datetime,
        pictures: dict[str, MediaFile],
        version: int,
        files: dict[str, bytes],
    ) -> Document:
        article = self._article(n, version, pictures)
        page = self._page(article)
        evidence, exchange = self._evidence(url, at, page)
        id_ = document_id(url)
        outcome = Outcome.NEW if version == 1 else Outcome.CHANGED
        visit = self._visit(site, url, at, evidence, outcome, id_)
        document = Document(
            id=id_,
            url=url,
            site=site,
            article=article,
            family=None,
            content_digest=content_digest(article),
            extractor="1",
            archived=START + timedelta(seconds=n),
            version=version,
            lastmod=at if version > 1 else None,
            files=pictures,
        )
        document = replace(document, path=article_path(document))
        data = dump(document)
        files[str(document.path)] = data
        documents.record(self.db, document, visit, markdown_digest=f"sha256:{sha256(data).hexdigest()}")
        self._media_rows(document, pictures, at)
        if n % EVERY_REVISIT == 0:
            original = Original(
                url=url, at=exchange.at, record_id=evidence.record_id, payload_digest=evidence.payload_digest
            )
            again = at + timedelta(hours=1)
            known, _ = self._evidence(url, again, page, original)
            self._visit(site, url, again, known, Outcome.UNCHANGED, id_)
        return document

    def _duplicate(self, n: int, site: Site, url: str, at: datetime) -> None:
        first = n - 1 if n % AT_ONCE else None
        row = None if first is None else self._first(first)
        if row is None:
            return
        article = Article(title=f"第{n}号转载", body="转载", published=at)
        evidence, _ = self._evidence(url, at, self._page(article))
        visit = self._visit(site, url, at, evidence, Outcome.DUPLICATE, document_id(url))
        document = Document(
            id=document_id(url),
            url=url,
            site=site,
            article=article,
            family=None,
            content_digest=row[1],
            extractor="1",
            archived=at,
            status=Status.DUPLICATE,
            duplicate_of=row[0],
        )
        documents.record(self.db, document, visit, markdown_digest=None)

    def _first(self, n: int) -> tuple[str, str] | None:
        site = SITES[n % len(SITES)]
        id_ = document_id(f"https://{site.hosts[0]}/info/1001/{n}.htm")
        row = self.db.execute(
            "SELECT id, content_digest FROM documents WHERE id = ? AND duplicate_of IS NULL", [id_]
        ).fetchone()
        return (row[0], row[1]) if row else None

    def _article(self, n: int, version: int, pictures: dict[str, MediaFile]) -> Article:
        paragraphs = ["".join(self.dice.choices(WORDS, k=60)) + "。" for _ in range(6)]
        shown = [Media(kind=MediaKind.IMAGE, url=url, caption=f"图{n}") for url in pictures]
        body = "\n\n".join([*paragraphs, *(f"![图{n}]({url})" for url in pictures), f"第{n}篇第{version}版。"])
        published = START - timedelta(days=n % 900)
        return Article(
            title=f"第{n}号新闻",
            body=body,
            published=published,
            precision=Precision.DAY,
            media=tuple(shown),
            source="校报",
        )

    def _page(self, article: Article) -> bytes:
        return f"<html><head><title>{article.title}</title></head><body>{article.body}</body></html>".encode()

    def _evidence(
        self, url: str, at: datetime, body: bytes, original: Original | None = None, purpose: Purpose = Purpose.PAGE
    ) -> tuple[Evidence, Exchange]:
        exchange = Exchange(
            url=url, at=at, request_headers=(), status=200, headers=(("Content-Type", "text/html"),), body=body
        )
        capture = Capture(
            url=url, final_url=url, fetched=at, status=200, headers=exchange.headers, body=body, exchanges=(exchange,)
        )
        return self.warc.write(capture, original, purpose=purpose), exchange

    def _visit(self, site: Site, url: str, at: datetime, evidence: Evidence, outcome: Outcome, document: str) -> int:
        visit = Visit(
            url=url,
            site=site.key,
            role=Role.ARTICLE,
            run=self.run,
            fetched=at,
            outcome=outcome,
            document=document,
            evidence=evidence,
        )
        return visits.record(self.db, visit)

    def _media(self, n: int, site: Site) -> dict[str, MediaFile]:
        """Return two pictures of a document by address, their evidence and files written."""
        found = {}
        for k in range(2):
            url = f"https://{site.hosts[0]}/pictures/{n}-{k}.png"
            body = _png(self.dice, n * 2 + k)
            file = examine(body, url, MediaKind.IMAGE)
            assert file is not None, "it is a picture"
            found[url] = file
            self.pending[url] = (
                self._evidence(url, START + timedelta(seconds=n), body, purpose=Purpose.MEDIUM)[0],
                file,
            )
            write_all(self.root, {file.path: body})
        return found

    def _media_rows(self, document: Document, pictures: dict[str, MediaFile], at: datetime) -> None:
        media.add(self.db, document, {}, now=at)
        for url in pictures:
            if url in self.pending:
                evidence, file = self.pending.pop(url)
                link = MediaLink(url=url, site=document.site.key, kind=MediaKind.IMAGE, referer=document.url)
                attempt = MediaAttempt(outcome=MediaOutcome.STORED, at=at, run=self.run, file=file, evidence=evidence)
                media.record(self.db, link, attempt)


def _png(dice: random.Random, n: int) -> bytes:
    """Return a picture of noise, another one for each number."""
    size = 32
    rows = b"".join(b"\0" + dice.randbytes(size * 3) for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    name = b"n\0" + str(n).encode()
    parts = ((b"IHDR", head), (b"tEXt", name), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
