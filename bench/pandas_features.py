"""The rival of facts and features in pandas: what bench/sql/naive_features.sql gives, by groupby from transactions.

Imports nothing of the project, so that the environment of featuretools can use its months too.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

MEASURES = (
    "inflow_gross", "outflow_gross", "inflow_return", "outflow_return", "inflow_count", "outflow_count",
    "inflow_return_count", "inflow_void_count", "outflow_void_count",
)  # fmt: skip
_IN = ("receipt", "receipt_return", "receipt_reversal")
_MONTHS = 24
_HALF_A_CENT = 0.005  # sums of doubles do not show a cent exactly


def prepare_flows(transactions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return customer_id, counterparty_id, kind, is_void, amount and months back of the flows known before `as_of`."""
    booked, known = pd.to_datetime(transactions["booked_on"]), pd.to_datetime(transactions["known_on"])
    day = pd.Timestamp(as_of)
    flows = transactions[(known < day) & (booked < day) & (transactions["kind"] != "other")]
    booked = booked[flows.index]
    return flows[["customer_id", "counterparty_id", "kind", "is_void"]].assign(
        amount=flows["amount"].astype(float), back=(day.year - booked.dt.year) * 12 + day.month - booked.dt.month
    )


def sum_months(flows: pd.DataFrame) -> pd.DataFrame:
    """Return the measures by customer_id and back."""
    kind, amount, is_void = flows["kind"], flows["amount"], flows["is_void"].astype(bool)
    is_in, counts = kind.isin(_IN), ~is_void
    step = np.where(kind.isin(("receipt_reversal", "payment_reversal")), -1, 1)
    inflow, outflow = kind.isin(_IN[::2]) & counts, kind.isin(("payment", "payment_reversal")) & counts
    returned, given_back = (kind == "receipt_return") & counts, (kind == "payment_return") & counts
    measured = flows[["customer_id", "back"]].assign(
        inflow_gross=amount.where(inflow, 0.0),
        outflow_gross=-amount.where(outflow, 0.0),
        inflow_return=-amount.where(returned, 0.0),
        outflow_return=amount.where(given_back, 0.0),
        inflow_count=np.where(inflow, step, 0),
        outflow_count=np.where(outflow, step, 0),
        inflow_return_count=returned.astype(int),
        inflow_void_count=(is_in & is_void).astype(int),
        outflow_void_count=(~is_in & is_void).astype(int),
    )
    return measured.groupby(["customer_id", "back"])[list(MEASURES)].sum()


def find_history(months: pd.DataFrame) -> pd.DataFrame:
    """Return the first and last months of flow of every customer who has any, by customer_id."""
    inflow, outflow = months["inflow_gross"] > _HALF_A_CENT, months["outflow_gross"] > _HALF_A_CENT
    back = months.index.to_frame(index=False)
    return pd.DataFrame(
        {
            "months_of_history": back[(inflow | outflow).to_numpy()].groupby("customer_id")["back"].max(),
            "months_since_inflow": back[inflow.to_numpy()].groupby("customer_id")["back"].min(),
            "months_since_outflow": back[outflow.to_numpy()].groupby("customer_id")["back"].min(),
        }
    )


def fill_months(months: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each of the last 24 months of every customer's history, absent months as zero."""
    grid = pd.MultiIndex.from_product([history.index, range(1, _MONTHS + 1)], names=["customer_id", "back"])
    dense = months.reindex(grid).reset_index()
    dense["is_present"] = dense["inflow_gross"].notna()
    dense = dense.fillna(dict.fromkeys(MEASURES, 0))
    dense["turnover"] = (dense["inflow_gross"] - dense["inflow_return"]).round(2)
    dense["outflow"] = (dense["outflow_gross"] - dense["outflow_return"]).round(2)
    dense["net"] = (dense["turnover"] - dense["outflow"]).round(2)
    return dense[dense["back"] <= dense["customer_id"].map(history["months_of_history"])]
