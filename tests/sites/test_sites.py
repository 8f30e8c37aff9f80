"""Definition files: what they may say, and what a person is told when they say something else."""

import argparse
import dataclasses
import sys
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.catalog import group, open_catalog
from crawler.catalog.tables import runs, visits
from crawler.catalog.tables import sites as catalog_sites
from crawler.commands.sites import Command
from crawler.errors import ScopeError, SiteError
from crawler.items import (
    Expectations,
    Hours,
    Layout,
    Outcome,
    Pace,
    Removal,
    Revisit,
    Role,
    Selectors,
    Settling,
    Site,
    Visit,
)
from crawler.pages.families import FAMILIES
from crawler.sites import SiteFilesError, load_site, load_sites, read_sites, site_for_url, site_from_url
from crawler.sites.definition import (
    ExpectationsKeys,
    LayoutKeys,
    PolitenessKeys,
    RemovalKeys,
    RevisitKeys,
    SelectorsKeys,
    SettlingKeys,
    SiteKeys,
)

SEEDS = Path(__file__).parents[2] / "seeds"
ONE_URL = "articles: [https://news.example.edu.cn/info/1/2.htm]\n"


def write(folder: Path, text: str | bytes, name: str = "lake.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(folder: Path, text: str | bytes) -> list[str]:
    """The messages of a definition file that cannot be used, without its path."""
    path = write(folder, text)
    with pytest.raises(SiteFilesError) as caught:
        load_site(path)
    assert str(caught.value).count(str(path)) == len(caught.value.errors)
    return str(caught.value).replace(f"{path}: ", "").splitlines()


def test_one_article_url_is_enough(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, ONE_URL)) == Site(
        key="lake",
        name="news.example.edu.cn",
        hosts=("news.example.edu.cn",),
        scheme="https",
        articles=("https://news.example.edu.cn/info/1/2.htm",),
        tags=("news.example.edu.cn",),
        categories=("news.example.edu.cn",),
    )


def test_every_key_reaches_the_site(tmp_path: Path) -> None:
    text = """
        name: 湖光大学
        hosts: [news.lake.example, "127.0.0.1:8642"]
        media_hosts: [img.cdn.example]
        moved_from: [www.oldlake.example]
        scheme: https
        articles: [http://news.lake.example/info/1/2.htm]
        lists: [http://127.0.0.1:8642/xyyw.htm]
        sections: {http://127.0.0.1:8642/xyyw.htm: 校园要闻}
        timezone: Asia/Taipei
        family: vsb
        selectors: {title: h1, body: "#vsb_content, .v_news_content", date: "meta[name=PubDate]", source: .from}
        layouts: [{until: 2023-06-30, family: webplus}, {until: 2019-06-30, selectors: {body: .old}}]
        politeness: {delay: 2.5, concurrency: 2, max_pages: 100, hours: 22:00-06:00}
        revisit: {list_least: 0.25, list_most: 1, list_whole: 2, older_most: 10, article_least: 1, article_most: 90, article_whole: 30}
        unverified_tls: 证书链不完整，2026-11-01 起如此
        private_hosts: ["127.0.0.1:8642"]
        tags: [湖光]
        categories: [新闻]
        expectations: {articles: 3, days: 7, undated_share: 0.1}
        last_seen_working: 2026-11-01
    """
    assert load_site(write(tmp_path, text)) == Site(
        key="lake",
        name="湖光大学",
        hosts=("news.lake.example", "127.0.0.1:8642"),
        media_hosts=("img.cdn.example",),
        moved_from=("www.oldlake.example",),
        scheme="https",
        articles=("http://news.lake.example/info/1/2.htm",),
        lists=("http://127.0.0.1:8642/xyyw.htm",),
        sections={"http://127.0.0.1:8642/xyyw.htm": "校园要闻"},
        timezone="Asia/Taipei",
        family="vsb",
        selectors=Selectors(
            title="h1", body="#vsb_content, .v_news_content", date="meta[name=PubDate]", source=".from"
        ),
        layouts=(
            Layout(until=date(2019, 6, 30), selectors=Selectors(body=".old")),
            Layout(until=date(2023, 6, 30), family="webplus"),
        ),
        politeness=Pace(delay=2.5, concurrency=2, max_pages=100, hours=Hours(start=time(22), end=time(6))),
        revisit=Revisit(
            list_least=0.25,
            list_most=1,
            list_whole=2,
            older_most=10,
            article_least=1,
            article_most=90,
            article_whole=30,
        ),
        unverified_tls="证书链不完整，2026-11-01 起如此",
        private_hosts=("127.0.0.1:8642",),
        tags=("湖光",),
        categories=("新闻",),
        expectations=Expectations(articles=3, days=7, undated_share=0.1),
        last_seen_working="2026-11-01",
    )


