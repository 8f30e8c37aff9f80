"""Rules are of a CMS or of the language, never of a site: no host name stands in what reads pages."""

import ast
import re
from pathlib import Path

import pytest

import crawler.pages

FOLDER = Path(crawler.pages.__file__).parent
FILES = sorted(file for name in ("families", "extraction") for file in (FOLDER / name).rglob("*.py"))
HOST = re.compile(
    r"(?<![\w.@/])(?:[a-z0-9-]+\\?\.)+(?:cn|com|net|org|edu|gov|info|hk|tw)(?![\w-]|\.[a-z]+\()", re.IGNORECASE
)
CALLED = re.compile(r"^(?:\w+\.)+\w+$")


def texts(file: Path) -> list[str]:
    """Return every text of a module but its docstrings, which name where a thing was seen."""
    tree = ast.parse(file.read_text("utf-8"))
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told)
    return [node.value for node in constants if isinstance(node.value, str)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_rule_names_a_host(file: Path) -> None:
    assert [text for text in texts(file) if HOST.search(text)] == []


@pytest.mark.parametrize(
    "rule", ["news.example.edu.cn", r"news\.example\.edu\.cn", "//www.example.com/", "a[href*='example.org']"]
)
def test_a_host_in_a_rule_would_be_found(rule: str) -> None:
    assert HOST.search(rule.lstrip("/"))
