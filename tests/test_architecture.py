"""What the tree as a whole promises, where neither ruff nor import-linter (both run by `make lint`) can say it."""

import ast
import re
import sqlite3
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TypeVar

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from crawler import __version__

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = sorted((ROOT / "crawler").rglob("*.py"))
Node = TypeVar("Node", bound=ast.AST)
CLOCKS = {"now", "utcnow", "today", "time", "localtime", "gmtime"}  # what is since a moment ago, a stopwatch tells


def nodes(kind: type[Node]) -> Iterator[tuple[str, Node]]:
    """Every node of a kind in crawler/, with its place."""
    for path, found in trees().items():
        for node in found:
            if isinstance(node, kind):
                yield f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}", node


@cache
def trees() -> dict[Path, list[ast.AST]]:
    """Every node of each module of crawler/, the module first."""
    return {path: [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))] for path in MODULES}


def declared(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def locked(name: str) -> set[str]:
    return {canonicalize_name(found) for found in re.findall(r"^([\w.-]+)==", (ROOT / name).read_text(), re.MULTILINE)}


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    asked = [
        place
        for place, node in nodes(ast.Call)
        if not place.startswith("crawler/clock.py")
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
            *PROJECT["optional-dependencies"]["scale"],
        ]
    )
    undeclared = {
        f"{place}: {module}"
        for place, module in (
            *((place, name.name) for place, node in nodes(ast.Import) for name in node.names),
            *((place, node.module or "") for place, node in nodes(ast.ImportFrom)),
        )
        if (top := module.split(".")[0])
        not in sys.stdlib_module_names | {"crawler", "compression"}  # Python 3.14 brings it
        and not wanted & {canonicalize_name(name) for name in distributions.get(top, [])}
    }
    assert undeclared == set()


def test_no_two_public_classes_share_a_name() -> None:
    """But for `Command`, as Scrapy wants it."""
    named: dict[str, list[str]] = {}
    for place, node in nodes(ast.ClassDef):
        named.setdefault(node.name, []).append(place)
    shared = {name: places for name, places in named.items() if len(places) > 1}
    assert {name: places for name, places in shared.items() if not name.startswith("_") and name != "Command"} == {}


def test_no_function_asks_for_more_than_six_things() -> None:
    wide = [
        f"{place}: {', '.join(names)}" for place, given in nodes(ast.arguments) if len(names := parameters(given)) > 6
    ]
    assert wide == []


def parameters(given: ast.arguments) -> list[str]:
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


def test_the_version_is_one() -> None:
    assert PROJECT["version"] == __version__


def test_the_lock_holds_every_dependency() -> None:
    runtime, dev = declared(PROJECT["dependencies"]), declared(PROJECT["optional-dependencies"]["dev"])
    assert runtime - locked("requirements.txt") == set()
    assert (runtime | dev) - locked("requirements-dev.txt") == set()
    assert declared(PROJECT["optional-dependencies"]["scale"]) - locked("requirements-scale.txt") == set()
    assert locked("requirements.txt") <= locked("requirements-scale.txt") <= locked("requirements-dev.txt")


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-scale.txt", "requirements-dev.txt", "bench/peers.txt"]
)
def test_the_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") > text.count("==")
    odd = [line for line in text.splitlines() if "://" in line or "@" in line or line.startswith(("-", "/"))]
    assert odd == []