@pytest.mark.parametrize(
    ("keys", "value", "left_out"),
    [
        (SiteKeys, Site, {"key"}),
        (PolitenessKeys, Pace, set()),
        (RevisitKeys, Revisit, set()),
        (SelectorsKeys, Selectors, set()),
        (LayoutKeys, Layout, set()),
        (ExpectationsKeys, Expectations, set()),
        (RemovalKeys, Removal, set()),
        (SettlingKeys, Settling, set()),
    ],
)
def test_the_keys_of_a_file_are_the_fields_of_the_value(keys: type, value: type, left_out: set[str]) -> None:
    assert set(keys.__annotations__) == {field.name for field in dataclasses.fields(value)} - left_out


def test_an_http_site_has_http_canonical_urls_until_one_seed_says_https(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, "lists: [http://a.example/list.htm]")).scheme == "http"
    both = "lists: [http://a.example/list.htm]\narticles: [https://a.example/info/1/2.htm]"
    assert load_site(write(tmp_path, both)).scheme == "https"


def test_a_name_gives_tags_and_categories(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, "name: 湖光大学\nlists: [http://a.example/list.htm]"))
    assert site.tags == ("湖光大学",)
    assert site.categories == ("a.example", "湖光大学")


def test_a_host_that_was_left_is_none_of_the_sites_hosts(tmp_path: Path) -> None:
    assert problems(tmp_path, ONE_URL + "moved_from: [news.example.edu.cn]") == [
        "moved_from[0]: 'news.example.edu.cn' is one of the site's hosts; a host it left is in `moved_from` only"
    ]


