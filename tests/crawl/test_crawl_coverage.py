"""What a crawl says of what is missing: its exit code, its issues, the table `coverage`, on sites made for it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.layouts import every
from bench.layouts.layout import Layout
from bench.layouts.served import Served
from crawler.monitoring.exit_code import ExitCode
from tests.crawl_harness import Archive, Ended, crawl
from tests.rebuild_harness import evidence_alone, rebuild, tables

LAYOUTS = {layout.name: layout for layout in every()}
SETTINGS: dict[str, Any] = {
    "MEDIA_ENABLED": False,
    "AUTOTHROTTLE_ENABLED": False,
    "MIN_FREE_BYTES": 0,
    "METRICS_FILE": "",
}


class Watched:
    """A layout that is served, crawled into one archive."""

    def __init__(self, root: Path, served: Served) -> None:
        self.served, self.root = served, root
        self.list = f"http://{served.host}{served.layout.list_url(1)}"
        self.archive = Archive(root / "archive")

    def crawl(self, *arguments: str, **settings: Any) -> Ended:
        return crawl(self.archive.root, *arguments, seeds=self.root / "seeds", **{**SETTINGS, **settings})

    def write(self, **keys: object) -> None:
        host, layout = self.served.host, self.served.layout
        seed = {
            "name": "云台大学",
            "hosts": [host],
            "private_hosts": [host],
            "scheme": "http",
            "politeness": {"delay": 0, "concurrency": 4},
            "articles": [f"http://{host}{layout.article_url(layout.seed)}"],
            **keys,
        }
        (self.root / "seeds").mkdir(exist_ok=True)
        (self.root / "seeds" / "lake.yaml").write_text(json.dumps(seed, ensure_ascii=False), "utf-8")

    @property
    def row(self) -> Mapping[str, object]:
        (row,) = self.archive.rows("SELECT * FROM coverage WHERE list = ?", self.list)
        return row

    @property
    def gaps(self) -> list[str]:
        return self.archive.values("SELECT url FROM issues WHERE code = 'coverage'")


@contextmanager
def watched(root: Path, layout: Layout) -> Iterator[Watched]:
    with Served(layout) as served:
        found = Watched(root, served)
        found.write()
        yield found


@pytest.mark.parametrize("name", ["pager-numbers", "rows-onclick-address", "requests-get-json"])
def test_a_complete_crawl_is_well_and_has_no_issue(tmp_path: Path, name: str) -> None:
    with watched(tmp_path, LAYOUTS[name]) as site:
        assert site.crawl().code == ExitCode.WELL
        assert site.gaps == []


def test_a_gap_is_an_issue_an_alarm_and_an_exit_code_until_it_is_accepted(tmp_path: Path) -> None:
    with watched(tmp_path, LAYOUTS["gap-pager-bundle"]) as site:
        ended = site.crawl()
        assert ended.code == ExitCode.ATTENTION
        assert "something is missing or looks wrong (exit code 7)" in ended.stdout
        assert (site.row["articles_told"], site.row["articles_archived"]) == (36, 10)
        assert (site.row["missing"], site.row["cause"]) == (26, "pager_script")
        assert site.gaps == [site.list]
        assert site.archive.values("SELECT code FROM alarms") == ["coverage"]
        before = site.row
        assert site.crawl().code == ExitCode.ATTENTION  # nothing has changed, and all that was missing is
        assert site.row == before
        site.write(gaps={site.list: {"missing": 26, "reason": "its pager is a script"}})
        assert site.crawl().code == ExitCode.WELL
        assert site.row == before
        assert site.archive.values("SELECT code FROM alarms") == []
        site.write(gaps={site.list: {"missing": 20, "reason": "its pager is a script"}})
        assert site.crawl().code == ExitCode.ATTENTION


def test_a_run_that_is_limited_says_nothing_of_what_is_missing(tmp_path: Path) -> None:
    with watched(tmp_path, LAYOUTS["pager-numbers"]) as site:
        site.write(politeness={"delay": 0, "max_pages": 6})
        assert site.crawl().code == ExitCode.WELL
        assert site.archive.rows("SELECT * FROM coverage") == []
        site.write()
        assert site.crawl().code == ExitCode.WELL
        assert (site.row["articles_archived"], site.row["missing"]) == (36, 0)


def test_evidence_tells_what_is_missing_again(tmp_path: Path) -> None:
    with watched(tmp_path, LAYOUTS["gap-broken-page"]) as site:
        assert site.crawl().code == ExitCode.ATTENTION
    again = evidence_alone(site.archive.root, tmp_path / "again")
    ended = rebuild(again, seeds=tmp_path / "seeds")
    assert ended.returncode == 0, ended.stderr
    before, after = tables(site.archive.root), tables(again)
    for name in ("list_pages", "list_rows", "coverage", "issues"):
        assert after[name] == before[name], name
