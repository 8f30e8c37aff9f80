"""Boilerplate learnt from a site's own pages: told from what its articles say, explained, taken out of what was kept before."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.archive import load
from crawler.catalog import group, open_catalog
from crawler.catalog.queries import captures
from crawler.catalog.tables import documents, runs, sites
from crawler.ingest import Archive, Visited, store
from crawler.ingest.evidence import sample
from crawler.items import Boilerplate, Capture, Link, Outcome, Reading, Role
from crawler.pages.reading import learn, read
from crawler.runs.apart import learn_apart
from crawler.runs.learning import learn_site, learn_sites
from crawler.urls import document_id
from crawler.warc import WarcWriter
from tests.learning_harness import APPEAL, FRAME, SITE, START, TOPICS, capture, page, pages


def body(reading: Reading) -> str:
    assert reading.article is not None
    return reading.article.body


# What is learnt


def test_what_half_of_the_pages_share_is_learnt_with_its_count() -> None:
    learnt = learn([*pages(6), *(capture(n, page(n, inside="")) for n in range(6, 10))], SITE)
    assert learnt == Boilerplate(pages=10, lines={APPEAL: 6, "校庆专题": 6})


def test_what_fewer_than_half_share_is_of_its_articles() -> None:
    assert not learn([*pages(4), *(capture(n, page(n, inside="")) for n in range(4, 10))], SITE).lines


def test_a_few_pages_teach_nothing() -> None:
    assert not learn(pages(7), SITE).lines


def test_a_line_twice_on_a_page_counts_once() -> None:
    assert learn(pages(8, inside=FRAME * 2), SITE).lines[APPEAL] == 8


def test_what_is_no_page_teaches_nothing() -> None:
    assert learn([*pages(8), capture(11, "")], SITE).pages == 8


# What it does to a reading


def test_shared_text_at_the_end_is_dropped_and_says_why() -> None:
    learnt = learn(pages(10), SITE)
    reading = read(capture(0, page(0)), SITE, (), learnt)
    assert APPEAL in body(read(capture(0, page(0)), SITE))
    assert APPEAL not in body(reading)
    assert body(reading).count("参观者") == 3
    assert [(drop.text, drop.why) for drop in reading.dropped if drop.why.startswith("seen")] == [
        (APPEAL, "seen on 10 of 10 pages"),
        ("校庆专题", "seen on 10 of 10 pages"),
    ]


def test_a_heading_of_every_notice_stays_between_its_paragraphs() -> None:
    heading = "<p>报名方式</p><p>请于五月底前到{0}办公室登记，逾期不再受理申请，名额有限。</p>"
    captures = [capture(n, page(n, inside=heading.format(TOPICS[n]) + FRAME)) for n in range(10)]
    learnt = learn(captures, SITE)
    assert "报名方式" in learnt.lines
    assert "报名方式\n\n请于五月底前" in body(read(captures[0], SITE, (), learnt))


def test_links_that_all_pages_share_go_wherever_they_stand() -> None:
    menu = "<p><a href='/a'>走进校园看看</a></p><p>{0}的故事还有很多，等待每一位参观者亲自来发现和讲述。</p>"
    captures = [capture(n, page(n, inside=menu.format(TOPICS[n]))) for n in range(10)]
    reading = read(captures[0], SITE, (), learn(captures, SITE))
    assert "走进校园看看" not in body(reading)
    assert "的故事还有很多" in body(reading)


def test_a_byline_that_all_pages_share_is_read_before_it_is_dropped() -> None:
    captures = pages(10, inside="<p>责任编辑：王芳</p>" + FRAME)
    reading = read(captures[0], SITE, (), learn(captures, SITE))
    assert reading.article is not None
    assert reading.article.people == {"责任编辑": ("王芳",)}
    assert "王芳" not in reading.article.body


# What it does to an archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    db = open_catalog(tmp_path / "catalog.db")
    with group(db):
        sites.save(db, SITE, now=START)
        runs.start(db, "r1", started=START, arguments={})
    warc = WarcWriter(tmp_path, "r1", {"software": "test/1"})
    yield Archive(root=tmp_path, db=db, warc=warc, run="r1")
    warc.close()
    db.close()


def visit(archive: Archive, found: Capture) -> Outcome:
    reading = read(found, SITE, (), archive.boilerplate.get(SITE.key))
    link = Link(url=found.url, fetch_url=found.url, role=Role.ARTICLE)
    (visit,) = store(archive, [Visited(site=SITE, link=link, at=found.fetched, capture=found, reading=reading)])
    return visit.outcome


def texts(archive: Archive) -> list[str]:
    return sorted(file.read_text("utf-8") for file in archive.root.glob("articles/**/*.md"))


def test_a_first_run_ends_with_documents_that_do_not_hold_it(archive: Archive) -> None:
    for found in pages(10):
        assert visit(archive, found) is Outcome.NEW
    assert learn_site(archive, SITE, now=START) == 10
    assert not any(APPEAL in text for text in texts(archive))
    versions = archive.db.execute(
        "SELECT DISTINCT version, visit IS NOT NULL, markdown_digest FROM versions"
    ).fetchall()
    assert {version[:2] for version in versions} == {(1, 1)}
    assert len(list(archive.root.glob("versions/**/*.md"))) == 0
    assert not archive.db.execute("SELECT 1 FROM texts WHERE body LIKE '%公众号%'").fetchall()


def test_learning_again_writes_nothing(archive: Archive) -> None:
    for found in pages(10):
        visit(archive, found)
    learn_site(archive, SITE, now=START)
    before = texts(archive)
    known = Archive(
        root=archive.root,
        db=archive.db,
        warc=archive.warc,
        run="r2",
        boilerplate={SITE.key: sites.boilerplate(archive.db).get(SITE.key) or Boilerplate(pages=0, lines={})},
    )
    assert learn_site(known, SITE, now=START) == 0
    assert texts(archive) == before


def test_a_page_read_by_better_rules_is_unchanged_and_written_anew(archive: Archive) -> None:
    captures = pages(10)
    for found in captures:
        visit(archive, found)
    later = archive.taught(SITE.key, learn(captures, SITE))
    assert visit(later, capture(0, page(0), START + timedelta(days=1))) is Outcome.UNCHANGED
    (path,) = archive.root.glob(f"articles/**/{document_id(captures[0].url)}.md")
    assert APPEAL not in load(path.read_bytes())[1]
    assert archive.db.execute("SELECT max(version), count(*) FROM versions").fetchone() == (1, 10)


def test_an_article_that_changed_is_a_version_whatever_was_learnt(archive: Archive) -> None:
    captures = pages(10)
    for found in captures:
        visit(archive, found)
    later = archive.taught(SITE.key, learn(captures, SITE))
    edited = page(0).replace("第0三位", "第一千位")
    assert visit(later, capture(0, edited, START + timedelta(days=1))) is Outcome.CHANGED


def test_a_duplicate_follows_its_first_document(archive: Archive) -> None:
    captures = [*pages(10), capture(20, page(0), START + timedelta(hours=1))]
    for found in captures:
        visit(archive, found)
    learn_site(archive, SITE, now=START)
    later = archive.taught(SITE.key, learn(captures, SITE))
    assert visit(later, capture(20, page(0), START + timedelta(days=1))) is Outcome.UNCHANGED


def test_a_site_without_new_documents_is_not_learnt_again(archive: Archive) -> None:
    for found in pages(10):
        visit(archive, found)
    with group(archive.db):
        runs.finish(archive.db, "r1", finished=START, exit_code=0)
    learn_sites(Archive(root=archive.root, db=archive.db, warc=archive.warc, run="r2"), [SITE], now=START)
    assert sites.boilerplate(archive.db).get(SITE.key) is None
    learn_sites(archive, [SITE], now=START)
    assert sites.boilerplate(archive.db).get(SITE.key) == Boilerplate(pages=10, lines={APPEAL: 10, "校庆专题": 10})


def test_what_a_run_that_was_cut_short_brought_is_learnt_by_the_next(archive: Archive) -> None:
    for found in pages(10):
        visit(archive, found)
    with group(archive.db):
        runs.cut_short(archive.db, "r1", finished=START, exit_code=143)
    learn_sites(Archive(root=archive.root, db=archive.db, warc=archive.warc, run="r2"), [SITE], now=START)
    assert sites.boilerplate(archive.db).get(SITE.key) is not None


def test_evidence_that_cannot_be_read_leaves_what_was_known(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    for found in pages(10):
        visit(archive, found)
    archive.warc.flush()
    for file in archive.root.glob("warc/*.warc.gz"):
        file.write_bytes(b"no WARC")
    learn_sites(archive, [SITE], now=START)
    assert "example: its boilerplate cannot be learnt" in caplog.text
    assert documents.count(archive.db, SITE.key) == 10


def test_processes_of_their_own_learn_the_same(archive: Archive) -> None:
    for found in pages(10):
        visit(archive, found)
    places = captures.sample(archive.db, SITE.key, 100)
    here = learn(sample(archive.root, archive.db, SITE.key, 100), SITE)
    assert here.lines
    assert learn_apart(archive.root, [(SITE, places)], 2) == {SITE.key: here}
