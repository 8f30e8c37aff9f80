"""Input of every kind, mutated: what reads it raises nothing unexpected. A few of each here, ten thousand in `make soak`."""

import random
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from PIL import Image
from protego import Protego

from crawler.archive import dump, load
from crawler.archive.layout import CATALOG
from crawler.archive.media_type import examine
from crawler.catalog import open_reader
from crawler.catalog.queries.finding import find
from crawler.catalog.queries.selection import Selection
from crawler.errors import ExtractionError
from crawler.fetching.robots import delay_of, rules_text
from crawler.items import MediaKind
from crawler.pages.discovery import feed_links, robots_links
from crawler.pages.reading import read
from crawler.sites import read_sites
from crawler.warc import WarcWriter
from crawler.warc.members import read_members
from crawler.warc.records import record_of
from tests import factories
from tests.archive.test_frontmatter import DOCUMENT
from tests.golden import cases

FEW, MANY = 40, 10_000
WORDS = (
    "\0 \r\n <!-- --> <![CDATA[ ]]> <script> </script> <table> &#x110000; &#0; \ufeff \u202e %00 \\ ' \" {{ }} {% %} --- ... : - > | & * ! "
    "<svg <?xml <!DOCTYPE <!ENTITY 1e999 -1 0 99999999999 NaN 9999-99-99 2024-02-30 http://[ //@ \x1f\x8b\x08 GIF89a \x89PNG RIFF %PDF- WARC/1.1 "
    "Content-Length: 发布时间： 记者 gb2312 utf-16"
).split(" ")
SITE = factories.SITE
URL = f"https://{factories.HOST}/info/1012/2345.htm"
ROBOTS = b"User-agent: *\nCrawl-delay: 2\nDisallow: /a*b$\nAllow: /\nSitemap: https://news.example.edu.cn/sitemap.xml\nRequest-rate: 1/5\n"
FEED = (
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>新闻</title><item><title>开学</title>"
    "<link>https://news.example.edu.cn/info/1/2.htm</link><pubDate>Mon, 06 May 2024 08:00:00 +0800</pubDate></item></channel></rss>"
).encode()
SITEMAP = (
    b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://news.example.edu.cn/info/1/2.htm"
    b"</loc><lastmod>2024-05-06</lastmod></url></urlset>"
)
SITE_FILE = (
    "name: 示例大学\nhosts: [news.example.edu.cn]\nlists: ['https://news.example.edu.cn/xw.htm']\nrevisit: {list_most: 3}\n"
    "selectors: {title: h1, body: .v_news_content}\npoliteness: {delay: 1, hours: '22:00-06:00'}\nexpectations: {weekly: 3}\n"
).encode()


def mutated(dice: random.Random, data: bytes) -> bytes:
    """Return input with one to eight faults."""
    for _ in range(dice.randint(1, 8)):
        here, there = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
        there = min(there, here + dice.choice((1, 4, 40, 4000)))
        put = dice.choice(
            (b"", dice.randbytes(4), dice.choice(WORDS).encode(), data[here:there] * dice.choice((1, 2, 30)))
        )
        data = (data[:here] + put + data[there:])[:200_000]
    return data


@cache
def pages() -> list[bytes]:
    return [case.capture().body for case in cases()]


def fuzz_page(dice: random.Random, _: Path) -> None:
    with suppress(ExtractionError):
        read(factories.page(mutated(dice, dice.choice(pages())), URL), SITE)


@cache
def media() -> list[tuple[str, bytes]]:
    """A small one of every sort."""
    found = []
    for form in ("PNG", "GIF", "JPEG", "WEBP", "BMP"):
        Image.new("RGB", (12, 8), (9, 99, 199)).save(into := BytesIO(), form)
        found.append((f"a.{form.lower()}", into.getvalue()))
    with ZipFile(into := BytesIO(), "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<w/>")
    svg = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='3' height='4'/>"
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    return [*found, ("a.docx", into.getvalue()), ("a.svg", svg), ("a.pdf", b"%PDF-1.7\n%%EOF"), ("a.doc", compound)]


def fuzz_medium(dice: random.Random, _: Path) -> None:
    name, body = dice.choice(media())
    examine(mutated(dice, body), f"https://{factories.HOST}/{name}", dice.choice(list(MediaKind)))


def fuzz_robots(dice: random.Random, _: Path) -> None:
    rules = rules_text(mutated(dice, ROBOTS))
    robots_links(rules, f"https://{factories.HOST}/", SITE)
    parsed = Protego.parse(rules)
    parsed.can_fetch(URL, "campus-archive")
    delay_of(parsed, "campus-archive")


def fuzz_feed(dice: random.Random, _: Path) -> None:
    _read_xml(mutated(dice, FEED), "rss.xml")


def fuzz_sitemap(dice: random.Random, _: Path) -> None:
    _read_xml(mutated(dice, SITEMAP), "sitemap.xml")


def _read_xml(body: bytes, name: str) -> None:
    url = f"https://{factories.HOST}/{name}"
    feed_links(body, url, SITE)
    with suppress(ExtractionError):
        read(factories.page(body, url, headers=(("Content-Type", "application/xml"),)), SITE)


def fuzz_site_file(dice: random.Random, folder: Path) -> None:
    (folder / "example.yaml").write_bytes(mutated(dice, SITE_FILE))
    read_sites(folder)


def fuzz_front_matter(dice: random.Random, _: Path) -> None:
    with suppress(ValueError):
        load(mutated(dice, dump(DOCUMENT)))


@cache
def evidence() -> bytes:
    with TemporaryDirectory() as folder:
        with WarcWriter(Path(folder), "r1", {}) as warc:
            for number in range(4):
                url = f"{URL}?{number}"
                warc.write(factories.capture(factories.exchange(url, b"<p>" + bytes(range(256)) * number)))
                warc.note(url, factories.NOW, "timeout", "no answer")
        (file,) = Path(folder).glob("warc/*")
        return file.read_bytes()


def fuzz_warc(dice: random.Random, folder: Path) -> None:
    file = folder / "r1-00000.warc.gz"
    file.write_bytes(mutated(dice, evidence()))
    for member in read_members(file):
        record_of(member)


def fuzz_query(dice: random.Random, folder: Path) -> None:
    text = mutated(dice, '图书馆 开放 "考试周" OR 2024 (title: -操场) NEAR'.encode()).decode("utf-8", "replace")[:500]
    with closing(open_reader(folder / CATALOG)) as db:
        find(db, Selection(words=text))


KINDS: tuple[Callable[[random.Random, Path], None], ...] = (
    *(fuzz_page, fuzz_medium, fuzz_robots, fuzz_feed, fuzz_sitemap),
    *(fuzz_site_file, fuzz_front_matter, fuzz_warc, fuzz_query),
)


@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.soak)])
@pytest.mark.parametrize("fuzz", KINDS, ids=[kind.__name__.removeprefix("fuzz_") for kind in KINDS])
def test_no_input_breaks_what_reads_it(
    fuzz: Callable[[random.Random, Path], None], number: int, tmp_path: Path
) -> None:
    with factories.catalog(tmp_path, SITE) as db:
        factories.record(db, DOCUMENT)
    for seed in range(number):
        try:
            fuzz(random.Random(seed), tmp_path)
        except Exception as error:
            raise AssertionError(f"{fuzz.__name__}(random.Random({seed}), …)") from error
