"""Apply every break of mutants.toml in a copy of the tree and demand that a test fails; `--all` drops every knowledge
condition of every query in turn as well. Prints a table and exits 1 where a break survives or its text is not found."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.migrations import migrate_warehouse
from tests.mutants.goldens import cases_by_query, drop_knowledge, is_noticed

ROOT = Path(__file__).parents[2]
COPIED = ("pipelines", "models", "dags", "demo", "bench", "local_airflow", "expectations", "sql", "tests", "docs")


@dataclass(frozen=True)
class Mutant:
    """One break: `text`, which occurs once in `file`, becomes `replacement`; without `tests`, goldens decide."""

    file: str
    text: str
    replacement: str
    tests: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Where it is, and what it changes."""
        return f"{self.file}: {' '.join(self.text.split())[:70]!r} -> {' '.join(self.replacement.split())[:70]!r}"


def main() -> int:
    """Run all mutants and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also drop each knowledge condition of each query in turn")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kcrm-mutants-") as folder, open_warehouse("duckdb:///:memory:") as engine:
        migrate_warehouse(engine)
        copy = _copy_tree(Path(folder))
        results = [*_run_listed(engine, copy)]
        if asked.all:
            results += _run_knowledge(engine)
    for outcome, title in results:
        print(f"{outcome:9} {title}")  # noqa: T201 - a command line that answers a person
    bad = sum(outcome != "caught" for outcome, _ in results)
    print(f"{len(results)} mutants, {len(results) - bad} caught, {bad} not.")  # noqa: T201 - likewise
    return int(bad > 0)


def _copy_tree(folder: Path) -> Path:
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for path in (*ROOT.glob("*.toml"), *ROOT.glob("*.yml"), *ROOT.glob("*.md"), ROOT / "Makefile"):
        shutil.copy(path, folder)
    return folder


def _run_listed(engine: Warehouse, copy: Path) -> Iterator[tuple[str, str]]:
    listed = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
    cases = cases_by_query()
    for entry in listed:
        mutant = Mutant(**{**entry, "tests": tuple(entry.get("tests", ()))})
        original = (ROOT / mutant.file).read_text(encoding="utf-8")
        if original.count(mutant.text) != 1:
            yield "not found", mutant.title
            continue
        changed = original.replace(mutant.text, mutant.replacement)
        if mutant.tests:
            caught = _fails(copy, mutant, original, changed)
        else:
            query = mutant.file.removeprefix("sql/").removesuffix(".sql")
            caught = is_noticed(engine, query, changed, cases[query])
        yield "caught" if caught else "SURVIVED", mutant.title


def _fails(copy: Path, mutant: Mutant, original: str, changed: str) -> bool:
    """Return whether a test fails with the break in the copy; 1 is pytest's code for failed tests, 2 for no import."""
    path = copy / mutant.file
    path.write_text(changed, encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *mutant.tests]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    finally:
        path.write_text(original, encoding="utf-8")
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest ended with {done.returncode} for {mutant.title}:\n{done.stdout}{done.stderr}")
    return done.returncode == 1


def _run_knowledge(engine: Warehouse) -> Iterator[tuple[str, str]]:
    for query, cases in sorted(cases_by_query().items()):
        for line, condition, changed in drop_knowledge(query):
            caught = is_noticed(engine, query, changed, cases)
            yield "caught" if caught else "SURVIVED", f"sql/{query}.sql:{line}: without {condition}"


if __name__ == "__main__":
    sys.exit(main())
