"""Ranks within a month: where a customer's value lies among all customers described on the same as-of date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.declare.examples import BoolArray

Matrix = NDArray[np.float32]
MOST_KNOTS = 200
LEAST_ROWS = 50  # below that a month's own quantiles are noise, and those of the rows learnt from stand in


@dataclass(frozen=True)
class RankTable:
    """The quantiles of each feature over some rows: at most MOST_KNOTS rising values, none where it was never known.

    A score must not depend on how customers are split into batches, so a table is made once of a whole month, and each
    batch is ranked by it.
    """

    knots: tuple[Matrix, ...]
    row_count: int

    def rank(self, values: Matrix) -> Matrix:
        """Return the share of the table's rows below each value (rows x features), ties counting half; NaN stays."""
        found = np.full(values.shape, np.nan, dtype=np.float32)
        for place, knots in enumerate(self.knots):
            column = values[:, place]
            is_known = ~np.isnan(column)
            found[is_known, place] = _place(knots, column[is_known])
        return found


def build_rank_table(values: Matrix) -> RankTable:
    """Return the quantiles of every column (rows x features)."""
    return RankTable(tuple(_choose_knots(values[:, place]) for place in range(values.shape[1])), len(values))


def rank_months(features: pd.DataFrame, as_of: NDArray[np.datetime64] | None, pool: RankTable) -> Matrix:
    """Rank each row within its month (None: all rows are of one); a month of few rows is ranked by `pool`."""
    values = features.to_numpy(dtype=np.float32)
    found = np.empty(values.shape, dtype=np.float32)
    for rows in iterate_months(as_of, len(values)):
        found[rows] = choose_table(values[rows], pool).rank(values[rows])
    return found


def choose_table(month: Matrix, pool: RankTable) -> RankTable:
    """Return the month's own quantiles, or those of the rows learnt from where the month has too few rows."""
    return build_rank_table(month) if len(month) >= LEAST_ROWS else pool


def iterate_months(as_of: NDArray[np.datetime64] | None, row_count: int) -> Iterator[BoolArray]:
    """Yield the rows of each as-of date as a mask."""
    if as_of is None:
        yield np.ones(row_count, dtype=bool)
        return
    for day in np.unique(as_of):
        yield np.asarray(as_of == day, dtype=bool)


def table_to_list(table: RankTable) -> list[list[float]]:
    """Return the knots as plain numbers."""
    return [[float(knot) for knot in knots] for knots in table.knots]


def table_from_list(knots: Sequence[Sequence[float]], row_count: int) -> RankTable:
    """Return the table that `table_to_list` wrote."""
    return RankTable(tuple(np.asarray(column, dtype=np.float32) for column in knots), row_count)


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
