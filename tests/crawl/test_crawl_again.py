"""The crawl once more: over the same archive, after a kill, from its own evidence. What is there already stays as it is."""

import random
import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.campus.stories.vsb import NEWS
from tests.crawl_harness import MEDIA, Archive, Crawled, Ended, crawl, started

SEED = 20261123


@pytest.fixture
def copy(crawled: Crawled, tmp_path: Path) -> Archive:
    """The archive of the undisturbed crawl, to be changed."""
    shutil.copytree(crawled.archive.root, tmp_path / "archive")
    return Archive(tmp_path / "archive")


def test_a_second_crawl_finds_nothing_new_and_asks_for_little(crawled: Crawled, copy: Archive) -> None:
    before, asked = copy.files, len(crawled.campus.requests)
    ended = crawl(copy.root, seeds=crawled.seeds)
    hits = [(request.host, request.path) for request in crawled.campus.requests[asked:]]
    assert ended.code == 0, ended
    copy.check()
    assert copy.files == before
    assert copy.documents == crawled.archive.documents
    outcomes = copy.values("SELECT DISTINCT outcome FROM visits WHERE run = (SELECT max(run) FROM runs)")
    assert {"new", "changed", "duplicate"}.isdisjoint(outcomes)
    assert len(hits) < len(crawled.hits) / 4
    assert len(hits) == len(set(hits))


def test_a_full_crawl_asks_for_everything_and_makes_a_version_of_what_changed(crawled: Crawled, copy: Archive) -> None:
    campus, before, asked = crawled.campus, copy.files, len(crawled.campus.requests)
    url, page = campus.url("vsb", NEWS[0].path), campus.pages["vsb", NEWS[0].path]
    edited = page.body.replace("四万二千平方米".encode(), "四万三千平方米".encode())
    campus.pages["vsb", NEWS[0].path] = replace(page, body=edited)
    try:
        ended = crawl(copy.root, "-a", "full=1", seeds=crawled.seeds)
    finally:
        campus.pages["vsb", NEWS[0].path] = page
    assert ended.code == 0, ended
    copy.check()
    assert {(request.host, request.path) for request in campus.requests[asked:]} == {
        hit
        for hit in crawled.hits
        if hit[1] != "/robots.txt"  # that of the run before is kept for a day
        and hit not in MEDIA  # a medium is kept for good
    }
    (run,) = copy.rows("SELECT * FROM runs ORDER BY started DESC LIMIT 1")
    assert (run["new"], run["changed"], run["duplicate"]) == (0, 1, 0)
    assert run["unchanged"] == len(copy.documents) - 1
    row, (values, body) = copy.documents[url], copy.markdown(url)
    assert (row["version"], copy.visits[url]["outcome"]) == (2, "changed")
    assert "四万三千平方米" in body
    assert values["lastmod"] >= values["params"]["archived"]
    kept = f"versions/{campus.netloc('vsb').replace(':', '_')}/{row['id']}/1.md"
    assert copy.files == {**before, kept: before[row["path"]], row["path"]: copy.files[row["path"]]}


def test_the_evidence_alone_gives_the_same_archive(crawled: Crawled, tmp_path: Path) -> None:
    asked = len(crawled.campus.requests)
    warcs = ",".join(map(str, sorted(crawled.archive.root.glob("warc/*.warc.gz"))))
    ended = crawl(tmp_path / "archive", seeds=crawled.seeds, REPLAY_WARC=warcs)
    replayed = Archive(tmp_path / "archive")
    assert ended.code == 0, ended
    assert len(crawled.campus.requests) == asked
    replayed.check()
    assert replayed.files == crawled.archive.files
    assert {url: (row["archived"], row["status"], row["duplicate_of"]) for url, row in replayed.documents.items()} == {
        url: (row["archived"], row["status"], row["duplicate_of"]) for url, row in crawled.archive.documents.items()
    }
    sql = "SELECT url, fetched, outcome, reason, status, payload_digest FROM visits WHERE reason IS NOT 'robots' ORDER BY url"
    assert {row["url"]: row["payload_digest"] for row in replayed.rows(sql)} == {
        row["url"]: row["payload_digest"] for row in crawled.archive.rows(sql)
    }


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stopped"]:
    """A crawl of a campus of its own: killed, gone on with and told to stop, gone on with to the end."""
    folder = tmp_path_factory.mktemp("stopped")
    endings, leftover = [], []
    with Campus() as campus:
        write_seeds(folder / "seeds", campus.port)
        chance = random.Random(SEED)
        for how in (signal.SIGKILL, signal.SIGTERM):
            with started(folder / "archive", seeds=folder / "seeds") as process:
                moment = len(campus.requests) + chance.randrange(3, 35)
                process.wait_until(lambda moment=moment: len(campus.requests) >= moment)  # type: ignore[misc]
                process.popen.send_signal(how)
                endings.append(process.end())
                leftover.append(process.leaves_anyone())
        endings.append(crawl(folder / "archive", seeds=folder / "seeds"))
        yield Stopped(Archive(folder / "archive"), endings, leftover, set(campus.hits))


@dataclass(frozen=True, slots=True)
class Stopped:
    archive: Archive
    endings: list[Ended]
    leftover: list[bool]  # of each stopped crawl, whether a process of it was still there
    hits: set[tuple[str, str]]


def test_a_crawl_that_was_stopped_goes_on_to_the_same_end(crawled: Crawled, stopped: Stopped) -> None:
    assert stopped.endings[-1].code == 0, stopped.endings
    stopped.archive.check()
    assert _said(stopped.archive) == _said(crawled.archive)
    assert stopped.hits == set(crawled.hits)


def test_a_crawl_that_was_told_to_stop_ends_well(stopped: Stopped) -> None:
    assert stopped.archive.values("SELECT state FROM runs ORDER BY started") == [
        "interrupted",
        "interrupted",
        "finished",
    ]
    assert stopped.endings[0].code == -signal.SIGKILL
    assert "Traceback" not in "".join(ended.stderr for ended in stopped.endings)


def test_a_stopped_crawl_leaves_no_process_behind(stopped: Stopped) -> None:
    assert stopped.leftover == [False, False]


def _said(archive: Archive) -> dict[str, object]:
    """Return what an archive says, with neither times nor ports, nor which of two equal documents was captured first."""
    groups: dict[str, list[str]] = {}
    for row in archive.rows("SELECT url, content_digest FROM documents ORDER BY url"):
        groups.setdefault(row["content_digest"], []).append(row["url"].split("/", 3)[3])
    alone = {urls[0] for urls in groups.values() if len(urls) == 1}
    bodies = {
        row["url"].split("/", 3)[3]: re.sub(r"http://[\d.:]+", "", row["body"])
        for row in archive.rows(
            "SELECT url, texts.body AS body FROM documents JOIN texts ON texts.document = documents.id"
        )
    }
    return {
        "equal": sorted(groups.values()),
        "files": len(archive.files),
        "duplicates": len(archive.values("SELECT id FROM documents WHERE status = 'duplicate'")),
        "bodies": {path: body for path, body in bodies.items() if path in alone},
        "titles": archive.values("SELECT title FROM documents ORDER BY title"),
    }
