"""Exports of an archive that attacks: what its texts say is read by nobody as template, markup or the end of a line."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt

from crawler.archive import load
from crawler.catalog import open_reader
from crawler.catalog.queries.selection import Selection
from crawler.controls import UNFIT
from crawler.export import Job, export
from crawler.export.inert import inert
from tests import hostile

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
WORDS = "` `` ``` ~~~ | < > script <script> <!-- [ ]( ]: ) javascript:x &#106;avascript:x http://e.example/ \\ {{< {{% {% {# * 正文"
SIGNS = st.sampled_from([*WORDS.split(), "\n", "\n\n", " ", "- ", "> ", "# ", "    ", "\n| - |\n", "<b x=y>"])
NO_DATE = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: application/http\r\n"
    b"Content-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n"
)
LENIENT = MarkdownIt("commonmark", {"html": True}).enable("table")
LENIENT.validateLink = lambda url: True  # type: ignore[method-assign]  # as generators are that let every address through


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "archive"
    hostile.build(root)
    return root


def exported(archive: Path, form: str, target: Path) -> Path:
    with closing(open_reader(archive / "catalog.db")) as db:
        assert export(Job(root=archive, db=db, selection=Selection(), now=NOW), form, target) == 1
    return target


@pytest.mark.skipif(shutil.which("hugo") is None, reason="needs Hugo: apt-get install hugo")
def test_hugo_shows_what_the_page_said(archive: Path, tmp_path: Path) -> None:
    site = exported(archive, "hugo", tmp_path / "site")
    (site / "config.toml").write_text(
        'baseURL = "https://archive.invalid/"\ndisableKinds = ["RSS", "sitemap", "taxonomy", "term"]\n'
    )
    layout = site / "layouts" / "_default" / "single.html"
    layout.parent.mkdir(parents=True)
    layout.write_text("<html><head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>")
    (layout.parent / "list.html").write_text("{{ range .Pages }}{{ .Title }} {{ .Summary }}{{ end }}")
    built = subprocess.run(["hugo", "--source", site], check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (page,) = [found for found in (site / "public").rglob("index.html") if hostile.ID in str(found)]
    tree = html.fromstring(page.read_text("utf-8"))
    assert tree.findtext("head/title").count("{{< title >}} {% title %}") == 1
    text = tree.text_content()
    assert text.count(hostile.TEMPLATES) == 2  # as text and as code
    assert "{{< cell >}}" in text
    assert "{{% cell" in text
    check_is_harmless(tree)


def check_is_harmless(tree: html.HtmlElement) -> None:
    assert not {"script", "iframe", "style", "form", "base", "input", "b"} & {element.tag for element in tree.iter()}
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    targets = [element.get(name) for element in tree.iter() for name in ("href", "src") if element.get(name)]
    assert not [target for target in targets if "script:" in target.lower() or target.startswith("data:")]


def test_hexo_is_told_that_there_are_no_templates(archive: Path, tmp_path: Path) -> None:
    (post,) = exported(archive, "hexo", tmp_path / "hexo").glob("source/_posts/*.md")
    values, content = load(post.read_bytes())
    assert (values["disableNunjucks"], values["render_with_liquid"]) == (True, False)
    check_is_harmless(html.fromstring(f"<div>{LENIENT.render(content)}</div>"))


@given(st.lists(SIGNS, max_size=40).map("".join))
def test_nothing_runs_in_any_markdown(markdown: str) -> None:
    rendered = LENIENT.render(inert(markdown))
    check_is_harmless(html.fromstring(f"<div>{rendered}</div>"))


@pytest.mark.parametrize(
    "markdown",
    [
        "正文 `a < b` 与 *强调*。",
        "```\n<script>{% raw %}</script>\n```",
        "[文](https://a.example/x) [附件](../../media/a.pdf) [信](mailto:a@b.example) <https://a.example/?a=b>",
        "一\n\n<!--more-->\n\n二 1 < 2",
    ],
)
def test_what_is_harmless_stays_as_it_is(markdown: str) -> None:
    assert inert(markdown) == markdown


def test_no_control_character_ends_a_feed_or_a_line(archive: Path, tmp_path: Path) -> None:
    (feed,) = exported(archive, "atom", tmp_path / "atom").glob("*.atom")
    titles = [element.text or "" for element in etree.parse(feed).iter("{http://www.w3.org/2005/Atom}title")]
    assert any("会议" in title and "\x1b" not in title for title in titles)
    (line,) = (
        exported(archive, "jsonl", tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    )  # at U+2028 and U+0085, too
    assert "\x1b]0;owned\x07\u202e\u2028" in json.loads(line)["title"]
    assert not UNFIT.search(line)
    (news,) = exported(archive, "jsonfeed", tmp_path / "feed").glob("*.json")
    assert json.loads(news.read_bytes())["items"]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # buffers that the indexer leaves where it fails
def test_a_file_that_cannot_be_read_costs_one_file(archive: Path, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(archive, root)
    (root / "warc" / "of-somebody.warc.gz").write_bytes(gzip.compress(NO_DATE))
    (medium,) = [path for path in (root / "media").rglob("*") if path.is_file()]
    medium.unlink()
    medium.symlink_to("/etc/passwd")
    for form in ("cdxj", "hugo", "bagit"):
        refused: list[str] = []
        with closing(open_reader(root / "catalog.db")) as db:
            job = Job(root=root, db=db, selection=Selection(), now=NOW, refuse=refused.append)
            export(job, form, tmp_path / form)
        assert len(refused) == 1
        assert ("of-somebody" in refused[0]) is (form == "cdxj")
    assert hostile.URL in (tmp_path / "cdxj").read_text()
    assert not [path for path in tmp_path.glob("[hb]*/**/*") if path.is_file() and path.name == medium.name]


@pytest.fixture(autouse=True)
def _unchanged(archive: Path) -> Iterator[None]:
    before = {path: path.read_bytes() for path in archive.rglob("*.md")}
    yield
    assert {path: path.read_bytes() for path in archive.rglob("*.md")} == before
