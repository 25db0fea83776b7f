"""Rivals that are queries, or that begin with one: each as one writes it without us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.clock import Clock
from bench.place import open_place
from bench.queries import ask

TOLD = (
    "turnover_mean_12m",
    "turnover_volatility_12m",
    "turnover_slope_24m",
    "outflow_mean_3m",
    "inflow_count_mean_12m",
    "inflow_partners_12m",
    "outflow_concentration_12m",
)


def ask_once(clock: Clock, query: str, as_of: str) -> dict[str, Any]:
    """Time one query of bench/sql that gives one row, and give that row."""
    _, warehouse = open_place()
    with warehouse, clock.running():
        row = ask(warehouse, query, as_of=date.fromisoformat(as_of)).to_pylist()[0]
    return dict(row)


def describe_naively(clock: Clock, as_of: str) -> dict[str, Any]:
    """Time one filtered aggregate a statistic, in the engine, its rows fetched and not even written."""
    _, warehouse = open_place()
    with warehouse, clock.running():
        table = ask(warehouse, "naive_features", as_of=date.fromisoformat(as_of))
    return digest_columns({name: table[name] for name in TOLD}, table.num_rows)


def describe_by_pandas(clock: Clock, as_of: str) -> dict[str, Any]:
    """Time pandas groupby from the rows of landing, which it has to read."""
    from bench.pandas_statistics import describe_customers

    day = date.fromisoformat(as_of)
    _, warehouse = open_place()
    with warehouse, clock.running():
        flows = ask(warehouse, "flows", as_of=day).to_pandas()
        features = describe_customers(flows, day)
    return digest_columns({name: pa.array(features[name], from_pandas=True) for name in TOLD}, len(features))


def keep_flows(clock: Clock, as_of: str, to: str) -> dict[str, Any]:
    """Write the rows that featuretools begins with to a file; nothing of it is timed."""
    _, warehouse = open_place()
    with warehouse:
        pq.write_table(ask(warehouse, "flows", as_of=date.fromisoformat(as_of)), Path(to))
    return {}


def digest_columns(columns: Mapping[str, pa.Array], customers: int) -> dict[str, float]:
    """Return what bench/sql/digest_features.sql says of our features, of a rival's."""
    return {"customers": customers, **{name: float(pc.sum(values).as_py() or 0) for name, values in columns.items()}}
