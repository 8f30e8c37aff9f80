"""A campus that misbehaves: every address ends as exactly one visit with its reason, and costs no other."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.campus import Campus, Response, busy, dropped, gzipped, page, redirect
from tests.campus.seed_files import write_seeds
from tests.campus.stories.vsb import NEWS, NOTICES, STORIES
from tests.crawl_harness import Archive, Ended, crawl, started

SEED = NEWS[7].path
HUGE = 200_000  # bytes, for this test
BUSY, BROKEN, ZIPPED, LOOP, LARGE, PRIVATE, CUT, ERROR, FORBIDDEN, CHALLENGE, ODD, EMPTY = (
    story.path for story in (*NEWS[:7], *NEWS[8:13])
)
MOVED = NOTICES[5].path
ALWAYS = 9  # more often than anything is asked for
OUTCOMES = {
    BUSY: ("new", None),
    BROKEN: ("new", None),
    ZIPPED: ("new", None),
    LOOP: ("failed", "too_many_redirects"),
    LARGE: ("failed", "too_large"),
    PRIVATE: ("refused", "private_address"),
    CUT: ("new", "cut"),
    ERROR: ("failed", "server_error"),
    FORBIDDEN: ("refused", "forbidden"),
    CHALLENGE: ("refused", "challenge"),
    ODD: ("new", None),
    EMPTY: ("not_article", "no_content"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaved:
    campus: Campus
    archive: Archive
    ended: Ended

    def visit(self, path: str) -> tuple[str, str | None]:
        visit = self.archive.visits[self.campus.url("vsb", path)]
        return visit["outcome"], visit["reason"]


@pytest.fixture(scope="module")
def misbehaved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Misbehaved]:
    folder = tmp_path_factory.mktemp("misbehaved")
    with Campus() as campus:
        write_seeds(folder / "seeds", campus.port)
        file = folder / "seeds/vsb.yaml"
        (folder / "seeds/webplus.yaml").unlink()
        other = campus.netloc("webplus")  # a host of the site, whose address nobody allowed to be private
        own = campus.netloc("vsb")
        file.write_text(
            file.read_text("utf-8").replace(f'hosts: ["{own}"]', f'hosts: ["{own}", "{other}"]', 1), "utf-8"
        )
        campus.script |= {
            ("vsb", BUSY): [busy("1")],
            ("vsb", BROKEN): [dropped()],
            ("vsb", ZIPPED): [gzipped],
            ("vsb", LOOP): [redirect(LOOP)] * 20,
            ("vsb", LARGE): [page("<p>" + "长" * HUGE)] * ALWAYS,
            ("vsb", PRIVATE): [redirect(campus.url("webplus", "/main.htm"))] * ALWAYS,
            ("vsb", CUT): [_cut] * ALWAYS,
            ("vsb", ERROR): [page("error", status=500)] * ALWAYS,
            ("vsb", FORBIDDEN): [page("no", status=403)],
            ("vsb", CHALLENGE): [page("<script>$_ts={}</script>", status=412)],
            ("vsb", ODD): [_odd],
            ("vsb", EMPTY): [page("")],
            ("vsb", MOVED): [redirect(STORIES[-1].path, status=301)] * ALWAYS,
        }
        ended = crawl(
            folder / "archive", "-a", "site=vsb", seeds=folder / "seeds", DOWNLOAD_MAXSIZE=HUGE, RETRY_TIMES=1
        )
        yield Misbehaved(campus=campus, archive=Archive(folder / "archive"), ended=ended)


def _cut(normal: Response) -> Response:
    """Send title and text, and break off in what stands below them: no list need have told its title."""
    return replace(normal, cut=len(normal.body) * 3 // 4)


def _odd(normal: Response) -> Response:
    """Answer with headers nobody should send."""
    return replace(
        normal,
        headers=(
            *normal.headers,
            ("X-Odd", "\xff\xfe 你".encode().decode("latin-1")),
            ("X-Empty", ""),
            ("Set-Cookie", "a=b"),
            ("Set-Cookie", "c=d"),
        ),
    )


def test_the_crawl_ends_well(misbehaved: Misbehaved) -> None:
    assert misbehaved.ended.code == 7, misbehaved.ended  # what the server keeps back is missing
    assert "Traceback" not in misbehaved.ended.stderr


def test_rows_files_and_evidence_agree(misbehaved: Misbehaved) -> None:
    misbehaved.archive.check()


@pytest.mark.parametrize("path", OUTCOMES)
def test_it_ends_as_one_visit(misbehaved: Misbehaved, path: str) -> None:
    assert misbehaved.visit(path) == OUTCOMES[path]
    url = misbehaved.campus.url("vsb", path)
    assert misbehaved.archive.values("SELECT count(*) FROM visits WHERE url = ?", url) == [1]


def test_all_other_articles_are_archived(misbehaved: Misbehaved) -> None:
    good = {story.path for story in STORIES} - {path for path in OUTCOMES if OUTCOMES[path][0] != "new"} - {MOVED}
    assert set(misbehaved.archive.documents) == {misbehaved.campus.url("vsb", path) for path in good}


def test_a_host_that_asks_for_a_second_is_left_alone_for_a_second(misbehaved: Misbehaved) -> None:
    requests = [request for request in misbehaved.campus.requests if request.host == "vsb"]
    first, again = (request for request in requests if request.path == BUSY)
    assert again.started - first.started >= 1
    asked = (
        first.finished or 0
    )  # what was on its way then came in soon after; when the second is over, others may go first
    meanwhile = [request for request in requests if asked + 0.4 < request.started < asked + 1]
    assert [request.path for request in meanwhile] == []


def test_what_failed_is_asked_for_as_often_as_retry_times_says(misbehaved: Misbehaved) -> None:
    hits = [path for _, path in misbehaved.campus.hits]
    assert {path: hits.count(path) for path in (ERROR, CUT, BROKEN, FORBIDDEN)} == {
        ERROR: 2,
        CUT: 2,
        BROKEN: 2,
        FORBIDDEN: 1,
    }


def test_a_redirect_loop_is_not_gone_round(misbehaved: Misbehaved) -> None:
    assert [path for _, path in misbehaved.campus.hits].count(LOOP) == 1


def test_a_private_host_is_never_asked(misbehaved: Misbehaved) -> None:
    assert [host for host, _ in misbehaved.campus.hits if host != "vsb"] == []


def test_a_page_that_moved_within_the_site_is_the_page_it_moved_to(misbehaved: Misbehaved) -> None:
    visit = misbehaved.archive.visits[misbehaved.campus.url("vsb", MOVED)]
    assert visit["final_url"] == misbehaved.campus.url("vsb", STORIES[-1].path)
    assert visit["document"] == misbehaved.archive.documents[visit["final_url"]]["id"]


def test_the_evidence_of_a_failure_holds_what_was_received(misbehaved: Misbehaved) -> None:
    visit = misbehaved.archive.visits[misbehaved.campus.url("vsb", ERROR)]
    assert (visit["status"], visit["payload_digest"] is None) == (500, False)
    assert misbehaved.archive.visits[misbehaved.campus.url("vsb", LOOP)]["payload_digest"]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs a mount of its own")
def test_a_full_disk_stops_the_crawl_and_leaves_a_sound_archive(tmp_path: Path) -> None:
    archive, room = tmp_path / "archive", 1_100_000  # bytes; an empty catalog takes 600,000, the whole campus 2,500,000
    archive.mkdir()
    (tmp_path / "kept").mkdir()
    mounted = (
        f"mount -t tmpfs -o size={room} none {archive} && touch {tmp_path}/mounted && "
        f'"$@"; code=$?; cp -r {archive}/. {tmp_path}/kept; exit $code'
    )
    with Campus() as campus:
        write_seeds(tmp_path / "seeds", campus.port)
        before = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted, "sh")
        with started(archive, seeds=tmp_path / "seeds", before=before, MIN_FREE_BYTES=0) as process:
            ended = process.end()
    if not (tmp_path / "mounted").exists():
        pytest.skip("may not mount here")
    assert ended.code == 6, ended
    assert "could not be written (exit code 6)" in ended.stdout
    kept = Archive(tmp_path / "kept")
    named = set(kept.values("SELECT path FROM documents WHERE path IS NOT NULL"))
    assert named
    assert named <= set(kept.files)


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs a limit of its own")
def test_too_few_open_files_are_told_before_anything_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    ended = crawl(tmp_path / "archive", seeds=tmp_path / "seeds", before=("prlimit", "--nofile=64:64"))
    assert ended.code == 1
    assert "64 files may be open at once, a run with 1 readers needs 110: allow more" in ended.stderr
    assert not (tmp_path / "archive").exists()
