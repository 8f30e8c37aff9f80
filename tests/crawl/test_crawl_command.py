"""What a user may type after `scrapy crawl news`, and what comes back: sites, exit codes, messages without a traceback."""

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.archive.layout import LOCK
from crawler.arguments import asked, choose_sites
from crawler.commands.crawl import Command
from crawler.monitoring.exit_code import ExitCode
from crawler.runs.run import Run
from crawler.sites import load_sites
from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.campus.stories.vsb import NEWS
from tests.campus.truth import CAMPUS
from tests.crawl_harness import Archive, Crawled, Ended, crawl


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command as Scrapy makes it, before a reactor is there: for what is refused before a crawl begins."""
    write_seeds(tmp_path / "seeds", 1)
    command = Command()
    command.settings = Settings(
        {"ARCHIVE_DIR": str(tmp_path / "archive"), "SEEDS_DIR": str(tmp_path / "seeds"), "USER_AGENT": "test/1"}
    )
    return command


def refusal(command: Command, **arguments: str) -> str:
    """Return what the command says; Scrapy prints it and exits with 2."""
    with pytest.raises(UsageError) as told:
        command.run(["news"], argparse.Namespace(spargs=arguments))
    return str(told.value)


def test_an_unknown_argument_is_named_with_the_known_ones() -> None:
    with pytest.raises(
        UsageError, match="-a sites=…: unknown argument; did you mean 'site'\\?; expected one of: site, url"
    ):
        asked(["sites=vsb"], today=date(2026, 5, 1))


def test_an_unknown_site_is_named_with_the_known_ones(command: Command, tmp_path: Path) -> None:
    told = refusal(command, site="vsb,pku")
    assert "-a site=pku: no such site" in told
    assert "enorth, vsb, webplus" in told
    assert not (tmp_path / "archive").exists()


def test_every_problem_of_the_site_files_is_named_with_file_and_key(command: Command, tmp_path: Path) -> None:
    for name in ("vsb", "enorth", "webplus"):
        with (tmp_path / f"seeds/{name}.yaml").open("a") as file:
            file.write("familly: vsb\n")
    told = refusal(command)
    assert f"{tmp_path}/seeds/vsb.yaml: familly: " in told
    assert f"{tmp_path}/seeds/enorth.yaml: familly: " in told


def test_a_wrong_file_stops_its_own_site_and_no_other(tmp_path: Path) -> None:
    write_seeds(tmp_path / "seeds", 1)
    with (tmp_path / "seeds/vsb.yaml").open("a") as file:
        file.write("familly: vsb\n")
    sites, problems = choose_sites({}, tmp_path / "seeds")
    assert [site.key for site in sites] == ["enorth", "webplus"]
    assert [problem.key for problem in problems] == ["familly"]


@pytest.mark.parametrize("url", ["ftp://news.example.edu.cn/1.htm", "https://", "http://[::1/"])
def test_what_is_no_url_is_refused(command: Command, url: str) -> None:
    assert url in refusal(command, url=url)


def test_a_missing_folder_of_site_files_is_told(command: Command, tmp_path: Path) -> None:
    command.settings.set("SEEDS_DIR", str(tmp_path / "nowhere"))
    assert f"{tmp_path}/nowhere: no such folder" in refusal(command)


def test_a_second_run_at_the_same_time_is_refused(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = load_sites(tmp_path / "seeds")
    run = Run.open(tmp_path / "archive", sites, arguments={}, clock=lambda: datetime.now(UTC))
    try:
        command.run(["news"], argparse.Namespace(spargs={}))
    finally:
        run.close()
    assert (command.exitcode, ExitCode.LOCKED.value) == (5, 5)
    assert f"{tmp_path}/archive: another run is writing to this archive" in capsys.readouterr().out


def test_a_mistake_ends_the_process_with_2_and_without_a_traceback(tmp_path: Path) -> None:
    write_seeds(tmp_path / "seeds", 1)
    with (tmp_path / "seeds/vsb.yaml").open("a") as file:
        file.write("familly: vsb\n")
    ended = crawl(tmp_path / "archive", "-a", "site=vsb", seeds=tmp_path / "seeds")
    assert ended.code == 2
    assert f"{tmp_path}/seeds/vsb.yaml: familly: " in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def unreachable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ended, Archive, Campus]]:
    """A crawl from one URL on a loopback address that no file allows, over the lock file of a dead process."""
    folder = tmp_path_factory.mktemp("unreachable")
    (folder / "archive").mkdir()
    (folder / "archive" / LOCK).write_text("4194304")
    with Campus() as campus:
        url = campus.url("vsb", NEWS[7].path)
        ended = crawl(folder / "archive", "-a", f"url={url}", seeds=folder / "nowhere")
        yield ended, Archive(folder / "archive"), campus


def test_a_lock_left_by_a_dead_process_refuses_nobody(unreachable: tuple[Ended, Archive, Campus]) -> None:
    ended, archive, _ = unreachable
    assert ended.code == 4, ended
    assert "nothing was archived (exit code 4)" in ended.stdout
    assert archive.values("SELECT exit_code FROM runs") == [4]


def test_a_private_address_is_never_asked_unless_a_file_allows_it(unreachable: tuple[Ended, Archive, Campus]) -> None:
    assert unreachable[2].requests == []


def test_a_private_address_is_the_reason(unreachable: tuple[Ended, Archive, Campus]) -> None:
    visits = unreachable[1].visits.values()
    assert {(visit["outcome"], visit["reason"]) for visit in visits} == {("refused", "private_address")}


def test_one_url_without_a_site_file_is_enough(crawled: Crawled, tmp_path: Path) -> None:
    warcs = ",".join(map(str, crawled.archive.root.glob("warc/*.warc.gz")))
    url = crawled.campus.url("vsb", NEWS[7].path)
    ended = crawl(tmp_path / "archive", "-a", f"url={url}", seeds=tmp_path / "nowhere", REPLAY_WARC=warcs)
    archive = Archive(tmp_path / "archive")
    assert ended.code == 0, ended
    archive.check()
    assert archive.values("SELECT key FROM sites") == [crawled.campus.netloc("vsb")]
    assert set(archive.documents) == {crawled.campus.url("vsb", story.path) for story in CAMPUS["vsb"].articles}


def test_one_url_of_a_known_site_takes_its_file_and_is_a_seed_of_it(tmp_path: Path) -> None:
    write_seeds(tmp_path, 1)
    ((site,), _) = choose_sites({"url": "http://127.0.0.1:1/info/1012/9999.htm"}, tmp_path)
    assert (site.key, site.name, site.private_hosts) == ("vsb", "湖光大学", ("127.0.0.1:1",))
    assert "http://127.0.0.1:1/info/1012/9999.htm" in site.articles


def test_sites_are_chosen_by_their_keys(tmp_path: Path) -> None:
    write_seeds(tmp_path, 1)
    assert [site.key for site in choose_sites({}, tmp_path)[0]] == ["enorth", "vsb", "webplus"]
    assert [site.key for site in choose_sites({"site": "webplus, vsb"}, tmp_path)[0]] == ["webplus", "vsb"]
