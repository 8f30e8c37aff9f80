"""What `docs/` says of the code is so: what it names is there, its links lead somewhere, and what it calls the checks of CI are those."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from properdocs.commands.build import build
from properdocs.config import load_config
from sqlite_utils import Database

from crawler.catalog import open_catalog

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = re.compile(r"`((?:crawler|tests|bench|seeds)/[\w./-]*)`(?: \(`(\w+)`(?:, `(\w+)`)?\))?")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
ALL = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("[abdst]*/README.md"))]
LARGEST = 8192  # bytes of a README: what somebody reads before he tries


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for path, *names in NAMED.findall(text):
        assert (ROOT / path).exists(), path
        for name in filter(None, names):
            assert re.search(rf"\b{name}\b", (ROOT / path).read_text("utf-8")), f"{path}: {name}"


@pytest.mark.parametrize("page", ALL, ids=ids)
def test_every_link_and_anchor_leads_somewhere(page: Path) -> None:
    for token in inline(page):
        href = str(token.attrGet("href") or token.attrGet("src") or "")
        path, _, anchor = href.partition("#")
        if not href or "://" in href:
            continue
        target = page.parent / path if path else page
        assert target.exists(), href
        assert not anchor or anchor in anchors(target), href


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_is_read_in_a_minute_and_its_pictures_are_small(name: str) -> None:
    assert (ROOT / name).stat().st_size <= LARGEST
    pictures = [str(token.attrGet("src")) for token in inline(ROOT / name) if token.type == "image"]
    assert len(pictures) == 2
    assert all((ROOT / picture).stat().st_size < 150_000 for picture in pictures)


def test_the_site_of_the_documentation_is_built_without_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = load_config(str(ROOT / "properdocs.yml"), site_dir=str(tmp_path))
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == []
    assert {page.stem for page in (tmp_path / "zh").glob("*.html")} >= {"index", "settings", "troubleshooting"}


def inline(page: Path) -> Iterator[Token]:
    """Yield what stands in the text of a page: links and pictures among it."""
    for block in MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8")):
        yield from block.children or ()


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as forges and the built site name them."""
    tokens = MarkdownIt("commonmark").parse(page.read_text("utf-8"))
    heads = [after.content for before, after in pairwise(tokens) if before.type == "heading_open"]
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", head).strip().lower()) for head in heads}


def test_every_package_has_its_line_in_the_architecture() -> None:
    layers = (ROOT / "docs/architecture.md").read_text("utf-8").partition("## Layers")[2].partition("## Where")[0]
    there = {path.name for path in (ROOT / "crawler").iterdir()}
    there -= {"__init__.py", "__pycache__", "py.typed"}
    assert {Path(path).name for path, *_ in NAMED.findall(layers)} == there


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs/decisions"
    listed = LINK.findall((folder / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(page.name for page in folder.glob("*.md") if page.name != "README.md")


def test_what_is_promised_is_in_the_catalog(tmp_path: Path) -> None:
    promises = (ROOT / "docs/promises.md").read_text("utf-8")
    db: Database = open_catalog(tmp_path / "catalog.db")
    try:
        for kind, there in (("tables", db.table_names()), ("views for readers", db.view_names())):
            (line,) = re.findall(rf"^\| {kind}:? ?(.*?)\|", promises, re.MULTILINE)
            assert set(re.findall(r"`(\w+)`", line)) <= set(there)
    finally:
        db.close()


def test_the_hooks_before_a_commit_are_the_checks_of_ci() -> None:
    hooks = list(hooks_of(yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))))
    lint = (ROOT / "Makefile").read_text("utf-8").partition("\nlint: setup\n")[2].partition("\n\n")[0]
    assert {command.replace(".venv/bin/", "") for command in hooks} >= set(re.findall(r"\$\(BIN\)/(.+)", lint))


def hooks_of(config: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for repository in config["repos"]:
        assert repository["repo"] == "local", "nothing is fetched before a commit"
        for hook in repository["hooks"]:
            yield hook["entry"]
