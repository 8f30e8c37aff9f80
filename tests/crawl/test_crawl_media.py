"""Media in a crawl: fetched after the pages, kept once, linked to, tried again; never in the way of an article."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.campus import Campus
from tests.campus.response import Response, page, redirect
from tests.campus.seed_files import write_seeds
from tests.campus.stories.vsb import STORIES
from tests.crawl_harness import Archive, Crawled, Ended, crawl, started

PICTURES = [path for story in STORIES for path in story.images]
FILES = [path for story in STORIES for path in story.attachments]


@dataclass(frozen=True, slots=True)
class Trial:
    campus: Campus
    archive: Archive
    seeds: Path

    def crawl(self, *arguments: str, **settings: Any) -> Ended:
        return crawl(self.archive.root, "-a", "site=vsb", *arguments, seeds=self.seeds, **settings)

    def links(self) -> dict[str, dict[str, Any]]:
        base = self.campus.url("vsb")
        return {row["url"].removeprefix(base): row for row in self.archive.rows("SELECT * FROM media_links")}

    def asked(self, path: str) -> int:
        return self.campus.hits.count(("vsb", path))


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    with Campus() as campus:
        write_seeds(tmp_path / "seeds", campus.port)
        yield Trial(campus, Archive(tmp_path / "archive"), tmp_path / "seeds")


def test_every_medium_is_there_once_linked_and_traceable(crawled: Crawled) -> None:
    archive = crawled.archive
    rows = archive.rows("SELECT * FROM media_links JOIN media_files USING (sha256)")
    assert len(rows) == len(archive.rows("SELECT * FROM media_links")) > 10
    for row in rows:
        data = (archive.root / row["path"]).read_bytes()
        assert (sha256(data).hexdigest(), len(data)) == (row["sha256"], row["size"])
    there = {str(file.relative_to(archive.root)) for file in archive.root.glob("media/*/*")}
    assert there == {row["path"] for row in rows}
    url = archive.values(
        "SELECT documents.url FROM documents JOIN media ON document = id WHERE kind = 'image' AND path NOTNULL"
    )[0]
    values, body = archive.markdown(url)
    for medium in values["params"]["media"]:
        assert f"](../../../{medium['path']})" in body
        assert medium["url"] not in body
    assert archive.values(
        "SELECT count(*) FROM media_completeness WHERE stored < media AND document IN (SELECT id FROM documents WHERE path NOTNULL)"
    ) == [0]
    archive.check()


def test_media_follow_the_pages_with_their_article_as_referer(crawled: Crawled) -> None:
    requests = [one for one in crawled.campus.requests[: len(crawled.hits)] if one.host == "vsb"]
    places = [n for n, request in enumerate(requests) if request.path in PICTURES]
    pages = [n for n, request in enumerate(requests) if request.path.endswith(".htm")]
    assert min(places) > max(pages)
    shown: dict[str, set[str]] = {}
    for row in crawled.archive.rows(
        "SELECT media.url AS path, documents.url FROM media JOIN documents ON id = document"
    ):
        shown.setdefault(row["path"], set()).add(row["url"])
    for n in places:
        assert requests[n].headers["referer"] in shown[crawled.campus.url("vsb", requests[n].path)]


def test_a_failed_medium_costs_nothing_but_itself_and_is_tried_again(trial: Trial) -> None:
    missing, broken, walled = PICTURES[:3]
    trial.campus.script["vsb", missing] = [page("no", status=404)]
    trial.campus.script["vsb", broken] = [page("<!DOCTYPE html><p>出错了")]
    trial.campus.script["vsb", walled] = [page("no", status=403)]
    ended = trial.crawl()
    assert ended.code == 0, ended
    assert "1 refused" in ended.stdout
    links = trial.links()
    assert {path: (links[path]["outcome"], links[path]["reason"]) for path in (missing, broken, walled)} == {
        missing: ("failed", "not_found"),
        broken: ("failed", "not_media"),
        walled: ("refused", "forbidden"),
    }
    assert all(links[path]["next_visit"] for path in (missing, broken, walled))
    first, versions = trial.archive.files, trial.archive.rows("SELECT document, version FROM versions ORDER BY 1, 2")
    assert any(missing.encode() in data for data in first.values())
    before = len(trial.campus.requests)
    trial.archive.check()

    again = _a_day_later(trial)
    assert again.code == 0, again
    assert all(row["outcome"] == "stored" for row in trial.links().values())
    asked = [path for host, path in trial.campus.hits[before:] if path in PICTURES + FILES]
    assert sorted(asked) == sorted([missing, broken, walled])
    assert trial.archive.rows("SELECT document, version FROM versions ORDER BY 1, 2") == versions
    assert not any(f"]({trial.campus.url('vsb', missing)})".encode() in data for data in trial.archive.files.values())
    trial.archive.check()


def _a_day_later(trial: Trial) -> Ended:
    """Crawl again when everything that failed is due."""
    with closing(sqlite3.connect(trial.archive.root / "catalog.db")) as db:
        db.execute("UPDATE media_links SET next_visit = '2020-01-01T00:00:00+00:00' WHERE next_visit IS NOT NULL")
        db.commit()
    return trial.crawl()


def test_a_kill_in_the_middle_of_media_costs_only_what_is_missing(trial: Trial) -> None:
    for path in PICTURES + FILES:
        normal = trial.campus.pages["vsb", path]
        trial.campus.pages["vsb", path] = Response(body=normal.body, content_type=normal.content_type, wait=0.15)
    with started(trial.archive.root, "-a", "site=vsb", seeds=trial.seeds) as process:
        process.wait_until(lambda: sum(path in PICTURES + FILES for _, path in trial.campus.hits) >= 4)
        process.popen.send_signal(signal.SIGKILL)
        assert process.end().code == -signal.SIGKILL
    stored = {path for path, row in trial.links().items() if row["outcome"] == "stored"}
    assert 0 < len(stored) < len(trial.links())
    before = len(trial.campus.requests)
    ended = trial.crawl()
    assert ended.code == 0, ended
    asked = [path for _, path in trial.campus.hits[before:] if path in PICTURES + FILES]
    assert sorted(asked) == sorted(set(trial.links()) - stored)
    assert {row["outcome"] for row in trial.links().values()} == {"stored"}
    trial.archive.check()
    assert {str(file.relative_to(trial.archive.root)) for file in trial.archive.root.glob("media/*/*")} == set(
        trial.archive.values("SELECT path FROM media_files")
    )


def test_a_run_that_is_told_to_stop_among_media_keeps_what_it_has(trial: Trial) -> None:
    for path in PICTURES + FILES:
        normal = trial.campus.pages["vsb", path]
        trial.campus.pages["vsb", path] = Response(body=normal.body, content_type=normal.content_type, wait=0.15)
    with started(trial.archive.root, "-a", "site=vsb", seeds=trial.seeds) as process:
        process.wait_until(lambda: sum(path in PICTURES + FILES for _, path in trial.campus.hits) >= 3)
        process.popen.send_signal(signal.SIGTERM)
        assert process.end().code == 143
    stored = {path for path, row in trial.links().items() if row["outcome"] == "stored"}
    assert 0 < len(stored) < len(trial.links())
    linked = trial.archive.values("SELECT DISTINCT sha256 FROM media WHERE sha256 NOTNULL")
    assert len(linked) == len(stored)
    trial.archive.check()


def test_equal_contents_are_one_file_and_the_later_record_is_a_revisit(trial: Trial) -> None:
    one, other = PICTURES[:2]
    trial.campus.pages["vsb", other] = trial.campus.pages["vsb", one]
    assert trial.crawl().code == 0
    links = trial.links()
    assert links[one]["sha256"] == links[other]["sha256"]
    records = [_record_type(trial.archive.root, links[path]) for path in (one, other)]
    assert sorted(records) == ["response", "revisit"]


def _record_type(root: Path, link: dict[str, Any]) -> str:
    with (root / link["warc"]).open("rb") as file:
        file.seek(link["warc_offset"])
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_headers.get_header("Archive-Purpose") == "medium"
        assert record.rec_headers.get_header("WARC-Record-ID") == link["warc_record"]
        return str(record.rec_type)


def test_what_is_left_out_has_its_reason_and_is_fetched_when_it_is_wanted(trial: Trial) -> None:
    """With limits to kind and size, twice; then without."""
    big = PICTURES[0]
    content = trial.campus.pages["vsb", big].body + bytes(100_000)
    trial.campus.pages["vsb", big] = Response(body=content, content_type="image/png")
    asked = []
    for _ in range(2):
        assert trial.crawl(MEDIA_KINDS="image", MEDIA_MAX_BYTES=50_000).code == 0
        links = trial.links()
        assert (links[big]["outcome"], links[big]["reason"]) == ("skipped", "too_large")
        assert {(row["outcome"], row["reason"]) for row in links.values() if row["kind"] == "attachment"} == {
            ("skipped", "not_wanted")
        }
        asked.append(trial.asked(big))
    assert asked[0] == asked[1]
    assert trial.crawl().code == 0
    assert {row["outcome"] for row in trial.links().values()} == {"stored"}


def test_media_off_the_site_are_refused_and_robots_are_obeyed(trial: Trial) -> None:
    away, private = PICTURES[:2]
    trial.campus.pages["vsb", away] = redirect("http://elsewhere.invalid/a.png")
    trial.campus.pages["vsb", "/robots.txt"] = page(f"User-agent: *\nDisallow: {private}\n", mime="text/plain")
    assert trial.crawl().code == 0
    links = trial.links()
    assert (links[away]["outcome"], links[away]["reason"]) == ("refused", "out_of_scope")
    assert (links[private]["outcome"], links[private]["reason"]) == ("refused", "robots")
    assert trial.asked(private) == 0


def test_without_media_nothing_is_asked_for_and_all_stays_due(trial: Trial) -> None:
    assert trial.crawl(MEDIA_ENABLED=0).code == 0
    assert not any(path in PICTURES + FILES for _, path in trial.campus.hits)
    assert {row["outcome"] for row in trial.links().values()} == {None}
    assert trial.crawl().code == 0
    assert {row["outcome"] for row in trial.links().values()} == {"stored"}


def test_an_unknown_kind_is_a_mistake(trial: Trial) -> None:
    ended = trial.crawl(MEDIA_KINDS="pictures")
    assert ended.code == 2
    assert "MEDIA_KINDS: unknown kind 'pictures'" in ended.stdout + ended.stderr


def test_dead_media_hosts_leave_rows_and_are_no_matter_of_the_pages(trial: Trial) -> None:
    dead = PICTURES[:6]
    for path in dead:
        trial.campus.pages["vsb", path] = redirect("http://127.0.0.1:1/a.png")
    seed = trial.seeds / "vsb.yaml"
    seed.write_text(seed.read_text() + 'media_hosts: ["127.0.0.1:1"]\n')
    ended = trial.crawl(RETRY_AFTER_MAX=1)
    assert ended.code == 0, ended
    links = trial.links()
    assert {(links[path]["outcome"], links[path]["reason"]) for path in dead} == {("refused", "private_address")}
    assert all(links[path]["warc"] for path in dead)  # the redirect that led there
    assert not trial.archive.values("SELECT message FROM issues WHERE code = 'host_closed'")
    trial.archive.check()


def test_a_revisit_of_a_medium_refers_to_the_record_behind_its_redirects(trial: Trial) -> None:
    one, other = PICTURES[:2]
    normal = trial.campus.pages["vsb", one]
    trial.campus.pages["vsb", "/real.png"] = trial.campus.pages["vsb", other] = normal
    trial.campus.pages["vsb", one] = redirect("/real.png")
    trial.campus.script["vsb", other] = [page("no", status=404)]
    assert trial.crawl().code == 0
    assert _a_day_later(trial).code == 0
    link = trial.links()[other]
    with (trial.archive.root / link["warc"]).open("rb") as file:
        file.seek(link["warc_offset"])
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_type == "revisit"
        refers = record.rec_headers.get_header("WARC-Refers-To-Target-URI")
    assert refers == trial.campus.url("vsb", "/real.png")
