"""A fitted model: one or several parts, each a linear score or trees, added with weights on one declared scale."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.declare.examples import ExamplesError, FloatArray, select_features
from models.learn.learner import load_booster, score_raw
from models.learn.linear import Linear, linear_from_dict, linear_to_dict
from models.learn.ranks import (
    Matrix,
    RankTable,
    build_rank_table,
    choose_table,
    iterate_months,
    table_from_list,
    table_to_list,
)

FORMAT = "kcrm-model-1"


@dataclass(frozen=True)
class Part:
    """One fitted candidate: `linear`, or LightGBM's text in `trees`; it reads ranks or the values themselves.

    A model adds weight x (score - centre) / scale of each of its parts.
    """

    name: str
    is_on_ranks: bool
    linear: Linear | None = None
    trees: str = ""
    weight: float = 1.0
    centre: float = 0.0
    scale: float = 1.0

    @cached_property
    def booster(self) -> lgb.Booster:
        """The trees, read once."""
        return load_booster(self.trees)

    def score(self, values: pd.DataFrame, ranks: Matrix | None, num_threads: int) -> FloatArray:
        """Return the part's own score of every row."""
        if self.linear is not None:
            return self.linear.score(_need(ranks))
        return score_raw(self.booster, self.select(values, ranks), num_threads)

    def select(self, values: pd.DataFrame, ranks: Matrix | None) -> pd.DataFrame:
        """Return what the part reads, as a frame: the values or their ranks."""
        if not self.is_on_ranks:
            return values
        return pd.DataFrame(_need(ranks), columns=values.columns, copy=False)


@dataclass(frozen=True)
class FittedModel:
    """What scores customers; `pool` holds the quantiles of the rows learnt from, for a month of few customers."""

    feature_names: tuple[str, ...]
    parts: tuple[Part, ...]
    pool: RankTable

    @property
    def is_on_ranks(self) -> bool:
        """Whether a score depends on the quantiles of the month."""
        return any(part.is_on_ranks for part in self.parts)

    def make_table(self, month: Matrix) -> RankTable | None:
        """Return the quantiles by which the rows of this month are ranked; None where the model reads no ranks."""
        return choose_table(month, self.pool) if self.is_on_ranks else None

    def rank(self, values: pd.DataFrame, table: RankTable | None) -> Matrix | None:
        """Rank the rows by a month's table."""
        return None if table is None else table.rank(values.to_numpy(dtype=np.float32))

    def score(self, features: pd.DataFrame, table: RankTable | None, num_threads: int) -> FloatArray:
        """Return the raw score of every row of one month; `table` is that of the whole month, not of these rows."""
        values = select_features(features, self.feature_names)
        ranks = self.rank(values, table)
        total = np.zeros(len(values))
        for part in self.parts:
            total += part.weight / part.scale * (part.score(values, ranks, num_threads) - part.centre)
        return total

    def score_months(
        self, features: pd.DataFrame, as_of: NDArray[np.datetime64] | None = None, num_threads: int = 1
    ) -> FloatArray:
        """Return the raw score of rows of several months (None: one month), each month taken as a whole."""
        values = select_features(features, self.feature_names)
        total = np.empty(len(values))
        for rows in iterate_months(as_of, len(values)):
            month = values.loc[rows].reset_index(drop=True)
            total[rows] = self.score(month, self.make_table(month.to_numpy()), num_threads)
        return total


def build_pool(features: pd.DataFrame) -> RankTable:
    """Return the quantiles of all rows learnt from."""
    return build_rank_table(features.to_numpy(dtype=np.float32))


def write_model(model: FittedModel) -> str:
    """Return the model as one text of JSON, LightGBM's own texts within."""
    parts = [_part_to_dict(part) for part in model.parts]
    pool = {"row_count": model.pool.row_count, "knots": table_to_list(model.pool)}
    return json.dumps({"format": FORMAT, "features": list(model.feature_names), "parts": parts, "pool": pool})


def read_model(text: str) -> FittedModel:
    """Return the model that `write_model` wrote, or one part of trees for the bare LightGBM text of older versions."""
    if text.startswith("tree"):
        return _wrap_trees(text)
    values = json.loads(text)
    if values.get("format") != FORMAT:
        raise ExamplesError(f"a stored model has format {values.get('format')!r}; expected {FORMAT}, train again")
    pool = table_from_list(values["pool"]["knots"], values["pool"]["row_count"])
    return FittedModel(tuple(values["features"]), tuple(_part_from_dict(one) for one in values["parts"]), pool)


def _wrap_trees(text: str) -> FittedModel:
    names = tuple(load_booster(text).feature_name())
    return FittedModel(names, (Part("declared_trees", False, trees=text),), RankTable((), 0))


def _part_to_dict(part: Part) -> dict[str, Any]:
    plain = {name: getattr(part, name) for name in ("name", "is_on_ranks", "trees", "weight", "centre", "scale")}
    return plain | {"linear": None if part.linear is None else linear_to_dict(part.linear)}


def _part_from_dict(values: dict[str, Any]) -> Part:
    linear = values["linear"]
    return Part(**{**values, "linear": None if linear is None else linear_from_dict(linear)})


def _need(ranks: Matrix | None) -> Matrix:
    if ranks is None:
        raise ExamplesError("the model reads ranks within the month; hand it the month's table of quantiles")
    return ranks
