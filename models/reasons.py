"""Reasons: exact Shapley values of every feature on the raw score, and the few that are told."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from woodelf import WoodelfExplainer

from models.errors import ModellingError
from models.examples import FloatArray
from models.learner import limit_threads
from models.spec import Feature
from models.wording import REST, write_chinese, write_english, write_rest

TOLERANCE = 1e-5
WOODELF_FROM_ROWS = 4_000


class ReasonsError(ModellingError):
    """Reasons that do not add up to the score they should explain."""


@dataclass(frozen=True)
class Reasons:
    """Told reasons as columns, several rows a scored row: place 1, 2, ... and last the rest of all features."""

    row: NDArray[np.int64]
    place: NDArray[np.int32]
    feature: list[str]
    value: FloatArray
    shapley: FloatArray
    text_en: list[str]
    text_zh: list[str]


def compute_base(booster: lgb.Booster, features: pd.DataFrame) -> float:
    """Return the mean raw score over the rows learnt from, which every explanation starts from."""
    return float(booster.predict(features.head(1), pred_contrib=True, num_threads=1)[0, -1])


def explain_rows(booster: lgb.Booster, features: pd.DataFrame, num_threads: int) -> FloatArray:
    """Return the Shapley value of every feature (rows x features), by WOODELF where its fixed cost pays.

    WOODELF (woodelf-explainer) equals LightGBM's own contributions; its fixed cost is a second or two a call.
    """
    if len(features) < WOODELF_FROM_ROWS:
        found = booster.predict(features, pred_contrib=True, num_threads=limit_threads(10 * len(features), num_threads))
        return np.asarray(found, dtype=np.float64)[:, :-1]
    return explain_by_woodelf(booster, features)


def explain_by_woodelf(booster: lgb.Booster, features: pd.DataFrame) -> FloatArray:
    """Return Shapley values by WOODELF; it prints progress, which is swallowed.

    The frame is widened to double, since it compares with thresholds that are doubles, as LightGBM does.
    """
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        found = WoodelfExplainer(booster).shap_values(features.astype(np.float64), verbose=False)
    return np.asarray(found, dtype=np.float64)


def refuse_gap(base: float, shapley: FloatArray, raw: FloatArray) -> None:
    """Refuse reasons when base and Shapley values miss the raw score of any row by more than TOLERANCE."""
    gap = np.abs(base + shapley.sum(axis=1) - raw)
    if len(gap) and not gap.max() <= TOLERANCE:
        raise ReasonsError(
            f"{int((~(gap <= TOLERANCE)).sum())} of {len(gap)} explanations miss their raw score, the worst by "
            f"{gap.max():.2g}; expected at most {TOLERANCE:g}. Check the versions of LightGBM and WOODELF before "
            "anything is told"
        )


def tell_reasons(
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
    count = min(count, len(declared))
    chosen = np.argsort(-np.abs(shapley), axis=1, kind="stable")[:, :count]
    told = np.take_along_axis(shapley, chosen, axis=1)
    values = np.take_along_axis(features.to_numpy(dtype=np.float64, na_value=np.nan), chosen, axis=1)
    rest = raw - base - told.sum(axis=1)
    return _stack(declared, chosen, np.c_[values, np.full(len(raw), np.nan)], np.c_[told, rest])


def _stack(declared: Sequence[Feature], chosen: NDArray[np.intp], values: FloatArray, shapley: FloatArray) -> Reasons:
    rows, places = shapley.shape
    others = len(declared) - places + 1
    english: list[str] = []
    chinese: list[str] = []
    names: list[str] = []
    for row in range(rows):
        for column, value, effect in zip(
            chosen[row].tolist(), values[row].tolist(), shapley[row].tolist(), strict=False
        ):
            feature = declared[column]
            names.append(feature.name)
            english.append(write_english(feature, value, effect))
            chinese.append(write_chinese(feature, value, effect))
        told = write_rest(others, float(shapley[row, -1]))
        names.append(REST)
        english.append(told[0])
        chinese.append(told[1])
    place = np.tile(np.arange(1, places + 1, dtype=np.int32), rows)
    row_number = np.repeat(np.arange(rows, dtype=np.int64), places)
    return Reasons(row_number, place, names, values.ravel(), shapley.ravel(), english, chinese)
