"""What `docs/` says of the code is so: what it names is there, and what it calls the checks of CI are those."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlite_utils import Database

from crawler.catalog import open_catalog

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = re.compile(r"`((?:crawler|tests|bench|seeds)/[\w./-]*)`(?: \(`(\w+)`(?:, `(\w+)`)?\))?")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for path, *names in NAMED.findall(text):
        assert (ROOT / path).exists(), path
        for name in filter(None, names):
            assert re.search(rf"\b{name}\b", (ROOT / path).read_text("utf-8")), f"{path}: {name}"
    for target in LINK.findall(text):
        assert (page.parent / target).exists(), target


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
