"""The statistics of the pandas rival: one groupby a measure and window for months, one over partners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bench.pandas_features import fill_months, find_history, prepare_flows, sum_months

_WINDOWS = {
    "1m": (1, 1), "3m": (1, 3), "6m": (1, 6), "12m": (1, 12), "24m": (1, 24),
    "before_3m": (4, 6), "before_6m": (7, 12), "before_12m": (13, 24),
    "year_ago_3m": (13, 15), "year_ago_6m": (13, 18), "next_3m": (10, 12),
}  # fmt: skip
_RATIOS = {
    "turnover": ("1m_3m", "1m_12m", "3m_12m", "6m_12m", "12m_24m", "3m_before", "6m_before", "12m_before",
                 "3m_year_ago", "6m_year_ago"),
    "outflow": ("1m_12m", "3m_12m", "6m_12m", "12m_24m", "3m_year_ago", "6m_year_ago"),
    "inflow_count": ("1m_12m", "3m_12m", "6m_12m", "3m_year_ago"),
    "outflow_count": ("1m_12m", "3m_12m"),
}  # fmt: skip
_MEANS = {
    "turnover": (1, 3, 6, 12, 24),
    "outflow": (3, 12),
    "net": (3, 12),
    "inflow_count": (3, 12),
    "outflow_count": (3, 12),
}
_SLOPES = {"turnover": (6, 12, 24), "outflow": (6, 12), "inflow_count": (6, 12), "outflow_count": (12,)}
_VOLATILITIES = {"turnover": (3, 6, 12, 24), "outflow": (6, 12), "inflow_count": (12,)}
_ACTIVE = {"turnover": (3, 6, 12, 24), "outflow": (6, 12)}


def describe_customers(transactions: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the features of months and partners of every customer with any flow, by customer_id."""
    flows = prepare_flows(transactions, as_of)
    months = sum_months(flows)
    history = find_history(months)
    described = [history, *describe_months(fill_months(months, history)), *describe_partners(flows)]
    return pd.concat(described, axis=1).reindex(history.index)


def describe_months(dense: pd.DataFrame) -> Iterator[pd.Series[Any]]:
    """Yield every statistic of the months, named as the feature that it is."""
    windows = {name: dense[dense["back"].between(*bounds)] for name, bounds in _WINDOWS.items()}
    grouped = {name: rows.groupby("customer_id") for name, rows in windows.items()}
    mean = {name: rows[list(_MEANS)].mean() for name, rows in grouped.items()}
    total = {name: grouped[name].sum(numeric_only=True) for name in ("3m", "12m")}
    yield from _describe_means(mean)
    yield from _describe_shapes(windows, grouped, mean)
    yield from _describe_shares(total)
    peak = {name: windows[name].query("is_present").groupby("customer_id")["turnover"].max() for name in ("12m", "24m")}
    customers = mean["24m"].index
    peaks = {name: values.reindex(customers).fillna(0) for name, values in peak.items()}
    yield (peaks["12m"] / _base(mean["12m"]["turnover"])).rename("turnover_peak_12m")
    yield (mean["3m"]["turnover"] / peaks["24m"].replace(0, np.nan)).rename("turnover_ratio_3m_peak")


def _describe_means(mean: dict[str, pd.DataFrame]) -> Iterator[pd.Series[Any]]:
    for measure, spans in _MEANS.items():
        for span in spans:
            yield mean[f"{span}m"][measure].rename(f"{measure}_mean_{span}m")
    for measure, names in _RATIOS.items():
        for name in names:
            now, _, other = name.partition("_")
            before = f"{other}_{now}" if other in ("before", "year_ago") else other
            yield (mean[now][measure] / _base(mean[before][measure])).rename(f"{measure}_ratio_{name}")
    year = _base(mean["12m"]["turnover"])
    yield (mean["before_6m"]["turnover"] / year).rename("turnover_season_next_6m")
    yield (mean["next_3m"]["turnover"] / year).rename("turnover_season_next_3m")
    yield (mean["before_6m"]["outflow"] / _base(mean["12m"]["outflow"])).rename("outflow_season_next_6m")
    for name in ("3m", "6m", "12m", "24m"):
        yield (mean[name]["outflow"] / _base(mean[name]["turnover"])).rename(f"outflow_to_turnover_{name}")
    yield (mean["3m"]["outflow"] / year).rename("outflow_3m_to_turnover_12m")


def _describe_shapes(
    windows: dict[str, pd.DataFrame], grouped: Mapping[str, Any], mean: dict[str, pd.DataFrame]
) -> Iterator[pd.Series[Any]]:
    for measure, spans in _VOLATILITIES.items():
        for span in spans:
            deviation = grouped[f"{span}m"][measure].std(ddof=0)
            yield (deviation / _base(mean[f"{span}m"][measure])).rename(f"{measure}_volatility_{span}m")
    deviation = grouped["12m"]["net"].std(ddof=0)
    yield (deviation / _base(mean["12m"]["turnover"])).rename("net_volatility_12m")
    for measure, spans in _SLOPES.items():
        for span in spans:
            slope = _slope(windows[f"{span}m"], measure)
            yield (slope / _base(mean[f"{span}m"][measure])).rename(f"{measure}_slope_{span}m")
    for measure, spans in _ACTIVE.items():
        for span in spans:
            rows = windows[f"{span}m"]
            yield (rows[measure] > 0).groupby(rows["customer_id"]).mean().rename(f"{measure}_active_{span}m")