def test_a_host_that_was_left_belongs_to_one_file_too(tmp_path: Path) -> None:
    write(tmp_path, ONE_URL + "moved_from: [old.example.edu.cn]", "a.yaml")
    write(tmp_path, "articles: [https://old.example.edu.cn/info/1/2.htm]\n", "b.yaml")
    sites, (error,) = read_sites(tmp_path)
    assert [site.key for site in sites] == ["a"]
    assert error.key == "hosts[0]"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "artcles: []",
            "artcles: unknown key; did you mean 'articles'?; expected one of: name, hosts, media_hosts, moved_from, scheme,",
        ),
        ("politeness: {dely: 1}", "politeness.dely: unknown key; did you mean 'delay'?; expected one of: delay,"),
        (
            "family: vbs",
            "family: unknown family 'vbs'; did you mean 'vsb'?; expected one of: wechat, vsb, webplus, enorth",
        ),
        ("scheme: ftp", "scheme: unknown scheme 'ftp'; expected one of: http, https"),
        (
            "timezone: Asia/Shangai",
            "timezone: unknown time zone 'Asia/Shangai'; did you mean 'Asia/Shanghai'?; expected",
        ),
        ("timezone: ../../etc/passwd", "timezone: unknown time zone '../../etc/passwd'; expected an IANA name"),
        ("name: 12", "name: expected text, got the number 12"),
        ("lists:", "lists: expected a list, e.g. [one, two], got nothing; give a value or delete the line"),
        ('name: ""', "name: expected one line of text, got ''"),
        ("tags: 湖光", "tags: expected a list, e.g. [one, two], got the text '湖光'"),
        ("tags: [true]", "tags[0]: expected text, got true"),
        (
            "lists: [x.htm]",
            "lists[0]: expected a URL that begins with http:// or https:// and names a host, got 'x.htm'",
        ),
        ("lists: [ftp://a.example/]", "lists[0]: expected a URL that begins with http:// or https://"),
        ("lists: ['https://news.example.edu.cn/a b.htm']", "lists[0]: expected a URL"),
        ("sections: {x.htm: 要闻}", "sections[x.htm]: expected a URL that begins with http:// or https://"),
        ("selectors: {body: 'div['}", "selectors.body: expected a CSS selector, got 'div['"),
        (
            "selectors: {title: 'h1::text'}",
            "selectors.title: expected a CSS selector, got 'h1::text' (Pseudo-elements are not supported)",
        ),
        ("selectors: h1", "selectors: expected keys and values, got the text 'h1'"),
        ("layouts: [{until: 2019-06}]", "layouts[0].until: expected a day as 2019-06-30, got '2019-06'"),
        ("layouts: [{until: 2019-06-30, body: p}]", "layouts[0].body: unknown key; expected one of: until, family,"),
        ("layouts: [{family: vsb}]", "layouts[0].until: missing; give a value"),
        ("politeness: {delay: -1}", "politeness.delay: expected at least 0.0, got -1"),
        ("politeness: {delay: '2'}", "politeness.delay: expected a number, got the text '2'"),
        ("politeness: {hours: '25:00-06:00'}", "politeness.hours: expected two times of the day as 22:00-06:00"),
        ("politeness: {hours: 06:00-06:00}", "politeness.hours: expected two times of the day as 22:00-06:00"),
        ("politeness: {concurrency: 0}", "politeness.concurrency: expected at least 1, got 0"),
        ("politeness: {concurrency: 1.5}", "politeness.concurrency: expected a whole number, got the number 1.5"),
        ("revisit: {list_most: 0}", "revisit.list_most: expected at least 0.04, got 0"),
        ("revisit: {article_least: 200}", "revisit.article_least: 200 days are more than `article_most`, 180"),
        ("expectations: {undated_share: 5}", "expectations.undated_share: expected at most 1.0, got 5"),
        ("unverified_tls: true", "unverified_tls: expected text, got true"),
        ("unverified_tls: broken", "unverified_tls: expected the reason in some words, got 'broken'"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_what_was_expected(tmp_path: Path, line: str, message: str) -> None:
    (problem,) = problems(tmp_path, ONE_URL + line)
    assert problem.startswith(message)


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("https://a.example/", "expected a host without scheme and path ('a.example')"),
        ("a.example/news", "expected a host without scheme and path ('a.example')"),
        ("A.example", "expected a host in lower case ('a.example')"),
        ("a.example:443", "expected a host without the default port ('a.example')"),
        ("湖光.中国", "expected a host as it stands in a URL"),
        ("a..example", "expected a host as it stands in a URL"),
        ("a example", "expected a host as it stands in a URL"),
    ],
)
def test_a_host_is_bare(tmp_path: Path, host: str, message: str) -> None:
    (problem,) = problems(tmp_path, f"lists: [https://a.example/]\nhosts: ['{host}']")
    assert problem.startswith(f"hosts[0]: {message}")


def test_a_port_or_an_address_is_part_of_the_host(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, "lists: ['http://[::1]:8642/list.htm']"))
    assert site.hosts == ("[::1]:8642",)


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        "hosts: [a.example]\nlists: [http://a.example/, http://b.example/, 7]\n"
        "sections: {http://c.example/: 要闻}\nfamliy: vsb\ntimezone: Mars",
    )
    assert [line.partition(": ")[0] for line in told] == [
        "lists[2]",
        "timezone",
        "famliy",
        "lists[1]",
        "sections[http://c.example/]",
    ]
    assert told[3] == "lists[1]: 'b.example' is none of the site's hosts (a.example); add it to `hosts`"


