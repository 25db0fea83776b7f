"""Places to measure in: a bank of some size in a warehouse of its own, and the champions that all of them share."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from bench.our_steps import TABLES
from bench.postgres_server import new_database, run_server
from bench.processes import Ended, run_job
from demo.bank import END
from pipelines.paths import DATA_ROOT
from pipelines.settings import add_months

AS_OF = END
MONTH_BEFORE = add_months(AS_OF, -1)
SEED = 7
_SETTINGS = {
    # the out-of-time test of a training is reported, not aimed at: a short one is enough to see that it goes
    "KCRM_TEST_MONTHS": "1",
    "KCRM_BOOTSTRAP_ROUNDS": "50",
    # a month's publication drops no older run; publishing one as_of again and again here would
    "KCRM_RUNS_KEPT": "100",
}
_HISTORY_MONTHS = 6  # below it nobody is asked about, so no as_of of the first months has an example
_LADDER_MONTHS = 13  # examples of eight as_ofs, of which the oldest two may teach the test of the newest


@dataclass(frozen=True)
class Place:
    """A warehouse of one engine, and the environment that leads a process to it."""

    engine: str
    customers: int
    months: int
    environment: Mapping[str, str] = field(repr=False)
    folder: Path
    server_pid: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Customers and months."""
        return self.customers, self.months

    def run(self, job: str, **parameters: Any) -> Ended:
        """Do one job here, in a process of its own."""
        return run_job(job, self.environment, server_pid=self.server_pid, **parameters)

    def step(self, step: str, as_of: date = AS_OF, **more: Any) -> Ended:
        """Do one public step here, in a process of its own."""
        return self.run("run_step", step=step, as_of=as_of.isoformat(), **more)


@contextmanager
def open_server() -> Iterator[tuple[sa.URL, int]]:
    """Start a PostgreSQL of our own; give its URL and the process that all its others descend from."""
    with run_server() as url:
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            row = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
        yield url, int(str(row[0]).splitlines()[0]) if row else 0


@contextmanager
def new_place(work: Path, customers: int, months: int, server: tuple[sa.URL, int] | None = None) -> Iterator[Place]:
    """Give an empty warehouse beside a bank of that size, on DuckDB, or in a database of the server's."""
    bank = write_bank(work, customers, months)
    engine = "duckdb" if server is None else "postgresql"
    folder = work / f"{engine}-{customers}x{months}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {
        "KCRM_CONFIG": str(_write_configuration(work, months)),
        "KCRM_VAR": str(folder),
        "KCRM_SOURCE": "demo_bank",
        "KCRM_SOURCE_URL": f"files://{bank}",
        "KCRM_WAREHOUSE_URL": f"duckdb:///{folder}/kcrm.duckdb",
        "KCRM_MLFLOW_URI": f"sqlite:///{work}/mlflow.db",
        **_SETTINGS,
    }
    if server is None:
        yield Place(engine, customers, months, environment, folder)
        return
    url, pid = server
    with new_database(url) as database:
        environment["KCRM_WAREHOUSE_URL"] = database.render_as_string(hide_password=False)
        yield Place(engine, customers, months, environment, folder, pid)


def write_bank(work: Path, customers: int, months: int) -> Path:
    """Write a bank of that size where this generator has left none yet; an interrupted run leaves none behind."""
    bank = work / "banks" / f"{customers}x{months}-{_identify_generator()}"
    if not bank.exists():
        part = bank.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        run_job("write_bank", {}, to=str(part), customers=customers, months=months, seed=SEED)
        part.rename(bank)
    return bank


def _identify_generator() -> str:
    """Return a word for the text of demo/: another generator writes other banks."""
    texts = b"".join(path.read_bytes() for path in sorted((DATA_ROOT / "demo").rglob("*.py")))
    return f"{zlib.crc32(texts):08x}"


def _write_configuration(work: Path, months: int) -> Path:
    """Write the benchmark's kcrm.toml: it lands what is written, and its ladder begins where the bank's can."""
    path = work / f"kcrm-{months}.toml"
    start = add_months(AS_OF, -min(_LADDER_MONTHS, months - _HISTORY_MONTHS))
    source = f"[sources.demo_bank]\nfirst_training_as_of = {start}\ntables = {list(TABLES)}\n"
    path.write_text(f"[settings]\n\n{source}", encoding="utf-8")
    return path
