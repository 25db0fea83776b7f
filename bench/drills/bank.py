"""A small simulated bank in a warehouse of its own, published once, ready for the month that a drill disturbs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bench.errors import BenchError
from demo.bank import END, write_bank
from models.declare.catalog import MODELS
from pipelines.paths import DATA_ROOT
from pipelines.settings import add_months

AS_OF, BEFORE = END, add_months(END, -1)
CUSTOMERS = 500
_MONTHS_BEFORE = 20  # of history before the first month that is published: half a year, and examples of nine dates
STEPS = ("extract", "validate", "facts", "examples", "train", "features", "score", "rules", "publish")
_CONFIGURATION = """
[settings]
bootstrap_rounds = 20
test_months = 2

[sources.demo_bank]
first_training_as_of = {}
valid_days = 0
"""


@dataclass(frozen=True)
class DrillBank:
    """Where a bank is: its environment leads every process of a step to its files, warehouse and registry."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    @property
    def full_environment(self) -> dict[str, str]:
        """The environment of a process that works on this bank."""
        return {**os.environ, **self.environment}

    @property
    def warehouse_url(self) -> str:
        """The SQLAlchemy URL of its warehouse."""
        return self.environment["KCRM_WAREHOUSE_URL"]

    def start(self, step: str, as_of: date = AS_OF, *more: str) -> subprocess.Popen[bytes]:
        """Start a step of the command line in a process of its own; what it prints goes to log.txt."""
        command = [sys.executable, "-m", "pipelines", step, "--as-of", as_of.isoformat(), *more]
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, cwd=DATA_ROOT, env=self.full_environment, stdout=log, stderr=log
            )

    def run(self, step: str, as_of: date = AS_OF, *more: str) -> float:
        """Run a step to its end and return its seconds; BenchError with the last line printed when it fails."""
        started = time.perf_counter()
        if code := self.start(step, as_of, *more).wait():
            last = (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
            raise BenchError(f"kcrm {step} --as-of {as_of} ended with {code}: {' '.join(last)}")
        return time.perf_counter() - started

    def promote(self) -> None:
        """Make version 1 of every model the champion: a bank this small may not get through the gate by itself."""
        for model in MODELS:
            command = [sys.executable, "-m", "pipelines", "promote", "--model", model, "--version", "1"]
            subprocess.run(  # noqa: S603 - our own interpreter and module
                [*command, "--by", "drill"],
                cwd=DATA_ROOT,
                env=self.full_environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )


def write_drill_bank(folder: Path, seed: int, warehouse_url: str = "", first: date = BEFORE) -> DrillBank:
    """Write the files of a bank with enough history to train as of `first`; the warehouse is empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    months = (END.year - first.year) * 12 + END.month - first.month + _MONTHS_BEFORE
    write_bank(folder / "source", customers=CUSTOMERS, months=months, seed=seed)
    configuration = _CONFIGURATION.format(add_months(first, 6 - _MONTHS_BEFORE))
    (folder / "kcrm.toml").write_text(configuration, encoding="utf-8")
    return _find_bank(folder, warehouse_url)


def _find_bank(folder: Path, warehouse_url: str) -> DrillBank:
    """Return the bank whose files are in a folder; without a URL its warehouse is a DuckDB file there."""
    environment = {
        "KCRM_CONFIG": str(folder / "kcrm.toml"),
        "KCRM_VAR": str(folder),
        "KCRM_SOURCE": "demo_bank",
        "KCRM_SOURCE_URL": f"files://{folder}/source",
        "KCRM_WAREHOUSE_URL": warehouse_url or f"duckdb:///{folder}/kcrm.duckdb",
        "KCRM_MLFLOW_URI": f"sqlite:///{folder}/mlflow.db",
    }
    return DrillBank(folder, environment)


def publish_before(bank: DrillBank) -> None:
    """Train, promote and publish as of the month before the one that a drill disturbs."""
    for step in STEPS:
        bank.run(step, BEFORE)
        if step == "train":
            bank.promote()


def copy_bank(bank: DrillBank, folder: Path, warehouse_url: str = "") -> DrillBank:
    """Copy a bank with its registry; a warehouse on PostgreSQL is copied by who calls, by a database's template."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bank.folder, folder)
    return _find_bank(folder, warehouse_url)
