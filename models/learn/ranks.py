"""Ranks within a month: where a customer's value lies among all customers described on the same as-of date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.declare.examples import BoolArray

Matrix = NDArray[np.float32]
Days = NDArray[np.datetime64]
MOST_KNOTS = 200
LEAST_ROWS = 50  # below that a month's own quantiles are noise, and those of the rows learnt from stand in


@dataclass(frozen=True)
class Ranked:
    """Rows ranked within their months, rows x features: `ranks` from 0 to 1 with NaN for what is missing.

    `missing` is 1 where a value is missing, less the month's share of missing values.
    """

    ranks: Matrix
    missing: Matrix

    def __len__(self) -> int:
        return len(self.ranks)

    def take(self, rows: BoolArray) -> Ranked:
        """Return the rows of the mask."""
        return Ranked(self.ranks[rows], self.missing[rows])


@dataclass(frozen=True)
class RankTable:
    """The quantiles of each feature over some rows: at most MOST_KNOTS rising values, none where it was never known.

    A score must not depend on how customers are split into batches, so a table is made once of a whole month, and each
    batch is ranked by it. `missing_share` is the share of rows in which each feature is missing.
    """

    knots: tuple[Matrix, ...]
    missing_share: Matrix

    def rank(self, values: Matrix) -> Ranked:
        """Return the share of the table's rows below each value (rows x features), ties counting half."""
        ranks = np.full(values.shape, np.nan, dtype=np.float32)
        is_known = ~np.isnan(values)
        for place, knots in enumerate(self.knots):
            rows = is_known[:, place]
            ranks[rows, place] = _place(knots, values[rows, place])
        return Ranked(ranks, (~is_known).astype(np.float32) - self.missing_share)


def build_rank_table(values: Matrix) -> RankTable:
    """Return the quantiles of every column (rows x features)."""
    knots = tuple(_choose_knots(values[:, place]) for place in range(values.shape[1]))
    return RankTable(knots, np.isnan(values).mean(axis=0, dtype=np.float64).astype(np.float32))


def rank_months(features: pd.DataFrame, as_of: Days | None, pool: RankTable) -> Ranked:
    """Rank each row within its month (None: all rows are of one); a month of few rows is ranked by `pool`."""
    values = features.to_numpy(dtype=np.float32)
    found = Ranked(np.empty(values.shape, dtype=np.float32), np.empty(values.shape, dtype=np.float32))
    for rows in iterate_months(as_of, len(values)):
        month = choose_table(values[rows], pool).rank(values[rows])
        found.ranks[rows], found.missing[rows] = month.ranks, month.missing
    return found


def choose_table(month: Matrix, pool: RankTable) -> RankTable:
    """Return the month's own quantiles, or those of the rows learnt from where the month has too few rows."""
    return build_rank_table(month) if len(month) >= LEAST_ROWS else pool


def iterate_months(as_of: Days | None, row_count: int) -> Iterator[BoolArray]:
    """Yield the rows of each as-of date as a mask."""
    if as_of is None:
        yield np.ones(row_count, dtype=bool)
        return
    for day in np.unique(as_of):
        yield np.asarray(as_of == day, dtype=bool)


def table_to_dict(table: RankTable) -> dict[str, Any]:
    """Return the table as plain numbers."""
    return {"knots": [knots.tolist() for knots in table.knots], "missing_share": table.missing_share.tolist()}


def table_from_dict(values: dict[str, Any]) -> RankTable:
    """Return the table that `table_to_dict` wrote."""
    knots = tuple(np.asarray(column, dtype=np.float32) for column in values["knots"])
    return RankTable(knots, np.asarray(values["missing_share"], dtype=np.float32))


def _choose_knots(column: Matrix) -> Matrix:
    known = np.sort(column[~np.isnan(column)])
    if len(known) <= MOST_KNOTS:
        return known
    return known[np.linspace(0, len(known) - 1, MOST_KNOTS).round().astype(np.intp)]


def _place(knots: Matrix, column: Matrix) -> Matrix:
    if not len(knots):
        return np.full(len(column), 0.5, dtype=np.float32)
    below, not_above = np.searchsorted(knots, column, "left"), np.searchsorted(knots, column, "right")
    return ((below + not_above) / (2 * len(knots))).astype(np.float32)
