"""`python -m bench.drills.poison`: broken deliveries to a small bank, and what the CRM would have read of each."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from bench.drills.bank import AS_OF, STEPS, DrillBank, copy_bank, write_drill_bank
from bench.errors import BenchError
from pipelines.errors import KcrmError
from pipelines.paths import DATA_ROOT
from pipelines.settings import add_months
from pipelines.warehouse import open_warehouse

CLEAN_MONTHS = 6
MOVED = 0.1  # share of a list's names
MONTHLY = tuple(step for step in STEPS if step not in ("examples", "train"))
POISONS = Path(__file__).with_name("poisons.toml")
_LISTS = """
select s.model_name as list, s.customer_id
from crm.scores as s
where s.status = 'scored' and s.percentile >= 0.9
union all
select 'class ' || c.relationship_class as list, c.customer_id
from crm.relationship_classes as c
where c.relationship_class <> 'normal'
"""
_WITHHELD = "select distinct customer_id from crm.scores where status <> 'scored'"
_HOMES = """
create table homes as
select customer_id as id, max(branch_id) as branch_id
from customers
group by customer_id
"""
Lists = Mapping[str, set[str]]


@dataclass(frozen=True)
class Poison:
    """One way of breaking a delivery; `share` of the customers, or of the branches, are hit."""

    kind: str
    share: float
    by: str
    sql: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one: the step that stopped it, in which words; else the largest share that a list has moved."""

    kind: str
    share: float
    stopped_at: str
    words: str
    moved: float
    list: str
    warnings: int

    @property
    def is_published_poisoned(self) -> bool:
        """Whether the CRM reads a list that the poison has moved, and nothing stopped it."""
        return not self.stopped_at and self.moved > MOVED


def load_poisons(path: Path = POISONS) -> list[Poison]:
    """Return every kind with each of its shares."""
    declared = tomllib.loads(path.read_text(encoding="utf-8"))["poison"]
    return [
        Poison(one["kind"], share, one.get("by", "customer"), tuple(one["sql"]))
        for one in declared
        for share in one.get("shares", [1.0])
    ]


def apply_poison(poison: Poison, source: Path, as_of: date, seed: int) -> None:
    """Change the files of a folder as the poison says; rows of the month before `as_of` are delivered broken."""
    first, before = add_months(as_of, -1), add_months(as_of, -2)
    month = "(known_on >= date ':first' and known_on < date ':end')"
    unit = "customer_id" if poison.by == "customer" else "(select c.branch_id from homes as c where c.id = customer_id)"
    hit = "(hash(" + unit + " || ':seed') % 1000 < :permille)"
    words = {":month": month, ":hit": hit, ":first": first, ":before": before, ":end": as_of, ":seed": seed}
    words |= {":last": as_of - timedelta(days=1), ":permille": round(1000 * poison.share)}
    with duckdb.connect() as connection:
        tables = {path.stem: path for path in source.glob("*.parquet")}
        for name, path in tables.items():
            connection.execute("create table " + name + " as select * from read_parquet(?)", [str(path)])
        connection.execute(
            "create table homes as select customer_id as id, max(branch_id) as branch_id from customers group by all"
        )
        for statement in poison.sql:
            for word, value in words.items():
                statement = statement.replace(word, str(value))
            connection.execute(statement)
        for name, path in tables.items():
            connection.execute("copy " + name + " to '" + str(path) + "' (format parquet)")


def run_month(bank: DrillBank, as_of: date) -> tuple[str, str, int]:
    """Run a month's steps; return the step that stopped it with its words, both empty when all ended, and warnings."""
    command = [sys.executable, "-m", "bench.drills.month", as_of.isoformat(), *MONTHLY]
    ended = subprocess.run(  # noqa: S603 - our own interpreter and module
        command, env=bank.full_environment, capture_output=True, text=True, check=False, cwd=DATA_ROOT
    )
    if ended.returncode:
        raise BenchError(f"the month of {as_of} ended with {ended.returncode}: {ended.stderr.strip()[-800:]}")
    answer = json.loads(ended.stdout.splitlines()[-1])
    return answer["stopped_at"], answer["words"], ended.stderr.count("WARNING")


def read_lists(bank: DrillBank) -> tuple[Lists, set[str]]:
    """Return the customers of each list of the CRM, and those whose score is withheld or excluded."""
    lists: dict[str, set[str]] = {}
    with open_warehouse(bank.warehouse_url) as warehouse:
        for row in warehouse.select(_LISTS).to_pylist():
            lists.setdefault(row["list"], set()).add(row["customer_id"])
        withheld = set(warehouse.select(_WITHHELD)["customer_id"].to_pylist())
    return lists, withheld


def compare_lists(calm: Lists, poisoned: Lists, withheld: set[str]) -> tuple[float, str]:
    """Return the largest share of a list's names that came or went, and the list; names withheld do not count."""
    moved = {
        name: len((calm.get(name, set()) ^ poisoned.get(name, set())) - withheld) / max(len(calm.get(name, set())), 10)
        for name in {*calm, *poisoned}
    }
    worst = max(moved, key=lambda name: moved[name], default="")
    return moved.get(worst, 0.0), worst


