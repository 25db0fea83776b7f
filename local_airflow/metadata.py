"""Airflow's own database on one machine: brought up to date, with the pool that the tasks ask for."""

from __future__ import annotations

from local_airflow.environment import POOL
from pipelines.settings import load_settings

SERVER_SLOTS = 8


def prepare_metadata() -> None:
    """Migrate the metadata database and size the pool; the environment must be set before airflow is imported.

    A DuckDB file takes one writing process at a time, so its pool has one slot.
    """
    from airflow.models.pool import Pool
    from airflow.utils.db import upgradedb

    upgradedb()
    slots = 1 if load_settings().warehouse_url.startswith("duckdb:") else SERVER_SLOTS
    Pool.create_or_update_pool(
        POOL, slots, "tasks that touch the warehouse; one slot on DuckDB", include_deferred=False
    )
