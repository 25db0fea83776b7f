"""The rival featuretools, run by the interpreter of its own environment: deep feature synthesis over filled months.

Its months come from bench/pandas_features.py, within its clock; then one dfs a window with mean, standard deviation,
maximum and trend of five measures: 100 statistics, against the 114 features of ours.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from bench.clock import Clock
from bench.pandas_features import fill_months, find_history, prepare_flows, sum_months

_MEASURES = ["turnover", "outflow", "net", "inflow_count", "outflow_count"]
_WINDOWS = (1, 3, 6, 12, 24)
_PRIMITIVES = ["mean", "std", "max", "trend"]


def main(arguments: Sequence[str]) -> int:
    """Do the one job there is; called as bench/worker.py is."""
    warnings.filterwarnings("ignore")  # featuretools warns of the pandas to come, once a column
    import featuretools  # absent from the project's own environment

    _, parameters, answer = arguments
    given = json.loads(parameters)
    day = date.fromisoformat(given["as_of"])
    transactions = pd.read_parquet(given["transactions"])
    clock = Clock()
    with clock.running():
        features = synthesise(featuretools, transactions, day)
    found = {
        "customers": len(features),
        "turnover_mean_12m": float(features["12m MEAN(months.turnover)"].sum()),
        "outflow_mean_3m": float(features["3m MEAN(months.outflow)"].sum()),
        "columns": features.shape[1],
    }
    Path(answer).write_text(json.dumps({"seconds": clock.seconds, "found": found}), encoding="utf-8")
    return 0


def synthesise(featuretools: Any, transactions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return every window's synthesised features side by side, one row a customer."""
    months = sum_months(prepare_flows(transactions, as_of))
    history = find_history(months)
    dense = fill_months(months, history).reset_index(drop=True)
    dense["month"] = [pd.Timestamp(as_of) - pd.DateOffset(months=int(back)) for back in dense["back"]]
    dense["month_id"] = dense.index
    made = []
    for window in _WINDOWS:
        rows = dense[dense["back"] <= window]
        entities = featuretools.EntitySet("bank")
        entities.add_dataframe(history.reset_index()[["customer_id"]], "customers", index="customer_id")
        columns = ["month_id", "customer_id", "month", *_MEASURES]
        entities.add_dataframe(rows[columns].copy(), "months", index="month_id", time_index="month")
        entities.add_relationship("customers", "customer_id", "months", "customer_id")
        found, _ = featuretools.dfs(
            entityset=entities, target_dataframe_name="customers", agg_primitives=_PRIMITIVES, trans_primitives=[],
            max_depth=1,
        )  # fmt: skip
        made.append(found.add_prefix(f"{window}m "))
    return pd.concat(made, axis=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
