"""`python -m tests.campus.screenshots FOLDER [--archive DIR]`: pictures of every page of the reading room, over the built-in campus or an archive."""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser

from crawler.catalog import open_reader
from tests.campus.demo import demo
from tests.room_harness import LANGUAGES, SIZES, browser, page_of, served

PAGES = {
    "home": "/",
    "search": "/search?q=图书馆",
    "newest": "/search",
    "nothing": "/search?q=没有这样的词",
    "help": "/help",
    "tables": "/catalog",
    "table": "/catalog/articles",
}
Look = tuple[str, str, bool]  # size, language, dark
LOOKS: Sequence[Look] = (
    *((size, language, False) for size in SIZES for language in LANGUAGES),
    ("desktop", "zh", True),
)
# A page of each kind that has an id or a name in its address.
QUERIES = {
    "article": (
        "/article/{}",
        "SELECT document FROM media WHERE kind = 'image' AND sha256 IS NOT NULL ORDER BY 1 LIMIT 1",
    ),
    "versions": ("/article/{}", "SELECT document FROM changes WHERE diff IS NOT NULL ORDER BY document LIMIT 1"),
    "list": (
        "/collection?ids={}",
        "SELECT group_concat(id) FROM (SELECT id FROM documents WHERE path IS NOT NULL ORDER BY id LIMIT 3)",
    ),
    "campaign": (
        "/campaign/{}",
        "SELECT duplicate_of FROM documents WHERE duplicate_of IS NOT NULL ORDER BY 1 LIMIT 1",
    ),
    "capture": ("/capture/{}", "SELECT id FROM visits WHERE outcome = 'new' ORDER BY id LIMIT 1"),
    "person": ("/person/{}", "SELECT name FROM people ORDER BY name LIMIT 1"),
    "site": ("/site/{}", "SELECT key FROM sites ORDER BY key DESC LIMIT 1"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.campus.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--archive", type=Path, help="default: a new one of the built-in campus")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        archive = options.archive or Path(made) / "archive"
        if options.archive is None:
            demo(0, archive)
        with served(archive) as address, browser() as chromium:
            for path in screenshots(chromium, address, archive, options.folder):
                print(path)


def screenshots(
    chromium: Browser, address: str, archive: Path, folder: Path, looks: Sequence[Look] = LOOKS
) -> Iterator[Path]:
    """Write every page in every look; yield the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for size, language, dark in looks:
        yield from _pictures(chromium, address, archive, folder, size=size, language=language, dark=dark)


def _pictures(
    chromium: Browser, address: str, archive: Path, folder: Path, *, size: str, language: str, dark: bool
) -> Iterator[Path]:
    with page_of(chromium, size=size, language=language, dark=dark) as (page, _):
        for name, path in {**PAGES, **_pages_of(archive)}.items():
            file = folder / f"{name}-{size}-{language}{'-dark' if dark else ''}.png"
            page.goto(address + path)
            page.screenshot(path=file, full_page=True)
            yield file


def _pages_of(archive: Path) -> dict[str, str]:
    """Return pages whose addresses hold an id of this archive."""
    db = open_reader(archive / "catalog.db")
    try:
        pages = {"sites": "/sites", "people": "/people", "sources": "/sources", "campaigns": "/campaigns"}
        pages |= {"words": "/words?q=%E5%9B%BE%E4%B9%A6%E9%A6%86", "look": "/look", "runs": "/runs"}
        for name, (path, query) in QUERIES.items():
            if row := db.execute(query).fetchone():
                pages[name] = path.format(quote(str(row[0])))
        return pages
    finally:
        db.close()


if __name__ == "__main__":
    main()
