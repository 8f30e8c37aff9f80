"""One crawl of a site that attacks: it ends by itself, every attack has its outcome and its issue, and what is honest is archived."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.attacks import ATTACKS, HONEST, AttackServer, attacking
from tests.crawl_harness import Archive, Ended, crawl

SAMPLE = (
    "headers-without-end",
    "status-line-without-end",
    "informational-without-end",
    "chunk-size-below-zero",
    "body-cut",
    "chunks-cut",
    "length-beyond-all",
    "no-http",
    "status-of-many-digits",
    "headers-of-no-name",
    "header-of-20-kilobytes",
    "forbidden-with-a-bomb",
    "identity",
    "bomb-gzip",
    "members-gzip",
    "members-zstd",
    "thirty-codings",
    "coding-never-applied",
    "redirect-to-itself",
    "redirect-by-backslash",
    "redirect-by-circles",
    "redirect-by-mapped",
    "redirect-to-the-cloud",
    "redirect-to-a-script",
    "cookie-of-a-redirect",
    "cookie-never-enough",
    "cookie-of-a-script",
    "challenge-521",
    "login",
    "intranet",
    "sitemap-of-laughs",
    "feed-from-outside",
    "page-brackets",
    "page-controls",
    "page-nul",
    "charset-codec",
    "charset-unmarked",
    "picture-png-bomb",
    "picture-comments",
    "picture-dds",
    "file-cut",
)
UNTOLD = {None, "no_content", "not_html", "undated"}  # what a page is, no fault of its answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacked:
    server: AttackServer
    archive: Archive
    ends: tuple[Ended, Ended]
    hits: tuple[int, int]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder = tmp_path_factory.mktemp("attacked")
    with attacking(SAMPLE) as server:
        (folder / "seeds").mkdir()
        (folder / "seeds/attacks.yaml").write_text(server.seed, "utf-8")
        ends, hits = [], []
        for _ in range(2):
            ends.append(crawl(folder / "archive", seeds=folder / "seeds", DOWNLOAD_MAXSIZE=2_000_000))
            hits.append(len(server.hits))
            server.hits.clear()
        yield Attacked(
            server=server, archive=Archive(folder / "archive"), ends=(ends[0], ends[1]), hits=(hits[0], hits[1])
        )


def test_the_crawl_ends_by_itself_and_the_next_one_asks_for_no_more(attacked: Attacked) -> None:
    assert {ended.code for ended in attacked.ends} <= {0, 7}, attacked.ends
    assert all("Traceback" not in ended.stderr for ended in attacked.ends)
    assert attacked.hits[1] <= attacked.hits[0]


@pytest.mark.parametrize("name", SAMPLE)
def test_an_attack_ends_as_it_should_and_is_told(attacked: Attacked, name: str) -> None:
    url = attacked.server.url(name)
    visit = attacked.archive.rows("SELECT outcome, reason FROM visits WHERE url = ? ORDER BY id", url)[0]
    assert (visit["outcome"], visit["reason"]) in ATTACKS[name].ends
    if visit["reason"] not in UNTOLD:
        assert attacked.archive.values("SELECT DISTINCT code FROM issues WHERE url = ?", url) == [visit["reason"]]


def test_a_medium_that_attacks_is_told(attacked: Attacked) -> None:
    lost = attacked.archive.values("SELECT url FROM media_links WHERE outcome = 'failed'")
    assert lost
    assert {*lost} <= {*attacked.archive.values("SELECT url FROM issues")}


def test_what_attacks_nobody_is_archived_and_rows_files_and_evidence_agree(attacked: Attacked) -> None:
    assert len([url for url in attacked.archive.documents if "/info/9/" in url]) == HONEST
    attacked.archive.check()
