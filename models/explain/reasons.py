"""Reasons: exact Shapley values of every feature on the raw score, and the few that are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.declare.examples import FloatArray, select_features
from models.declare.spec import Feature
from models.errors import ModellingError
from models.explain.lookup import LookupExplainer, build_lookup
from models.explain.phrases import Texts, write_texts
from models.explain.wording import REST, write_rest
from models.learn.fitted import FittedModel, Month, Part
from models.learn.learner import limit_threads
from models.learn.ranks import Ranked

TOLERANCE = 1e-5


class ReasonsError(ModellingError):
    """Reasons that do not add up to the score they should explain."""


@dataclass(frozen=True)
class Reasons:
    """Told reasons as columns, several rows a scored row: place 1, 2, ... and last the rest of all features."""

    row: NDArray[np.int64]
    place: NDArray[np.int32]
    feature: Texts
    value: FloatArray
    shapley: FloatArray
    text_en: Texts
    text_zh: Texts


@dataclass(frozen=True)
class Explainer:
    """A booster made ready to explain: built once, as its tables take half a second."""

    booster: lgb.Booster
    lookup: LookupExplainer | None

    def explain(self, features: pd.DataFrame, num_threads: int) -> FloatArray:
        """Return the Shapley value of every feature (rows x features), by one lookup a tree where trees are small."""
        if self.lookup is None:
            return _explain_large_trees(self.booster, features, num_threads)
        matrix = select_features(features, self.booster.feature_name()).to_numpy()
        return self.lookup.explain(matrix, num_threads)


def build_explainer(booster: lgb.Booster) -> Explainer:
    """Make a booster ready to explain."""
    return Explainer(booster, build_lookup(booster))


@dataclass(frozen=True)
class ModelExplainer:
    """A fitted model made ready to explain: the contributions of its parts, added as their scores are."""

    model: FittedModel
    explainers: tuple[Explainer | None, ...]

    def explain(self, features: pd.DataFrame, month: Month, num_threads: int) -> FloatArray:
        """Return the contribution of every feature to the raw score (rows x features); the base is compute_model_base.

        Each part's are exact: Shapley values of trees, terms of a linear score. A weighted sum of exact ones is exact.
        """
        values = select_features(features, self.model.feature_names)
        ranked, total = month.rank(values), np.zeros(values.shape)
        for part, explainer in zip(self.model.parts, self.explainers, strict=True):
            total += part.weight / part.scale * _explain_part(part, explainer, values, ranked, num_threads)
        return total


def build_model_explainer(model: FittedModel) -> ModelExplainer:
    """Make a fitted model ready to explain."""
    return ModelExplainer(
        model, tuple(build_explainer(part.booster) if part.linear is None else None for part in model.parts)
    )


def compute_model_base(model: FittedModel, month: Month) -> float:
    """Return what every explanation of a month starts from: the parts' own bases, less their means over the month."""
    bases = [compute_base(part.booster) if part.linear is None else 0.0 for part in model.parts]
    return sum(
        part.weight / part.scale * (base - centre)
        for part, base, centre in zip(model.parts, bases, month.centres, strict=True)
    )


def _explain_part(
    part: Part, explainer: Explainer | None, values: pd.DataFrame, ranked: Ranked | None, num_threads: int
) -> FloatArray:
    if part.linear is not None and ranked is not None:
        return part.linear.explain(ranked)
    if explainer is None:
        raise ReasonsError(f"part {part.name} has no ranks to explain; hand it the month's quantiles")
    return explainer.explain(part.select(values, ranked), num_threads)


def compute_base(booster: lgb.Booster) -> float:
    """Return the mean raw score over the rows learnt from, which every explanation starts from."""
    anybody = np.full((1, booster.num_feature()), np.nan)
    return float(booster.predict(anybody, pred_contrib=True, num_threads=1)[0, -1])


def explain_rows(booster: lgb.Booster, features: pd.DataFrame, num_threads: int) -> FloatArray:
    """Return the Shapley value of every feature (rows x features); for batch after batch, build an Explainer once."""
    return build_explainer(booster).explain(features, num_threads)


def _explain_large_trees(booster: lgb.Booster, features: pd.DataFrame, num_threads: int) -> FloatArray:
    """Return LightGBM's own contributions: exact for trees of any size, and slower (docs/decisions/0027)."""
    threads = limit_threads(10 * len(features), num_threads)  # a row costs about ten times its score
    found = booster.predict(features, pred_contrib=True, num_threads=threads)
    return np.asarray(found, dtype=np.float64)[:, :-1]


def refuse_gap(base: float, shapley: FloatArray, raw: FloatArray) -> None:
    """Refuse reasons when base and Shapley values miss the raw score of any row by more than TOLERANCE."""
    gap = np.abs(base + shapley.sum(axis=1) - raw)
    if len(gap) and not gap.max() <= TOLERANCE:
        raise ReasonsError(
            f"{int((~(gap <= TOLERANCE)).sum())} of {len(gap)} explanations miss their raw score, the worst by "
            f"{gap.max():.2g}; expected at most {TOLERANCE:g}. Check the version of LightGBM before anything "
            "is published"
        )


def describe_reasons(
    declared: Sequence[Feature],
    features: pd.DataFrame,
    shapley: FloatArray,
    *,
    base: float,
    raw: FloatArray,
    count: int,
) -> Reasons:
    """Tell the `count` strongest reasons of every row and the rest as one: base and told values give the raw score.

    Strength is the absolute Shapley value; equal ones keep the order of the declaration.
    """
    refuse_gap(base, shapley, raw)
    chosen = choose_strongest(shapley, min(count, len(declared)))
    told = np.take_along_axis(shapley, chosen, axis=1)
    values = np.take_along_axis(features.to_numpy(), chosen, axis=1).astype(np.float64)
    rest = raw - base - told.sum(axis=1)
    return _stack(declared, chosen, values, told, rest)


def choose_strongest(shapley: FloatArray, count: int) -> NDArray[np.intp]:
    """Return the columns of the `count` largest absolute values of every row; of equal ones the first comes first."""
    strength, rows = np.abs(shapley), np.arange(len(shapley))
    chosen = np.empty((len(shapley), count), dtype=np.intp)
    for place in range(count):
        chosen[:, place] = strength.argmax(axis=1)
        strength[rows, chosen[:, place]] = -1.0
    return chosen


def _stack(
    declared: Sequence[Feature],
    chosen: NDArray[np.intp],
    values: FloatArray,
    told: FloatArray,
    rest: FloatArray,
) -> Reasons:
    """Lay the told reasons of each row, and behind them its rest, into columns."""
    rows, count = chosen.shape
    english, chinese = write_texts(declared, chosen.ravel(), values.ravel(), told.ravel())
    rests = {sign: write_rest(len(declared) - count, sign) for sign in (-1.0, 0.0, 1.0)}
    signs = np.sign(rest).tolist()
    names = np.array([feature.name for feature in declared], dtype=object)[chosen]

    def lay(columns: NDArray[Any], last: Sequence[Any] | FloatArray) -> NDArray[Any]:
        return np.c_[columns.reshape(rows, count), np.asarray(last, dtype=columns.dtype)].ravel()

    return Reasons(
        row=np.repeat(np.arange(rows, dtype=np.int64), count + 1),
        place=np.tile(np.arange(1, count + 2, dtype=np.int32), rows),
        feature=lay(names, [REST] * rows),
        value=lay(values, np.full(rows, np.nan)),
        shapley=lay(told, rest),
        text_en=lay(english, [rests[sign][0] for sign in signs]),
        text_zh=lay(chinese, [rests[sign][1] for sign in signs]),
    )