def test_a_site_without_any_seed_is_an_error(tmp_path: Path) -> None:
    assert problems(tmp_path, "name: 湖光大学")[0].startswith("no seed; expected `articles: [URL of one article]`")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty; expected at least `articles:"),
        ("# only a comment\n", "the file is empty"),
        ("- a\n- b\n", "expected lines `key: value`, got a list"),
        ("https://a.example/", "expected lines `key: value`, got the text 'https://a.example/'"),
        (ONE_URL + "politeness:\n\tdelay: 1\n", "line 3: a tab in the indentation; use spaces"),
        (ONE_URL + "name: [a\n", "line 3: expected ',' or ']'"),
        (ONE_URL + "name: a\nname: b\n", "line 3: the key 'name' stands twice, first in line 2; keep one"),
        (ONE_URL + "politeness: {delay: 1, delay: 2}\n", "line 2: the key 'delay' stands twice"),
        (ONE_URL + "---\nname: b\n", "line 2: but found another document"),
        (ONE_URL + "name: a\x07b\n", "line 2: a control character"),
        ((ONE_URL + "name: 湖光大学").encode("gb18030"), "line 2: not UTF-8; save the file as UTF-8"),
        ("name: !!python/object:os.system x", "line 1: could not determine a constructor"),
    ],
)
def test_a_file_that_is_no_mapping_is_told_with_the_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(message)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, b"\xef\xbb\xbf" + ONE_URL.replace("\n", "\r\n").encode())).key == "lake"


def test_words_that_yaml_1_1_turns_into_something_else_stay_text(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, ONE_URL + "tags: [no, 0123, 12:30, 2019-06-01, 1e3]"))
    assert site.tags == ("no", "0123", "12:30", "2019-06-01", "1e3")


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"none\.yaml: cannot be read: No such file"):
        load_site(tmp_path / "none.yaml")
    with pytest.raises(SiteError, match=r"nowhere: no such folder"):
        load_sites(tmp_path / "nowhere")


def test_a_file_name_that_is_no_key_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="the file's name is the site's key"):
        load_site(write(tmp_path, ONE_URL, "My Site.yaml"))


def test_a_wrong_file_stops_only_its_own_site(tmp_path: Path) -> None:
    write(tmp_path, ONE_URL, "a.yaml")
    write(tmp_path, "nothing", "b.yaml")
    write(tmp_path, "lists: [http://c.example/]", "c.yaml")
    sites, errors = read_sites(tmp_path)
    assert [site.key for site in sites] == ["a", "c"]
    assert [Path(error.file).name for error in errors] == ["b.yaml"]
    with pytest.raises(SiteFilesError, match="got the text 'nothing'"):
        load_sites(tmp_path)


def test_a_host_claimed_by_two_files_is_an_error_of_the_second(tmp_path: Path) -> None:
    write(tmp_path, ONE_URL, "a.yaml")
    write(tmp_path, ONE_URL, "b.yaml")
    sites, errors = read_sites(tmp_path)
    assert [site.key for site in sites] == ["a"]
    assert "hosts[0]: 'news.example.edu.cn' belongs to" in str(errors[0])


def test_a_file_that_would_silently_not_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path, ONE_URL, "a.yml")
    assert "rename it to a.yaml" in str(read_sites(tmp_path)[1][0])


def test_a_url_belongs_to_the_site_on_whose_host_it_stands(tmp_path: Path) -> None:
    write(tmp_path, ONE_URL, "a.yaml")
    write(tmp_path, "lists: ['http://127.0.0.1:8642/']", "b.yaml")
    sites = load_sites(tmp_path)
    assert site_for_url("HTTP://News.Example.edu.cn:80/x.htm#top", sites) == sites[0]
    assert site_for_url("http://127.0.0.1:8642/info/1/2.htm", sites) == sites[1]
    assert site_for_url("http://127.0.0.1/info/1/2.htm", sites) is None
    assert site_for_url("https://www.example.edu.cn/", sites) is None
    assert site_for_url("mailto:a@news.example.edu.cn", sites) is None


def test_a_site_known_only_by_a_url_is_its_host() -> None:
    site = site_from_url("http://News.Example.edu.cn:8080/info/1/2.htm#top")
    assert (site.key, site.name, site.hosts) == ("news.example.edu.cn:8080",) * 2 + (("news.example.edu.cn:8080",),)
    assert site.scheme == "http"
    assert site.articles == ("http://news.example.edu.cn:8080/info/1/2.htm",)
    assert site.private_hosts == ()


def test_a_site_known_only_by_a_url_has_the_name_of_its_institution() -> None:
    site = site_from_url("https://dky.sicau.edu.cn/info/1/2.htm")
    assert (site.key, site.name, site.tags) == ("dky.sicau.edu.cn", "四川农业大学", ("四川农业大学",))
    assert site.categories == ("dky.sicau.edu.cn", "四川农业大学")


@pytest.mark.parametrize("url", ["", "news.example.edu.cn/1.htm", "ftp://a.example/", "javascript:alert(1)", "http://"])
def test_a_site_needs_a_web_address(url: str) -> None:
    with pytest.raises(ScopeError, match="expected the URL of one article"):
        site_from_url(url)


def test_the_starting_sites_are_fourteen_and_say_when_they_were_last_seen_working() -> None:
    sites = load_sites(SEEDS)
    assert len(sites) == 14
    for site in sites:
        assert site.last_seen_working, site.key
        assert "not verified" in site.last_seen_working, site.key


def test_the_guide_names_every_key_and_family() -> None:
    guide = (SEEDS / "README.md").read_text(encoding="utf-8")
    for keys in (SiteKeys, PolitenessKeys, RevisitKeys, SelectorsKeys, ExpectationsKeys):
        for key in keys.__annotations__:
            assert f"`{key}`" in guide, key
    for family in FAMILIES:
        assert f"`{family}`" in guide, family


def run_command(tmp_path: Path, *arguments: str) -> int:
    """Run `scrapy sites` over the seeds and the archive in `tmp_path`; return its exit code."""
    command = Command()
    command.settings = Settings({"SEEDS_DIR": str(tmp_path), "ARCHIVE_DIR": str(tmp_path / "archive")})
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    command.run([], parser.parse_args(arguments))
    return command.exitcode


def make_catalog(tmp_path: Path, *sites: Site) -> None:
    """A catalog with one run over the sites, a visit each, and no document."""
    now = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
    with closing(open_catalog(tmp_path / "archive" / "catalog.db")) as db, group(db):
        runs.start(db, "20261102T030405", started=now, arguments={})
        for site in sites:
            catalog_sites.save(db, site, now=now)
            outcome = Outcome.LISTED
            url = site.articles[0]
            visits.record(
                db, Visit(url=url, site=site.key, role=Role.SEED, run="20261102T030405", fetched=now, outcome=outcome)
            )


def test_the_command_lists_a_line_a_site_in_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "lists: [http://a.example/1/list.htm, http://a.example/2/list.htm]\nname: 湖光大学")
    assert run_command(tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == [
        "key\tname\tfamily\tseeds\tdocuments\tlast run\tstate\twalls\tlists",
        "lake\t湖光大学\tauto\thttp://a.example/1/list.htm http://a.example/2/list.htm\t0\tnever\tnot visited\t-\t-",
    ]


def test_the_command_shows_what_the_catalog_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = load_site(write(tmp_path, ONE_URL))
    write(tmp_path, "lists: [http://b.example/]", "never.yaml")
    make_catalog(tmp_path, site, site_from_url("https://a.example/info/1/2.htm"))
    assert run_command(tmp_path) == 0
    assert [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["lake", site.name, "auto", site.articles[0], "0", "2026-11-02T03:04Z", "not visited", "-", "-"],
        ["never", "b.example", "auto", "http://b.example/", "0", "never", "not visited", "-", "-"],
        ["a.example", "a.example", "auto", "(no file)", "0", "2026-11-02T03:04Z", "not visited", "-", "-"],
    ]


def test_a_catalog_that_cannot_be_read_costs_only_the_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, ONE_URL)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "catalog.db").write_text("no database, and longer than a header" * 10)
    assert run_command(tmp_path) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[1].endswith("0\tnever\tnot visited\t-\t-")
    assert "file is not a database; " in shown.err
    assert "the sites are listed without their history" in shown.err


def test_the_command_draws_a_table_on_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    write(tmp_path, ONE_URL)
    assert run_command(tmp_path) == 0
    shown = capsys.readouterr().out
    assert "documents" in shown
    assert "\t" not in shown


def test_the_check_prints_a_line_a_problem_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, ONE_URL, "good.yaml")
    write(tmp_path, "lists: [x]\ncolour: red", "bad.yaml")
    assert run_command(tmp_path, "--check") == 1
    shown = capsys.readouterr()
    assert shown.out == "1 sites can be used, 2 problems\n"
    assert [line.split(": ")[1] for line in shown.err.splitlines()] == ["lists[0]", "colour"]
    assert run_command(SEEDS, "--check") == 0


def test_old_evidence_is_read_by_the_layout_of_its_time(tmp_path: Path) -> None:
    layouts = "layouts: [{until: 2019-06-30, selectors: {body: .old}}, {until: 2023-06-30, family: webplus}]"
    site = load_site(write(tmp_path, f"{ONE_URL}family: vsb\n{layouts}"))
    seen = {}
    for day in ("2019-06-30T15:59", "2019-06-30T16:00", "2023-07-01T12:00"):
        then = site.as_of(datetime.fromisoformat(f"{day}+00:00"))
        seen[day] = (then.family, then.selectors.body)
    # The day is the site's own: in Shanghai the second one is the first of July.
    assert seen == {
        "2019-06-30T15:59": (None, ".old"),
        "2019-06-30T16:00": ("webplus", None),
        "2023-07-01T12:00": ("vsb", None),
    }