def drill(work: Path, poisons: Sequence[Poison], seed: int) -> Iterator[Outcome]:
    """Publish six clean months, then the next one once clean and once with each poison; yield what became of each."""
    bank = prepare(work / "bank", seed)
    calm = copy_bank(bank, work / "calm")
    stopped_at, words, _ = run_month(calm, AS_OF)
    if stopped_at:
        raise BenchError(f"the clean month was stopped by {stopped_at}: {words}")
    clean, _ = read_lists(calm)
    for poison in poisons:
        broken = copy_bank(bank, work / "broken")
        apply_poison(poison, broken.folder / "source", AS_OF, seed)
        stopped_at, words, warnings = run_month(broken, AS_OF)
        moved, name = (0.0, "") if stopped_at else compare_lists(clean, *read_lists(broken))
        yield Outcome(poison.kind, poison.share, stopped_at, words, round(moved, 3), name, warnings)
    shutil.rmtree(work / "broken", ignore_errors=True)


def prepare(folder: Path, seed: int) -> DrillBank:
    """Write a bank and publish the clean months before the one that is broken; one that stops is refused."""
    bank, stops = publish_clean(folder, seed, CLEAN_MONTHS, add_months(AS_OF, -1))
    if stops:
        raise BenchError(f"a clean month of seed {seed} was stopped: {stops[0]}")
    return bank


def publish_clean(folder: Path, seed: int, months: int, last: date) -> tuple[DrillBank, list[str]]:
    """Publish clean months up to `last`, with champions of the first of them; return the bank and what stopped."""
    first = add_months(last, 1 - months)
    bank = write_drill_bank(folder, seed, first=first)
    for step in STEPS:
        bank.run(step, first)
        if step == "train":
            bank.promote()
    stops = []
    for number in range(1, months):
        as_of = add_months(first, number)
        stopped_at, words, _ = run_month(bank, as_of)
        stops += [f"{as_of} {stopped_at}: {words}"] if stopped_at else []
    return bank, stops


def count_false_stops(work: Path, seeds: Sequence[int], months: int) -> dict[str, list[str]]:
    """Publish clean months of other banks, one after another, and return what stopped by seed; nothing should."""
    return {str(seed): publish_clean(work / "clean", seed, months, AS_OF)[1] for seed in seeds}


def print_outcomes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print a table of kind, share, what stopped it, and how far a list moved."""
    table = Table("kind", "share", "stopped by", "moved", "words")
    for one in outcomes:
        style = "bold red" if one.is_published_poisoned else None
        words = one.words[:160] if one.stopped_at else f"{one.list} ({one.warnings} warnings)"
        table.add_row(one.kind, f"{one.share:g}", one.stopped_at or "published", f"{one.moved:.2f}", words, style=style)
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the drill; 1 when a poisoned list was published or a clean month stopped."""
    parser = argparse.ArgumentParser(prog="python -m bench.drills.poison", description=__doc__)
    parser.add_argument("--kind", action="append", help="only these; default: all of poisons.toml")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clean-seed", type=int, action="append", help="banks of clean months (default 11, 12, 13)")
    parser.add_argument("--clean-months", type=int, default=24, help="of each of them (%(default)s)")
    parser.add_argument("--work", type=Path, default=Path("var/drills"))
    parser.add_argument("--to", type=Path, default=Path("var/drill_poison.json"))
    options = parser.parse_args(arguments)
    work = options.work.resolve()
    poisons = [one for one in load_poisons() if not options.kind or one.kind in options.kind]
    console, outcomes = Console(), list[Outcome]()
    try:
        for one in drill(work, poisons, options.seed):
            outcomes.append(one)
            console.print(
                f"{one.kind} {one.share:g}: {one.stopped_at or 'published'}, moved {one.moved}", highlight=False
            )
        stops = count_false_stops(work, options.clean_seed or [11, 12, 13], options.clean_months)
    except (BenchError, KcrmError) as failed:
        console.print(f"drill-poison: {failed}", style="bold red", markup=False, highlight=False)
        return 1
    finally:
        print_outcomes(console, outcomes)
    return _write(options.to, outcomes, stops, console)


def _write(path: Path, outcomes: Sequence[Outcome], stops: Mapping[str, list[str]], console: Console) -> int:
    poisoned = [one for one in outcomes if one.is_published_poisoned]
    summary: dict[str, Any] = {
        "planted_kinds": len({one.kind for one in outcomes}),
        "planted": len(outcomes),
        "caught": sum(bool(one.stopped_at) for one in outcomes),
        "published_poisoned": len(poisoned),
        "false_stops": sum(len(one) for one in stops.values()),
        "stops": stops,
        "outcomes": [asdict(one) for one in outcomes],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    console.print({name: value for name, value in summary.items() if name not in ("outcomes", "stops")})
    return int(bool(poisoned or summary["false_stops"]))


if __name__ == "__main__":
    raise SystemExit(main())
