"""Examples: the sorted, typed rows that a model learns from, and their fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import ModellingError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
KEY = ("as_of", "customer_id")


class ExamplesError(ModellingError):
    """Rows that cannot be learnt from, or scored."""


@dataclass(frozen=True)
class Examples:
    """Rows in the order of (as_of, customer_id); `features` is a float32 frame, missing is NaN, all have one length."""

    features: pd.DataFrame
    as_of: NDArray[np.datetime64]
    customer_id: NDArray[np.str_]
    label: BoolArray
    is_scored: BoolArray

    def __len__(self) -> int:
        return len(self.label)

    def take(self, rows: BoolArray) -> Examples:
        """Return the rows of the mask, in the same order."""
        frame = self.features.loc[rows].reset_index(drop=True)
        return Examples(frame, self.as_of[rows], self.customer_id[rows], self.label[rows], self.is_scored[rows])

    def list_as_ofs(self) -> list[date]:
        """Return the distinct as_ofs, rising."""
        return [day.item() for day in np.unique(self.as_of)]


def arrange_examples(frame: pd.DataFrame, feature_names: Sequence[str]) -> Examples:
    """Sort and type a frame of the keys, label, is_scored_population and the features; refuse what is amiss."""
    _refuse_missing(frame, (*KEY, "label", "is_scored_population", *feature_names))
    if frame.empty:
        raise ExamplesError("there are no examples; build them for as_ofs whose answers are known")
    typed = frame.assign(
        as_of=np.asarray(frame["as_of"], dtype="datetime64[D]"), customer_id=frame["customer_id"].astype(str)
    )
    ordered = typed.sort_values(list(KEY), kind="stable", ignore_index=True)
    _refuse_twice(ordered)
    return Examples(
        features=select_features(ordered, feature_names),
        as_of=ordered["as_of"].to_numpy(dtype="datetime64[D]"),
        customer_id=ordered["customer_id"].to_numpy(dtype=str),
        label=ordered["label"].to_numpy(dtype=bool),
        is_scored=ordered["is_scored_population"].to_numpy(dtype=bool),
    )


def select_features(frame: pd.DataFrame, feature_names: Sequence[str]) -> pd.DataFrame:
    """Return the features in the model's order as float32, null and infinite as NaN; an absent one is refused.

    float32 because two engines may differ in the last bits of a double, and a split must not turn on these.
    """
    _refuse_missing(frame, feature_names)
    is_narrow = list(frame.columns) == list(feature_names) and set(frame.dtypes) == {np.dtype(np.float32)}
    values = frame.to_numpy() if is_narrow else np.empty(0, dtype=np.float32)
    if not is_narrow or np.isinf(values).any():  # else they are as they should be, and nothing is copied
        values = np.empty((len(frame), len(feature_names)), dtype=np.float32)
        for place, name in enumerate(feature_names):
            values[:, place] = narrow(frame[name])
    return pd.DataFrame(values, columns=list(feature_names), copy=False)


def narrow(column: pd.Series[Any]) -> NDArray[np.float32]:
    """Return a column as float32, null and infinite as NaN, without a negative zero."""
    with np.errstate(over="ignore"):  # beyond float32 is infinite, and that is not known
        values = column.to_numpy(dtype=np.float64, na_value=np.nan).astype(np.float32)
    values[~np.isfinite(values)] = np.nan
    return values + np.float32(0)


def fingerprint_examples(examples: Examples) -> str:
    """Return a SHA-256 of all that is learnt from; the order in which rows came does not matter, they are sorted."""
    digest = hashlib.sha256()
    digest.update("\n".join(examples.features.columns).encode())
    digest.update("\n".join(examples.customer_id.tolist()).encode())
    digest.update(examples.as_of.astype("int64").tobytes())
    digest.update(examples.label.tobytes())
    digest.update(examples.is_scored.tobytes())
    digest.update(np.ascontiguousarray(examples.features.to_numpy(dtype=np.float32)).tobytes())
    return digest.hexdigest()


def _refuse_missing(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ExamplesError(
            f"the rows lack {len(missing)} of {len(columns)} expected columns: {', '.join(missing[:10])}; "
            "build the features again with the declarations that the model was made for"
        )


def _refuse_twice(ordered: pd.DataFrame) -> None:
    twice = int(ordered.duplicated(list(KEY)).sum())
    if twice:
        raise ExamplesError(f"{twice} examples repeat a customer and as_of; expected one row each, mend the query")
    for name in ("label", "is_scored_population"):
        if ordered[name].isna().any():
            raise ExamplesError(f"{int(ordered[name].isna().sum())} examples have no {name}; leave them out instead")
