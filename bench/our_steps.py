"""Our side, step by step: the public functions of pipelines.steps, as the command line and Airflow call them."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path
from typing import Any

from bench.clock import Clock
from bench.digests import digest_validation
from bench.place import open_place
from bench.queries import ask
from pipelines import steps

# What is written, landed and validated: docs/benchmarks.md began with these, and its history compares like with like.
TABLES = ("customers", "transactions", "events")

# Imported before the clock runs: a rival does not import them, and they cost the same at every size.
_HEAVY = {
    "extract": ("pipelines.ingest.extract", "duckdb", "adbc_driver_postgresql.dbapi"),
    "validate": (
        "pipelines.checks.validate",
        "pipelines.checks.gx_suites",
        "duckdb_engine",
        "adbc_driver_postgresql.dbapi",
    ),
    "facts": ("pipelines.features.facts", "adbc_driver_postgresql.dbapi"),
    "features": ("pipelines.features.build", "adbc_driver_postgresql.dbapi"),
    "examples": ("pipelines.learning.examples", "adbc_driver_postgresql.dbapi"),
    "train": ("pipelines.learning.train", "mlflow.tracking", "adbc_driver_postgresql.dbapi"),
    "score": ("pipelines.scoring.score", "mlflow.tracking", "adbc_driver_postgresql.dbapi"),
    "rules": ("pipelines.rules.apply", "adbc_driver_postgresql.dbapi"),
    "publish": ("pipelines.publishing.publish", "adbc_driver_postgresql.dbapi"),
}


def write_bank(clock: Clock, to: str, customers: int, months: int, seed: int) -> dict[str, Any]:
    """Time the generator of the simulated bank, as far as the pipeline reads it."""
    from demo import bank

    with clock.running():
        return dict(bank.write_bank(Path(to), customers=customers, months=months, seed=seed, tables=TABLES))


def run_step(clock: Clock, step: str, as_of: str, **more: Any) -> dict[str, Any]:
    """Time one public step, as the command line and Airflow call it."""
    for name in _HEAVY[step]:
        importlib.import_module(name)
    with clock.running():
        return dict(getattr(steps, step)(date.fromisoformat(as_of), **more))


def promote(clock: Clock, model_name: str, version: str) -> dict[str, Any]:
    """Crown a version as `kcrm promote` does; nothing of it is timed."""
    return steps.promote(model_name, version, approved_by="benchmark")


def validate(clock: Clock, as_of: str) -> dict[str, Any]:
    """Time validate, and give what it counted."""
    run_step(clock, "validate", as_of)
    _, warehouse = open_place()
    with warehouse:
        return digest_validation(warehouse, date.fromisoformat(as_of))


def describe(clock: Clock, as_of: str, with_facts: bool) -> dict[str, Any]:
    """Time features, with all the facts before them if asked for; give a few sums to know the rival's work by."""
    if with_facts:
        run_step(clock, "facts", as_of, rebuild=True)
    run_step(clock, "features", as_of)
    _, warehouse = open_place()
    with warehouse:
        return dict(ask(warehouse, "digest_features", as_of=date.fromisoformat(as_of)).to_pylist()[0])
