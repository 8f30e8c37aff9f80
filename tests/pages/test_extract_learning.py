"""`scrapy extract` leaves out what the pages of a site share: learnt by the crawls of an archive, or from the pages it is given."""

from pathlib import Path

from crawler.catalog import group, open_catalog
from crawler.catalog.tables import sites
from crawler.items import Boilerplate
from tests.extract_harness import extract, lines_of
from tests.learning_harness import APPEAL, SITE, START, pages


def saved(folder: Path, count: int) -> Path:
    rows = []
    for number, capture in enumerate(pages(count)):
        (folder / f"{number}.html").write_bytes(capture.body)
        rows.append(f"{number}.html\t{capture.url}\n")
    (folder / "pages.tsv").write_text("".join(rows), encoding="utf-8")
    return folder / "pages.tsv"


def test_enough_pages_of_a_site_teach_what_they_share(tmp_path: Path) -> None:
    manifest = saved(tmp_path, 10)
    lines = lines_of("--manifest", manifest, "--base", tmp_path, "-s", f"ARCHIVE_DIR={tmp_path / 'none'}")
    assert not any(APPEAL in line["body"] for line in lines)
    assert {"text": APPEAL, "why": "seen on 10 of 10 pages"} in lines[0]["dropped"]


def test_a_few_pages_are_read_each_for_itself(tmp_path: Path) -> None:
    manifest = saved(tmp_path, 3)
    lines = lines_of("--manifest", manifest, "--base", tmp_path, "-s", f"ARCHIVE_DIR={tmp_path / 'none'}")
    assert all(APPEAL in line["body"] for line in lines)


def test_what_a_crawl_has_learnt_is_known(tmp_path: Path) -> None:
    manifest = saved(tmp_path, 1)
    db = open_catalog(tmp_path / "archive" / "catalog.db")
    host = SITE.hosts[0]  # a site without a file: its host is its key
    with group(db):
        sites.save(db, SITE.__class__(key=host, name=host, hosts=(host,)), now=START)
        sites.learn(db, host, Boilerplate(pages=220, lines={APPEAL: 214}), now=START)
    db.close()
    (line,) = lines_of("--manifest", manifest, "--base", tmp_path, "-s", f"ARCHIVE_DIR={tmp_path / 'archive'}")
    assert APPEAL not in line["body"]
    assert {"text": APPEAL, "why": "seen on 214 of 220 pages"} in line["dropped"]


def test_a_broken_catalog_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"no catalog")
    ended = extract("-s", f"ARCHIVE_DIR={tmp_path}", saved(tmp_path, 1))
    assert ended.returncode == 2
    assert "catalog.db" in ended.stderr or "catalog.db" in ended.stdout
