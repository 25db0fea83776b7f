"""Publish beside the engine's own bulk load of the same rows: a run's scores and reasons, from memory."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bench.clock import Clock
from bench.our_steps import run_step
from bench.place import open_place
from bench.queries import ask
from models.declare.catalog import MODELS
from pipelines import steps
from pipelines.ledger.runs import open_run
from pipelines.scoring.score_rows import stamp
from pipelines.warehouse import Warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import compile_literal

CRM = {"crm.scores_v1": "scores_of_run", "crm.reasons_v1": "reasons_of_run"}
RIVAL_RUN = "rival"


def keep_run(clock: Clock, folder: str) -> dict[str, Any]:
    """Write the rows that the CRM reads to files, for both sides of publish to load; nothing of it is timed."""
    _, warehouse = open_place()
    with warehouse:
        run_id = warehouse.read("ledger/current_run")["run_id"][0].as_py()
        for table in CRM:
            rows = ask(warehouse, CRM[table], run_id=run_id)
            feather.write_feather(rows, kept_path(folder, table), compression="uncompressed")
    return {}


def publish(clock: Clock, as_of: str, folder: str) -> dict[str, Any]:
    """Time writing a run's scores and reasons, model by model, and turning the pointer to it."""
    _, warehouse = open_place()
    with warehouse:
        run_id = open_run(warehouse, date.fromisoformat(as_of))
        parts = {name: _rows_of_model(folder, name, run_id) for name in MODELS}
        with clock.running():
            for name, tables in parts.items():
                write_model(warehouse, tables, run_id, name)
    steps.rules(date.fromisoformat(as_of))  # a run without them is not published; not timed here
    run_step(clock, "publish", as_of)
    return {"run_id": run_id, "rows": sum(rows.num_rows for tables in parts.values() for rows in tables.values())}


def write_model(warehouse: Warehouse, tables: dict[str, pa.Table], run_id: str, model_name: str) -> None:
    """Write one model's rows of a run as score does, both tables or none."""
    with warehouse.transaction():
        for table, rows in tables.items():
            warehouse.replace(table, rows, {"run_id": run_id, "model_name": model_name})


def load_in_bulk(clock: Clock, folder: str) -> dict[str, Any]:
    """Time the engine's own bulk load of a run's rows into the tables that publish writes; they are dropped again."""
    tables = {table: restamp(read_kept(folder, table), RIVAL_RUN) for table in CRM}
    settings, warehouse = open_place()
    warehouse.close()
    with clock.running():
        load_tables(settings.warehouse_url, tables)
    _, warehouse = open_place()
    with warehouse:
        dropped = warehouse.execute("ledger/drop_reasons", run_id=RIVAL_RUN) + warehouse.execute(
            "ledger/drop_scores", run_id=RIVAL_RUN
        )
    return {"rows": dropped}


def load_tables(url: str, tables: dict[str, pa.Table]) -> None:
    """Load by the engine's own driver, in one transaction: INSERT from Arrow, or COPY."""
    if make_url(url).get_backend_name() == "duckdb":
        _insert_from_arrow(make_url(url).database or "", tables)
    else:
        _copy(url, tables)


def kept_path(folder: str, table: str) -> Path:
    """Return where keep_run puts a table's rows."""
    return Path(folder) / f"{table}.arrow"


def read_kept(folder: str, table: str) -> pa.Table:
    """Return a run's rows into memory, so that no clock counts their reading."""
    return feather.read_table(kept_path(folder, table), memory_map=False)


def restamp(rows: pa.Table, run_id: str) -> pa.Table:
    """Return the rows as those of another run."""
    return rows.set_column(rows.schema.get_field_index("run_id"), "run_id", pa.array([run_id] * rows.num_rows))


def _rows_of_model(folder: str, model_name: str, run_id: str) -> dict[str, pa.Table]:
    tables = {table: read_kept(folder, table) for table in CRM}
    mine = {table: rows.filter(pc.equal(rows["model_name"], model_name)) for table, rows in tables.items()}
    return {table: stamp(rows.drop_columns(["run_id"]), {"run_id": run_id}) for table, rows in mine.items()}


def _insert_from_arrow(path: str, tables: dict[str, pa.Table]) -> None:
    import duckdb  # only where it is the engine

    with duckdb.connect(path) as connection:
        connection.begin()
        for table, rows in tables.items():
            names = rows.schema.names
            connection.register("offered", rows)
            into = sa.insert(table_clause(table, names)).from_select(
                names, sa.select(*table_clause("offered", names).c)
            )
            connection.execute(compile_literal(into))
        connection.commit()


def _copy(url: str, tables: dict[str, pa.Table]) -> None:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(url) as connection, connection.cursor() as cursor:
        for table, rows in tables.items():
            schema, name = table.split(".")
            cursor.adbc_ingest(name, rows, mode="append", db_schema_name=schema)
        connection.commit()
