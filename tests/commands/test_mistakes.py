"""What a user is told who makes a mistake: a sentence that says what to do, the documented exit code, and no traceback."""

import argparse
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.utils.project import get_project_settings
from sqlite_utils import Database

from crawler.catalog import close_catalog, open_catalog
from crawler.commands.completion import command_of
from crawler.console import commands
from crawler.terminal import ArchiveCommand
from crawler.usage import mistake
from tests.crawl_harness import PROJECT

URL = "https://news.lake.example/info/1012/2301.htm"
HELD = "held"  # stands for a port that somebody else listens on
# What is typed, the exit code, what is told.
MISTAKES = [
    ("crawl nwes", 2, "did you mean 'news'?"),
    ("crawl", 2, "name the spider"),
    (f"crawl news {URL}", 2, f"given as -a url={URL}"),
    ("crawl news -a sit=lake", 2, "did you mean 'site'?"),
    ("crawl news -a site=laek", 2, "did you mean 'lake'?"),
    ("crawl news -a site=tabs", 2, "tabs.yaml"),
    ("crawl news --full", 2, "--full: no such option"),
    ("crawl news -s ARCHIVEDIR=x", 2, "did you mean 'ARCHIVE_DIR'?"),
    ("crawl news -a since=1.9.2024", 2, "expected YYYY-MM-DD"),
    ("crawl news -a site=", 2, "name one or more of: lake"),
    ("crawl news -a site=湖光大学", 2, "did you mean 'lake'?"),
    ("crawl news -a full=maybe", 2, "expected 1"),
    ("crawl news -a", 2, "expected one argument"),
    ("crawl news -s MEDIA_MAX_BYTES=20MB", 2, "expected a number, as in 50000000"),
    ("crawl news -s MEDIA_ENABLED=yes", 2, "expected 1 (on) or 0 (off)"),
    ("crawl news -s LOG_LEVEL=LOUD", 2, "expected one of: CRITICAL"),
    ("crawl news -s ARCHIVE_DIR=", 2, "ARCHIVE_DIR: is empty"),
    ("crawl news -a url=湖光大学", 2, "expected the address of an article"),
    ("crawl news -a url=mailto:news@lake.example", 2, "expected the address of an article"),
    ("crawl news -a url=https://news.lake.example/a.pdf", 2, "a file, not a page"),
    ("crawl news -a url=htp://news.lake.example:99999/a.htm", 2, "expected the address"),
    ("crawl news -a url=http://news.lake.example:99999/a.htm", 2, "a number from 1 to 65535"),
    ("crawl news -a url=ftp://news.lake.example/a.htm", 2, "not ftp://"),
    ("crawl news -a url=page.html", 2, "scrapy extract page.html"),
    ("crawl news -a url=网址：https://news.lake.example/a.htm", 2, "did you mean 'https://news.lake.example/a.htm'?"),
    (f"crawl news -a {URL}", 2, f"given as -a url={URL}"),
    (f"crawl news -a url：{URL}", 2, f"did you mean -a url={URL}?"),
    (f"crawl news -a URL={URL}", 2, "did you mean 'url'?"),
    (f"crawl news -a url={URL} -a site=lake", 2, "give one of them"),
    ("crawl news -a site=lake -a site=lake", 2, "stands twice"),
    (f"crawl news url={URL}", 2, f"given as -a url={URL}"),
    (f"crawl news --url {URL}", 2, "given as -a url="),
    (f"crawl {URL}", 2, f"crawl news -a url={URL}"),
    ("crawl news -a site=lake，laek", 2, "did you mean 'lake'?"),
    ("crawl news -a since=２０２４年９月１日", 2, "did you mean 2024-09-01?"),
    ("export jsonl -site=lake", 2, "two hyphens: --site"),
    ("crawl news -s", 2, "expected one argument"),
    ("crawl news -s archive_dir=x", 2, "did you mean 'ARCHIVE_DIR'?"),
    ("crawl news -s SEEDS_DIR=“seeds”", 2, "these quotes"),
    ("crawl news -s SEEDS_DIR=near", 2, "rename it to lake.yaml"),
    ("crawl news -site=lake", 2, "their names are in capitals"),
    ("verify -s ARCHIVE_DIR=good/warc", 2, "-s ARCHIVE_DIR=good"),
    ("crawl news -s SEEDS_DIR=nowhere", 2, "no such folder"),
    (f"crawl news -a url={URL} -s ARCHIVE_DIR=afile", 6, "no archive can be written at afile"),
    (f"crawl news -a url={URL} -s ARCHIVE_DIR=newer", 2, "newer release"),
    ("crawl news -a site=lake -s MEDIA_KINDS=imges", 2, "unknown kind 'imges'"),
    ("verify", 2, "no catalog here"),
    ("verify --sampel 5", 2, "did you mean '--sample'?"),
    ("verify --sample 200%", 2, "expected a number of files"),
    ("verify --older-than -3 -s ARCHIVE_DIR=good", 2, "from 0 to 36500, as in 30"),
    ("verify —repair", 2, "did you mean '--repair'?"),
    ("verify --seed 3", 2, "goes with --sample"),
    ("verify -s ARCHIVE_DIR=evidence", 2, "rebuild --from-evidence"),
    ("verify -s ARCHIVE_DIR=good/catalog.db", 2, "-s ARCHIVE_DIR=good"),
    ("verify -s ARCHIVE_DIR=above", 2, "-s ARCHIVE_DIR=above/archive"),
    ("report -s ARCHIVE_DIR=trash", 2, "makes it again of the evidence"),
    ("report --max-age 26h", 2, "--max-age: goes with --check"),
    ("report --check --days 3", 2, "--days"),
    ("report --days 99999999999", 2, "--days"),
    ("report good", 2, "-s ARCHIVE_DIR=good"),
    ("rebuild good", 2, "-s ARCHIVE_DIR=good"),
    ("export atom --newest -1", 2, "--newest"),
    ("export jsonl --newest 3", 2, "goes with atom"),
    ("backup /proc/x -s ARCHIVE_DIR=good", 6, "/proc/x: No such file or directory; "),
    ("scale plan --slots 3", 2, "goes with work"),
    ("schedule * -a since=soon", 2, "expected YYYY-MM-DD"),
    ("verify good", 2, "-s ARCHIVE_DIR=good"),
    ("verify -s ARCHIVE_DIR=nothing", 2, "is empty"),
    ("verify -s ARCHIVE_DIR=trash", 2, "trash"),
    ("report --days 0", 2, "--days"),
    ("report --check --max-age soon", 2, "such as 26h"),
    ("sites --accept laek", 2, "did you mean 'lake'?"),
    ("sites --probe -s SEEDS_DIR=empty", 2, "no site files to probe"),
    ("sites --suggest zzzz", 2, "no university is known"),
    ("export jsnl", 2, "did you mean 'jsonl'?"),
    ("export jsonl --since 2024/01/01", 2, "expected YYYY-MM-DD"),
    ("export jsonl --status lve", 2, "did you mean 'live'?"),
    ("export jsonl --site laek -s ARCHIVE_DIR=good", 2, "no such site in the catalog"),
    ("export jsonl file -s ARCHIVE_DIR=good", 2, "given as --to file"),
    ("export jsonl --since 2025-01-01 --until 2024-01-01", 2, "is later than --until"),
    ("export jsonl -s ARCHIVE_DIR=good", 4, "none of the 0 documents"),
    ("import empty -s ARCHIVE_DIR=made", 1, "no article there"),
    ("import afile --url lake -s ARCHIVE_DIR=made", 2, "expected the address of a page"),
    ("import nowhere -s ARCHIVE_DIR=made", 1, "no such file or folder"),
    ("rebuild", 2, "neither catalog.db nor evidence"),
    ("rebuild --site laek -s ARCHIVE_DIR=good", 2, "no such site in the catalog"),
    ("report -s ARCHIVE_DIR=good", 2, "no run yet"),
    ("backup afile -s ARCHIVE_DIR=good", 2, "is a file; expected a folder"),
    ("backup new", 2, "no catalog here"),
    ("restore nowhere --to new", 2, "nowhere"),
    (f"withhold {URL}", 2, "--reason: expected why"),
    ("schedule nightly", 2, "nightly"),
    ("schedule 17 3 * * *", 2, "quoted"),
    ("browse -s ARCHIVE_DIR=empty", 2, "no catalog here"),
    ("browse --port 99999 -s ARCHIVE_DIR=good", 2, "expected a number from 0"),
    (f"browse --port {HELD} -s ARCHIVE_DIR=good", 1, "in use; --port"),
    ("browse --collections good/c.db -s ARCHIVE_DIR=good", 2, "outside of the archive"),
    ("browse --port http", 2, "expected a number from 0"),
    ("extract --family vbs page.html", 2, "did you mean 'vsb'?"),
    ("extract --manifest nowhere.tsv", 2, "nowhere.tsv"),
    ("completion bsh", 2, "did you mean 'bash'?"),
    ("init new --contact bob", 2, "an e-mail address"),
    ("init afile --contact archive@lake.example", 1, "afile"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that can be wrong in one."""
    folder = tmp_path_factory.mktemp("mistakes")
    for name in ("empty", "seeds", "good", "newer", "trash", "nothing", "near", "evidence/warc", "above/archive"):
        (folder / name).mkdir(parents=True)
    for name in ("near/lake.yaml.txt", "evidence/warc/1.warc.gz", "above/archive/catalog.db"):
        (folder / name).touch()
    (folder / "afile").write_text("no folder")
    (folder / "nothing/catalog.db").touch()
    (folder / "trash/catalog.db").write_bytes(b"no database " * 100)
    (folder / "seeds/lake.yaml").write_text(f"name: 湖光大学\narticles: [{URL}]\n", encoding="utf-8")
    (folder / "seeds/tabs.yaml").write_text("name:\tx\n\tarticles: []\n")
    for name in ("good", "newer"):
        db: Database = open_catalog(folder / name / "catalog.db")
        if name == "newer":
            db["_sqlite_migrations"].insert({"migration_set": "catalog", "name": "9999_later", "applied_at": "2099"})
        close_catalog(db)
    return folder


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, dict[str, object]]:
    """Make every mistake; return how each command ended."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        lines = [
            json.dumps([str(held.getsockname()[1]) if word == HELD else word for word in typed.split()])
            for typed, _, _ in MISTAKES
        ]
        done = subprocess.run(
            [sys.executable, "-m", "tests.commands.one_process"],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            cwd=folder,
            env=os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "PYTHONPATH": str(PROJECT)},
            timeout=120,
            check=True,
        )
    return {typed: json.loads(line) for (typed, _, _), line in zip(MISTAKES, done.stdout.splitlines(), strict=True)}


@pytest.mark.parametrize(("typed", "code", "what"), MISTAKES, ids=[typed for typed, _, _ in MISTAKES])
def test_a_mistake_is_told_in_a_sentence(told: dict[str, dict[str, object]], typed: str, code: int, what: str) -> None:
    ended = told[typed]
    said = f"{ended['stdout']}{ended['stderr']}"
    assert ended["code"] == code, said
    assert what in said.splitlines()[-1]
    assert "Usage" not in said
    assert "Traceback" not in said
    assert "all well" not in said


def test_an_option_without_a_value_takes_nothing_and_not_everything() -> None:
    """An empty variable of a script must not select all there is."""
    for name in commands():
        command = command_of(name)
        if not isinstance(command, ArchiveCommand):
            continue
        parser = argparse.ArgumentParser(conflict_handler="resolve")
        command.settings = get_project_settings()
        command.add_options(parser)
        for action in parser._actions:
            if action.option_strings and action.nargs is None and action.type is None:
                option = max(action.option_strings, key=len)
                opts = parser.parse_args([option, " "])
                assert f"{option}: is empty" in (mistake(parser, [], opts, {}) or ""), name
