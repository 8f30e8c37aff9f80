"""What the tree as a whole promises, where neither ruff nor import-linter (both run by `make lint`) can say it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from crawler import __version__

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = sorted((ROOT / "crawler").rglob("*.py"))
PURE = re.compile(
    r"crawler/((changes|drift|errors|hours|items|reading|removal|revisit|schedule|urls|validators|waits)\.py|(families|extraction|discovery|dedup)/)"
)
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "localtime", "gmtime"}


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Every node of a kind in crawler/, with its place."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}", node


def declared(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def locked(name: str) -> set[str]:
    return {canonicalize_name(found) for found in re.findall(r"^([\w.-]+)==", (ROOT / name).read_text(), re.MULTILINE)}


def test_values_and_rules_never_ask_for_the_time() -> None:
    asked = [
        place
        for place, node in nodes(ast.Call)
        if PURE.match(place)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time"}
        and node.func.attr in CLOCKS
    ]
    assert asked == []


def test_our_package_is_imported_by_name_not_as_crawler() -> None:
    """Scrapy passes an argument called crawler; a module of that name beside it is one confusion too many."""
    taken = [place for place, node in nodes(ast.Import) if any(a.name.split(".")[0] == "crawler" for a in node.names)]
    assert taken == []


def test_every_library_we_import_is_a_declared_dependency() -> None:
    distributions = packages_distributions()
    wanted = declared(
        [
            *PROJECT["dependencies"],
            *PROJECT["optional-dependencies"]["alarms"],
            *PROJECT["optional-dependencies"]["parquet"],
        ]
    )
    undeclared = {
        f"{place}: {module}"
        for kind in (ast.Import, ast.ImportFrom)
        for place, node in nodes(kind)
        for module in ([a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if (top := module.split(".")[0])
        not in sys.stdlib_module_names | {"crawler", "compression"}  # Python 3.14 brings it
        and not wanted & {canonicalize_name(name) for name in distributions.get(top, [])}
    }
    assert undeclared == set()


def test_the_version_is_one() -> None:
    assert PROJECT["version"] == __version__


def test_the_lock_holds_every_dependency() -> None:
    runtime, dev = declared(PROJECT["dependencies"]), declared(PROJECT["optional-dependencies"]["dev"])
    assert runtime - locked("requirements.txt") == set()
    assert (runtime | dev) - locked("requirements-dev.txt") == set()
    assert locked("requirements.txt") - locked("requirements-dev.txt") == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "bench/peers.txt"])
def test_the_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") > text.count("==")
    odd = [line for line in text.splitlines() if "://" in line or "@" in line or line.startswith(("-", "/"))]
    assert odd == []
