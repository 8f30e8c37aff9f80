"""`python -m tests.campus.demo [--port N]`, which `make demo` runs: the main job on the campus, and what came of it.

Its exit code is the crawl's; 1 if the campus cannot be served.
"""

import argparse
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlite_utils import Database

from crawler.catalog import open_reader
from tests.campus import Campus
from tests.campus.response import Response
from tests.campus.seed_files import DEMO_PORT, FOLDER, write_seeds
from tests.campus.sites import enorth, vsb, webplus
from tests.campus.stories.vsb import NEWS

PROJECT = Path(__file__).parents[2]
ARCHIVE = PROJECT / "archive-demo"
OURS = ("REPLAY_WARC", "CRAWLER_LOG_LEVEL", "SCRAPY_SETTINGS_MODULE")  # of a user's environment, not for the demo
LINES = 42  # of the example document; the rest of it is as dull as any news
WALLS = (
    ("a login wall", "webplus", webplus.WALL),
    ("a redirect to the login", "webplus", webplus.REDIRECT),
    ("“not found” with status 200", "enorth", enorth.SOFT_404),
    ("a page that is gone", "enorth", enorth.MISSING),
    ("disallowed by robots.txt", "vsb", vsb.PRIVATE),
    ("a column page, no news", "vsb", "/xxjj.htm"),
)
FIRST = ("vsb", "/info/1012/2321.htm")
COPY = ("webplus", "/2024/0418/c132a4595/page.htm")  # in Traditional characters, of an article on another host …
COPY_WAITS = 0.6  # seconds after that one was answered: it is captured first, so that every demo shows the same counts
PAIRS = (
    (
        "the same article in two columns",
        ("webplus", "/2024/0315/c132a4567/page.htm"),
        ("webplus", "/2024/0315/c140a4567/page.htm"),
    ),
    ("a copy in Traditional characters", FIRST, COPY),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campus.demo", description="Serve the built-in campus, crawl it, show what came of it."
    )
    parser.add_argument(
        "--port", type=int, default=DEMO_PORT, help="the port of all three hosts (default: %(default)s)"
    )
    return demo(parser.parse_args(arguments).port, ARCHIVE)


def demo(port: int, archive: Path) -> int:
    """Crawl a campus on this port into a new archive and print a summary; return the crawl's exit code."""
    campus = Campus(port=port)
    campus.script[COPY] = [lambda normal: _after_the_first(campus, normal)]
    try:
        campus.__enter__()
    except OSError as error:
        print(_why_not(error, port), file=sys.stderr)
        return 1
    try:
        with TemporaryDirectory() as seeds:
            code = _crawl(campus, archive, Path(seeds))
        if (archive / "catalog.db").is_file():
            _show(campus, archive)
    finally:
        campus.__exit__(None, None, None)
    return code


def _after_the_first(campus: Campus, normal: Response) -> Response:
    """Return the answer once the article it copies has had its own, however busy the machine is."""
    while not any((one.host, one.path) == FIRST and one.finished for one in [*campus.requests]):
        if campus.stopping.wait(0.02):
            break
    return replace(normal, wait=COPY_WAITS)


def _why_not(error: OSError, port: int) -> str:
    if error.errno != errno.EADDRINUSE:
        return f"The campus cannot be served on 127.0.0.1, 127.0.0.2 and 127.0.0.3, port {port}: {error}"
    return (
        f"Port {port} is taken on 127.0.0.1, 127.0.0.2 or 127.0.0.3. End what listens there, or choose another port:\n"
        f"    {_shown(Path(sys.executable))} -m tests.campus.demo --port {port + 1}"
    )


def _crawl(campus: Campus, archive: Path, folder: Path) -> int:
    """Run the command a user would type; return its exit code."""
    seeds = FOLDER
    if campus.port != DEMO_PORT:
        seeds = folder
        write_seeds(folder, campus.port)
    shutil.rmtree(archive, ignore_errors=True)
    places = ("-s", f"SEEDS_DIR={_shown(seeds)}", "-s", f"ARCHIVE_DIR={_shown(archive)}")
    print(
        f"A campus of three invented universities is served on {', '.join(map(campus.url, ('vsb', 'webplus', 'enorth')))}."
    )
    print(f"\n$ scrapy crawl news {' '.join(places)}", flush=True)
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.call([sys.executable, "-m", "scrapy", "crawl", "news", *places], cwd=PROJECT, env=environment)


def _show(campus: Campus, archive: Path) -> None:
    db = open_reader(archive / "catalog.db")
    try:
        _show_counts(db, archive)
        _show_example(db, campus, archive)
        _show_recognised(db, campus)
    finally:
        db.close()
    scrapy = _shown(Path(sys.executable).with_name("scrapy"))
    print(f"\nLook around (Datasette, in your browser):\n    {scrapy} browse -s ARCHIVE_DIR={_shown(archive)}")
    print("Crawl your own: name one article.")
    print(f"    {scrapy} crawl news -a url=https://news.example.edu.cn/info/1135/70226.htm")


def _show_counts(db: Database, archive: Path) -> None:
    print(f"\nThe archive is in {_shown(archive)}/: articles/ (Markdown), warc/ (evidence), catalog.db (SQLite).")
    rows = db.execute(
        "SELECT sites.name, sites.host, count(*), count(path), sum(images), sum(attachments) "
        "FROM documents JOIN sites ON sites.key = documents.site GROUP BY sites.key ORDER BY sites.host"
    )
    for name, host, documents, files, images, attachments in rows:
        counts = f"{documents} documents, {files} files, {images} pictures, {attachments} attachments"
        print(f"    {host}  {counts}  {name}")


def _show_example(db: Database, campus: Campus, archive: Path) -> None:
    """Print the first document of the first site."""
    found = db.execute("SELECT path FROM documents WHERE url = ?", [campus.url("vsb", NEWS[0].path)]).fetchone()
    if not found or not found[0]:
        return
    lines = (archive / found[0]).read_text("utf-8").splitlines()
    print(f"\nOne of them, {_shown(archive)}/{found[0]}:\n")
    print("\n".join(f"    {line}".rstrip() for line in lines[:LINES]))
    if len(lines) > LINES:
        print(f"    … {len(lines) - LINES} more lines")


def _show_recognised(db: Database, campus: Campus) -> None:
    print("\nRecognised on the way, each kept with its evidence:")
    for what, one, other in PAIRS:
        urls = [campus.url(*one), campus.url(*other)]
        linked = db.execute(
            "SELECT count(*) FROM documents AS copy JOIN documents AS first ON first.id = copy.duplicate_of "
            "WHERE copy.url IN (?, ?) AND first.url IN (?, ?)",
            [*urls, *urls],
        ).fetchone()[0]
        print(f"    {what}: {'one file for' if linked else 'NOT linked:'} {' and '.join(urls)}")
    for what, host, path in WALLS:
        url = campus.url(host, path)
        visit = db.execute("SELECT outcome, reason FROM visits WHERE url = ?", [url]).fetchone() or (
            "never visited",
            None,
        )
        print(f"    {what}: {', '.join(filter(None, visit))}: {url}")


def _shown(path: Path) -> str:
    """Return a path as a user in the project's folder would type it."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
