"""Every command of README and docs does what it says: run in the folder of an archive, with what is at hand in the place of what they name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl_harness import PROJECT, Crawled
from tests.mirror_files import cut_word
from tests.test_docs_commands import COMMANDS

pytestmark = pytest.mark.soak
ENDLESS = ("browse", "schedule")  # served and scheduled in tests of their own
LEFT_OUT = {
    ("sites", "--accept", "sicau"),  # no layout of the campus waits to be accepted
    ("rebuild", "--url", "https://…/70226.htm", "--json"),  # no address
    ("withhold", "--undo", "https://news.example.edu.cn/info/1135/70226.htm"),  # before it is withheld
}
SHOWN = re.compile(r"https://news\.[a-z]+\.edu\.cn/info/1135/70226\.htm")  # the article that the pages speak of
WELL = (0, 7)  # 7: the campus has lists with gaps
ARTICLE = "/info/1012/2301.htm"


@pytest.fixture(scope="module")
def folder(crawled: Crawled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive, its site files, and the files that the pages speak of."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(crawled.archive.root, folder / "archive")
    shutil.copytree(crawled.seeds, folder / "seeds")
    (folder / "page.html").write_text("<title>一页</title><p>正文。", "utf-8")
    (folder / "pages.tsv").write_text(f"page.html\t{crawled.campus.url('vsb', ARTICLE)}\n", "utf-8")
    (folder / "mirror").mkdir()
    (folder / "mirror/1.md").write_bytes(cut_word())
    return folder


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] not in ENDLESS], ids=" ".join)
def test_a_command_of_the_pages_ends_well(folder: Path, crawled: Crawled, words: tuple[str, ...]) -> None:
    if words in LEFT_OUT:
        pytest.skip("needs what is not at hand")
    article = crawled.campus.url("vsb", ARTICLE)
    there = {"sicau": "vsb", "site=sicau": "site=vsb", "URL": article, "https://…": article, "saved": "."}
    there |= {"SEEDS_DIR=tests/campus/seeds": "SEEDS_DIR=seeds", "ARCHIVE_DIR=archive-demo": "ARCHIVE_DIR=archive"}
    said = words[: words.index("#")] if "#" in words else words
    given = [SHOWN.sub(article, there.get(word, word)).replace("/mnt", str(folder)) for word in said]
    if words[0] == "restore":
        given[-1] = "restored"
    ours = {"ARCHIVE_DIR": str(folder / "archive"), "SEEDS_DIR": str(folder / "seeds"), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *given],
        cwd=folder,
        env=os.environ | ours | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in WELL, done.stdout + done.stderr