def _describe_shares(total: dict[str, pd.DataFrame]) -> Iterator[pd.Series[Any]]:
    size = {span: sums["inflow_gross"] / sums["inflow_count"].replace(0, np.nan) for span, sums in total.items()}
    for span, sums in total.items():
        yield size[span].rename(f"inflow_size_{span}")
        yield _divide(sums["inflow_return"], sums["inflow_gross"]).rename(f"inflow_return_share_{span}")
        voids = sums["inflow_void_count"]
        yield _divide(voids, voids + sums["inflow_count"]).rename(f"inflow_void_share_{span}")
    yield _divide(size["3m"], size["12m"]).rename("inflow_size_ratio_3m_12m")
    year = total["12m"]
    yield year["inflow_return_count"].rename("inflow_return_count_12m")
    yield _divide(year["outflow_return"], year["outflow_gross"]).rename("outflow_return_share_12m")
    voids = year["outflow_void_count"]
    yield _divide(voids, voids + year["outflow_count"]).rename("outflow_void_share_12m")


def describe_partners(flows: pd.DataFrame) -> Iterator[pd.Series[Any]]:
    """Yield every statistic of the partners, named as the feature that it is."""
    named = flows[~flows["is_void"].astype(bool) & flows["counterparty_id"].notna() & (flows["back"] <= 24)]
    is_in = named["kind"].isin(("receipt", "receipt_return", "receipt_reversal"))
    signed = named.assign(
        side=np.where(is_in, "inflow", "outflow"), amount=named["amount"].where(is_in, -named["amount"])
    )
    keys = ["customer_id", "side", "counterparty_id"]
    spans = {"now_3m": (1, 3), "before_9m": (4, 12), "now_12m": (1, 12), "before_12m": (13, 24)}
    sums = [signed["amount"].where(signed["back"].between(*bounds), 0.0).rename(name) for name, bounds in spans.items()]
    partners = pd.concat([signed[keys], *sums], axis=1).groupby(keys)[list(spans)].sum().round(2).clip(lower=0)
    for side in ("inflow", "outflow"):
        mine = partners[partners.index.get_level_values("side") == side]
        yield from _describe_side(side, mine.reset_index(["side", "counterparty_id"], drop=True))


def _describe_side(side: str, partners: pd.DataFrame) -> Iterator[pd.Series[Any]]:
    by = partners.groupby(level="customer_id")
    total, largest = by.sum(), by.max()
    count = (partners > 0).groupby(level="customer_id").sum()
    yield count["now_3m"].rename(f"{side}_partners_3m")
    yield count["now_12m"].rename(f"{side}_partners_12m")
    yield _divide(count["now_3m"], count["now_12m"]).rename(f"{side}_partners_ratio_3m_12m")
    yield _divide(count["now_12m"], count["before_12m"]).rename(f"{side}_partners_ratio_12m_before")
    if side == "inflow":
        yield _divide(largest["now_3m"], total["now_3m"]).rename(f"{side}_largest_share_3m")
    yield _divide(largest["now_12m"], total["now_12m"]).rename(f"{side}_largest_share_12m")
    first = partners["now_12m"].sort_values(ascending=False).groupby(level="customer_id").head(3)
    yield _divide(first.groupby(level="customer_id").sum(), total["now_12m"]).rename(f"{side}_top3_share_12m")
    squares = (partners["now_12m"] ** 2).groupby(level="customer_id").sum()
    yield _divide(squares, total["now_12m"] ** 2).rename(f"{side}_concentration_12m")
    fresh = partners["now_3m"].where(partners["before_9m"] == 0, 0)
    for name, part, whole in (
        ("new_share_3m", fresh, "now_3m"),
        ("kept_share_3m", partners["before_9m"].where(partners["now_3m"] > 0, 0), "before_9m"),
        ("kept_share_12m", partners["before_12m"].where(partners["now_12m"] > 0, 0), "before_12m"),
    ):
        yield _divide(part.groupby(level="customer_id").sum(), total[whole]).rename(f"{side}_{name}")


def _slope(rows: pd.DataFrame, measure: str) -> pd.Series[Any]:
    """Return the least-squares change a month, towards now."""
    parts = pd.DataFrame(
        {"y": rows[measure], "x": -rows["back"], "xy": -rows["back"] * rows[measure], "xx": rows["back"] ** 2, "n": 1}
    )
    sums = parts.groupby(rows["customer_id"]).sum()
    spread = (sums["n"] * sums["xx"] - sums["x"] ** 2).replace(0, np.nan)
    return (sums["n"] * sums["xy"] - sums["x"] * sums["y"]) / spread


def _base(mean: pd.Series[Any]) -> pd.Series[Any]:
    return mean.where(mean > 0)


def _divide(part: pd.Series[Any], whole: pd.Series[Any]) -> pd.Series[Any]:
    return part / whole.replace(0, np.nan)