# What runs a statement, whatever it is given: methods of sqlite3, of sqlite_utils and of Datasette.
RUNS_SQL = {"execute", "executemany", "executescript", "execute_write", "execute_write_script", "cursor"}
VERBS = re.compile(
    r"\s*(alter|analyze|attach|begin|commit|create|delete|detach|drop|end|explain|insert|pragma|reindex|release|replace|rollback|savepoint|"
    r"select|update|vacuum|values|with)\s",
    re.IGNORECASE,
)
GAP = re.compile(r"%s|\{\w*\}")  # that a value is put into later
FRAGMENT = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|VALUES|PRAGMA|(ORDER|GROUP) BY|JSON_EACH)\b|\bjson_each\(|\bIN \(\?"
)
PARSER = sqlite3.connect(":memory:")
DATABASES = {  # SQLite; PostgreSQL; DuckDB
    ROOT / "crawler/catalog",
    ROOT / "crawler/scale/database",
    ROOT / "crawler/scale/union/parquet",
}
OTHERS = [path for path in MODULES if not DATABASES & {*path.parents}]


def is_sql(text: str) -> bool:
    """Whether SQLite itself takes a text for a statement, of whatever tables, or it holds a part of one."""
    if FRAGMENT.search(text):
        return True
    if not VERBS.match(text) or "\0" in text:
        return False
    try:
        PARSER.execute(f"EXPLAIN {GAP.sub('x', text)}")
    except sqlite3.ProgrammingError:  # it misses its values, or is several statements
        return True
    except sqlite3.Error as error:
        return not re.search("syntax error|incomplete input|unrecognized token", str(error))
    return True


def folded(node: ast.AST) -> str | None:
    """The text that an expression makes of constants; what stands in an f-string for a value is `x`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value if isinstance(node.value, str) else node.value.decode("latin-1")
    if isinstance(node, ast.JoinedStr):
        return "".join(folded(part) or "x" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        sides = folded(node.left), folded(node.right)
        return None if sides == (None, None) else " ".join(filter(None, sides))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join" and node.args:
        parts = node.args[0].elts if isinstance(node.args[0], ast.List | ast.Tuple) else []
        return (folded(node.func.value) or "").join(folded(part) or "x" for part in parts) or None
    return None


def said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text in a module that is no docstring, in the largest piece that constants make of it."""
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if id(node) in prose:
            continue
        text = folded(node)
        if text is not None and isinstance(node, ast.expr):
            yield node.lineno, text
        waiting += ast.iter_child_nodes(node)


def sql_in(nodes: list[ast.AST]) -> list[str]:
    """What a module has to do with SQL."""
    found = [f"{line}: {text}" for line, text in said(nodes[0]) if is_sql(text)]
    return found + [ast.unparse(node) for node in nodes if is_database(node)]


def is_database(node: ast.AST) -> bool:
    """Whether a piece of a module opens a database, or reaches for what runs a statement or stands for a table."""
    match node:
        case ast.Attribute(attr=attr) if attr in RUNS_SQL:
            return True
        case ast.Attribute(value=ast.Name(id="sqlite3"), attr=attr):
            return not attr.endswith("Error") and attr != "Connection"
        case ast.ImportFrom(module="sqlite3") | ast.Call(func=ast.Name(id="Database") | ast.Attribute(attr="query")):
            return True
        case ast.Call(func=ast.Name(id="getattr"), args=args):
            return bool({folded(one) for one in args} & RUNS_SQL)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in {"db", "reader", "catalog"}
        case _:
            return False


def test_sql_stands_in_the_catalog_and_in_what_machines_share_alone() -> None:
    found = {f"{path.relative_to(ROOT).as_posix()}: {one}" for path in OTHERS for one in sql_in(trees()[path])}
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        'db.execute("SELECT 1")',
        'QUERY = "select id from documents"',
        'x = f"UPDATE {table} SET path = ?"',
        'x = "DELETE FROM " + table',
        'x = "sel" "ect id from documents"',
        'x = " ".join(["select", "id", "from", "documents"])',
        'x = "create table %s (id)" % name',
        'x = f"... {where}" + "WHERE site = :site"',
        "run = db.execute",
        'getattr(db, "execute")(text)',
        "sqlite3.connect(path)",
        "from sqlite3 import connect",
        'db["documents"].rows',
        "Database(connection).tables",
        "x = 'PRAGMA quick_check'",
        "x = 'vacuum into ?'",
    ],
)
def test_sql_is_found_however_it_is_written(source: str) -> None:
    assert sql_in([*ast.walk(ast.parse(source))])


@pytest.mark.parametrize(
    "source",
    ['"""SELECT in a docstring."""', 'x = "select what is to be read"', 'x = "no row of it"', "raise sqlite3.Error"],
)
def test_prose_is_no_sql(source: str) -> None:
    assert sql_in([*ast.walk(ast.parse(source))]) == []


def test_scripts_of_sql_are_the_migrations_alone_and_metadata_holds_no_query() -> None:
    scripts = {path.parent for path in (ROOT / "crawler").rglob("*.sql")}
    assert scripts == {ROOT / "crawler/catalog/migrations"}
    metadata = (ROOT / "crawler/browse/metadata.yaml").read_text(encoding="utf-8")
    assert not re.search(r"^\s*(sql|queries):", metadata, re.MULTILINE), "a query belongs in a view"


def test_queries_write_nothing() -> None:
    """Whatever `queries/` asks leaves the catalog as it is: what writes stands in `tables/`."""
    writes = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|VACUUM)\b")
    found = [
        f"{path.name}:{line}"
        for path in sorted((ROOT / "crawler/catalog/queries").glob("*.py"))
        for line, text in said(ast.parse(path.read_text(encoding="utf-8")))
        if writes.search(text)
    ]
    assert found == []
