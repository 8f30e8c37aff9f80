"""All attacks at once: the crawl ends by itself in little memory, archives what is honest and tells every attack; a second run asks for no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.processes import Watch
from tests.attacks import ATTACKS, HONEST, AttackServer, attacking
from tests.crawl_harness import Archive, Ended, started

pytestmark = pytest.mark.soak
MOST_MB = 400  # PSS of all processes
SECONDS = 1800
UNTOLD = {"not_found"}  # what any site answers now and then


class Attacked:
    """The archive of a site that attacks, after two runs."""

    def __init__(self, server: AttackServer, folder: Path) -> None:
        self.server, self.archive = server, Archive(folder / "archive")
        (folder / "seeds").mkdir()
        (folder / "seeds/attacks.yaml").write_text(server.seed, "utf-8")
        self.ends: list[Ended] = []
        self.hits: list[int] = []
        self.peaks: list[float] = []
        for _ in range(2):
            self._crawl(folder)

    def _crawl(self, folder: Path) -> None:
        self.server.hits.clear()
        with (
            started(folder / "archive", seeds=folder / "seeds", DOWNLOAD_TIMEOUT=10, READER_PROCESSES=2) as process,
            Watch(process.popen.pid, every=0.2, progress=lambda: len(self.server.hits)) as watch,
        ):
            self.ends.append(process.end(SECONDS))
        self.hits.append(len(self.server.hits))
        self.peaks.append(watch.use.peak_mb)
        print(f"{self.hits[-1]} requests, peak {self.peaks[-1]:.0f} MB, exit code {self.ends[-1].code}")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    with attacking() as server:
        yield Attacked(server, tmp_path_factory.mktemp("attacked"))


def test_the_crawl_ends_by_itself_in_little_memory(attacked: Attacked) -> None:
    assert {ended.code for ended in attacked.ends} <= {0, 7}, attacked.ends
    assert all("Traceback" not in ended.stderr for ended in attacked.ends), attacked.ends
    assert max(attacked.peaks) < MOST_MB, attacked.peaks


def test_a_second_run_asks_for_no_more(attacked: Attacked) -> None:
    assert attacked.hits[1] <= attacked.hits[0]


def test_every_attack_ends_as_it_should(attacked: Attacked) -> None:
    rows = attacked.archive.rows("SELECT url, outcome, reason FROM visits ORDER BY id DESC")
    first = {row["url"]: (row["outcome"], row["reason"]) for row in rows}
    ended = {name: first.get(attacked.server.url(name)) for name in ATTACKS}
    assert {name: end for name, end in ended.items() if end not in ATTACKS[name].ends} == {}


def test_every_attack_that_cost_something_is_told(attacked: Attacked) -> None:
    told = set(attacked.archive.values("SELECT url FROM issues"))
    lost = attacked.archive.rows(
        "SELECT url, reason FROM visits WHERE outcome IN ('failed', 'refused', 'gone') OR reason = 'out_of_scope' UNION "
        "SELECT url, reason FROM media_links WHERE outcome IN ('failed', 'refused', 'skipped')"
    )
    attacks = {attacked.server.url(name) for name in ATTACKS}
    kept = {row["url"]: row["reason"] for row in lost if row["url"] in attacks or "/upload/" in row["url"]}
    assert {url: reason for url, reason in kept.items() if reason not in UNTOLD and url not in told} == {}


def test_what_attacks_nobody_is_archived_and_rows_files_and_evidence_agree(attacked: Attacked) -> None:
    assert len([url for url in attacked.archive.documents if "/info/9/" in url]) == HONEST
    attacked.archive.check()
