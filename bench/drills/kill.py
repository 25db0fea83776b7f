"""`python -m bench.drills.kill`: steps are killed at random moments, and what the CRM reads is compared."""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.drills.bank import STEPS, DrillBank, copy_bank, publish_before, write_drill_bank
from bench.errors import BenchError
from bench.postgres_server import new_database, run_server
from pipelines.errors import KcrmError
from pipelines.rules.catalog import list_rules
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.identifiers import quote_table

ENGINES = ("duckdb", "postgresql")
VIEWS = ("scores", "reasons", *(rule.name for rule in list_rules()))
_READ = """
select
    (select max(c.run_id) from crm.current_run as c) as run_id,
    (select count(*) from crm.scores as s) as scores,
    (select count(*) from crm.reasons as r) as reasons,
    (select count(distinct b.run_id) from (select run_id from crm.scores union all select run_id from crm.reasons) as b)
        as runs
"""


@dataclass
class Drill:
    """What an engine's drill has found so far; `reads` are of the CRM's views, `partial_reads` those of half a run."""

    kills: int = 0
    survived: int = 0
    reads: int = 0
    partial_reads: int = 0
    checksum_equal: bool = False


class Reader:
    """Reads the views of the CRM as it would, and counts the answers that are not one whole run."""

    def __init__(self, url: str, drill: Drill) -> None:
        self._url, self._drill = url, drill
        self._seen: list[tuple[str, int, int, int]] = []

    def read(self) -> None:
        """Read once, where the warehouse can be opened: DuckDB's file is open once at a time."""
        with suppress(KcrmError), open_warehouse(self._url) as warehouse:
            row = warehouse.select(_READ).to_pylist()[0]
            self._seen.append((row["run_id"], row["scores"], row["reasons"], row["runs"]))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read on and on beside what the block does; PostgreSQL only."""
        stop = threading.Event()

        def go_on() -> None:
            while not stop.is_set():
                self.read()

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def count(self, whole: dict[str, tuple[int, int]]) -> None:
        """Write to the drill how many answers there were, and how many differ from the rows of the whole runs."""
        self._drill.reads = len(self._seen)
        self._drill.partial_reads = sum(
            runs != 1 or whole.get(run_id) != (scores, reasons) for run_id, scores, reasons, runs in self._seen
        )


def compute_checksum(url: str) -> str:
    """Return one SHA-256 over the rows of all views of the CRM, whatever their order."""
    total = hashlib.sha256()
    with open_warehouse(url) as warehouse:
        for view in VIEWS:
            rows = warehouse.select("select * from " + quote_table(f"crm.{view}")).to_pylist()
            for text in sorted(repr(sorted(row.items())) for row in rows):
                total.update(text.encode())
    return total.hexdigest()


def count_rows(url: str) -> dict[str, tuple[int, int]]:
    """Return scores and reasons of the run that the CRM reads, by its id."""
    with open_warehouse(url) as warehouse:
        row = warehouse.select(_READ).to_pylist()[0]
    return {row["run_id"]: (row["scores"], row["reasons"])}


def kill_steps(bank: DrillBank, seconds: dict[str, float], kills: int, rng: random.Random, reader: Reader) -> int:
    """Start every step, kill it at random moments, and let it end at last; return how many kills met a running step."""
    met = 0
    for place, step in enumerate(STEPS):
        wanted = kills // len(STEPS) + (place < kills % len(STEPS))
        for _ in range(3 * wanted):  # a step that ends before its kill is started again
            if wanted == 0:
                break
            process = bank.start(step)
            time.sleep(rng.uniform(0.0, seconds[step]))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                met, wanted = met + 1, wanted - 1
            process.wait()
            reader.read()
        bank.run(step)
    return met


def drill_engine(engine: str, work: Path, kills: int, seed: int, server: sa.URL | None) -> Drill:
    """Publish a month undisturbed in one copy of a bank and with kills in another, and compare what the CRM reads."""
    drill = Drill()
    with _open_copies(engine, work, seed, server) as (calm, disturbed):
        seconds = {step: calm.run(step) for step in STEPS}
        reader = Reader(disturbed.warehouse_url, drill)
        whole = count_rows(disturbed.warehouse_url) | count_rows(calm.warehouse_url)
        rng = random.Random(seed)  # noqa: S311 - moments of kills, no secret
        with reader.reading() if engine == "postgresql" else nullcontext():
            drill.kills = kill_steps(disturbed, seconds, kills, rng, reader)
        drill.survived = drill.kills  # a kill that the next run of its step did not survive has raised
        reader.count(whole)
        drill.checksum_equal = compute_checksum(calm.warehouse_url) == compute_checksum(disturbed.warehouse_url)
    return drill


@contextmanager
def _open_copies(engine: str, work: Path, seed: int, server: sa.URL | None) -> Iterator[tuple[DrillBank, DrillBank]]:
    """Give two equal banks, published as of the month before."""
    if server is None:
        bank = write_drill_bank(work / engine / "calm", seed)
        publish_before(bank)
        yield bank, copy_bank(bank, work / engine / "disturbed")
        return
    with new_database(server) as first:
        bank = write_drill_bank(work / engine / "calm", seed, first.render_as_string(hide_password=False))
        publish_before(bank)
        with new_database(server, template=str(first.database)) as second:
            yield bank, copy_bank(bank, work / engine / "disturbed", second.render_as_string(hide_password=False))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the drill; 1 when a kill was not survived, a reader saw half a run, or the tables differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.drills.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=60, help="an engine (%(default)s)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default: both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("var/drills"))
    parser.add_argument("--to", type=Path, default=Path("var/drill_kill.json"))
    options = parser.parse_args(arguments)
    found: dict[str, Any] = {}
    for engine in options.engine or ENGINES:
        try:
            found[engine] = asdict(_drill(engine, options))
        except (BenchError, KcrmError) as failed:
            sys.stderr.write(f"drill-kill on {engine}: {failed}\n")
            return 1
        sys.stdout.write(f"{engine}: {found[engine]}\n")
        options.to.parent.mkdir(parents=True, exist_ok=True)
        options.to.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return int(any(one["partial_reads"] or not one["checksum_equal"] for one in found.values()))


def _drill(engine: str, options: argparse.Namespace) -> Drill:
    work = options.work.resolve()
    if engine == "duckdb":
        return drill_engine(engine, work, options.kills, options.seed, None)
    with run_server() as server:
        return drill_engine(engine, work, options.kills, options.seed, server.set(query={}))


if __name__ == "__main__":
    raise SystemExit(main())
