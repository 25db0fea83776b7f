"""A fitted model: one or several parts, each a linear score or trees, added with weights on one declared scale."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from models.declare.examples import ExamplesError, FloatArray, select_features
from models.learn.learner import load_booster, score_raw
from models.learn.linear import Linear, linear_from_dict, linear_to_dict
from models.learn.ranks import (
    LEAST_ROWS,
    Days,
    Ranked,
    RankTable,
    choose_table,
    iterate_months,
    table_from_dict,
    table_to_dict,
)

FORMAT = "kcrm-model-1"


@dataclass(frozen=True)
class Part:
    """One fitted candidate: `linear`, or LightGBM's text in `trees`; it reads ranks or the values themselves.

    A model adds weight x (score - centre) / scale of each of its parts; `centre` is the mean over the rows learnt from.
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

    def score(self, values: pd.DataFrame, ranked: Ranked | None, num_threads: int) -> FloatArray:
        """Return the part's own score of every row."""
        if self.linear is not None:
            return self.linear.score(_need(ranked))
        return score_raw(self.booster, self.select(values, ranked), num_threads)

    def select(self, values: pd.DataFrame, ranked: Ranked | None) -> pd.DataFrame:
        """Return what the part reads, as a frame: the values or their ranks."""
        if not self.is_on_ranks:
            return values
        return pd.DataFrame(_need(ranked).ranks, columns=values.columns, copy=False)


@dataclass(frozen=True)
class Month:
    """What a score takes from the whole month: the quantiles of its customers, and the mean of each part over them.

    It is made once a month, so that a score does not depend on how the customers are split into batches.
    """

    table: RankTable | None
    centres: tuple[float, ...]

    def rank(self, values: pd.DataFrame) -> Ranked | None:
        """Rank the rows by the month's quantiles."""
        return None if self.table is None else self.table.rank(values.to_numpy(dtype=np.float32))


@dataclass(frozen=True)
class FittedModel:
    """What scores customers: the weighted sum of its parts, each less its mean over the month.

    `pool` holds the quantiles of the rows learnt from, and each part the mean over them, for a month of few customers.
    A model of one bare text of trees (`is_centred` false) is no such sum: its score is that of the trees.
    """

    feature_names: tuple[str, ...]
    parts: tuple[Part, ...]
    pool: RankTable
    is_centred: bool = True

    def describe_month(self, features: pd.DataFrame, num_threads: int) -> Month:
        """Return what scores take from a month, by the features of its customers or of a fair sample of them."""
        if not self.is_centred:
            return Month(None, tuple(part.centre for part in self.parts))
        values = select_features(features, self.feature_names)
        month = Month(choose_table(values.to_numpy(), self.pool), tuple(part.centre for part in self.parts))
        if len(values) < LEAST_ROWS:
            return month
        ranked = month.rank(values)
        return replace(
            month, centres=tuple(float(part.score(values, ranked, num_threads).mean()) for part in self.parts)
        )

    def score(self, features: pd.DataFrame, month: Month, num_threads: int) -> FloatArray:
        """Return the raw score of every row of one month."""
        values = select_features(features, self.feature_names)
        ranked, total = month.rank(values), np.zeros(len(values))
        for part, centre in zip(self.parts, month.centres, strict=True):
            total += part.weight / part.scale * (part.score(values, ranked, num_threads) - centre)
        return total

    def score_months(self, features: pd.DataFrame, as_of: Days | None = None, num_threads: int = 1) -> FloatArray:
        """Return the raw score of rows of several months (None: one month), which hold all customers of each."""
        values = select_features(features, self.feature_names)
        total = np.empty(len(values))
        for rows in iterate_months(as_of, len(values)):
            month = values.loc[rows].reset_index(drop=True)
            total[rows] = self.score(month, self.describe_month(month, num_threads), num_threads)
        return total


def write_model(model: FittedModel) -> str:
    """Return the model as one text of JSON, LightGBM's own texts within."""
    parts = [_part_to_dict(part) for part in model.parts]
    pool = table_to_dict(model.pool)
    return json.dumps({"format": FORMAT, "features": list(model.feature_names), "parts": parts, "pool": pool})


def read_model(text: str) -> FittedModel:
    """Return the model that `write_model` wrote, or one part of trees for the bare LightGBM text of older versions."""
    if text.startswith("tree"):
        return _wrap_trees(text)
    values = json.loads(text)
    if values.get("format") != FORMAT:
        raise ExamplesError(f"a stored model has format {values.get('format')!r}; expected {FORMAT}, train again")
    pool = table_from_dict(values["pool"])
    return FittedModel(tuple(values["features"]), tuple(_part_from_dict(one) for one in values["parts"]), pool)


def _wrap_trees(text: str) -> FittedModel:
    names = tuple(load_booster(text).feature_name())
    empty = RankTable((), np.zeros(0, dtype=np.float32))
    return FittedModel(names, (Part("declared_trees", False, trees=text),), empty, is_centred=False)


def _part_to_dict(part: Part) -> dict[str, Any]:
    plain = {name: getattr(part, name) for name in ("name", "is_on_ranks", "trees", "weight", "centre", "scale")}
    return plain | {"linear": None if part.linear is None else linear_to_dict(part.linear)}


def _part_from_dict(values: dict[str, Any]) -> Part:
    linear = values["linear"]
    return Part(**{**values, "linear": None if linear is None else linear_from_dict(linear)})


def _need(ranked: Ranked | None) -> Ranked:
    if ranked is None:
        raise ExamplesError("the model reads ranks within the month; hand it the month's table of quantiles")
    return ranked
