"""Examples: the sorted, typed rows that a model learns from, and their fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import ModellingError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
KEY = ("as_of", "customer_id")
_BLOCK = 100_000


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
    """Sort and type a frame of the keys, label, is_scored_population and the features; refuse what is amiss.

    Rows that come in order, and features that stand together as float32, are not copied.
    """
    refuse_missing(frame.columns, (*KEY, "label", "is_scored_population", *feature_names))
    if frame.empty:
        raise ExamplesError("there are no examples; build them for as_ofs whose answers are known")
    _refuse_unanswered(frame)
    as_of = np.asarray(frame["as_of"], dtype="datetime64[D]")
    customer_id = frame["customer_id"].to_numpy(dtype=str)
    if not _is_rising(as_of, customer_id):
        order = np.lexsort((customer_id, as_of))
        frame, as_of, customer_id = frame.take(order), as_of[order], customer_id[order]
        _refuse_twice(as_of, customer_id)
    return Examples(
        features=select_features(frame, feature_names),
        as_of=as_of,
        customer_id=customer_id,
        label=frame["label"].to_numpy(dtype=bool),
        is_scored=frame["is_scored_population"].to_numpy(dtype=bool),
    )


def select_features(frame: pd.DataFrame, feature_names: Sequence[str]) -> pd.DataFrame:
    """Return the features in the model's order as float32, null and infinite as NaN; an absent one is refused.

    float32 because two engines may differ in the last bits of a double, and a split must not turn on these.
    """
    refuse_missing(frame.columns, feature_names)
    chosen = _take_columns(frame, feature_names)
    if len(chosen) and set(chosen.dtypes) == {np.dtype(np.float32)}:
        values = chosen.to_numpy()
        if not _is_infinite(values):
            return pd.DataFrame(values, columns=list(feature_names), copy=False)
    values = np.empty((len(chosen), len(feature_names)), dtype=np.float32)
    for place in range(len(feature_names)):
        values[:, place] = narrow(chosen.iloc[:, place].to_numpy(dtype=np.float64, na_value=np.nan))
    return pd.DataFrame(values, columns=list(feature_names), copy=False)


def narrow(column: FloatArray) -> NDArray[np.float32]:
    """Return a column as float32, infinite as NaN, without a negative zero."""
    with np.errstate(over="ignore"):  # beyond float32 is infinite, and that is not known
        values = np.array(column, dtype=np.float32)
    values[~np.isfinite(values)] = np.nan
    return values + np.float32(0)


def fingerprint_examples(examples: Examples) -> str:
    """Return a SHA-256 of all that is learnt from; the order in which rows came does not matter, they are sorted."""
    digest = hashlib.sha256()
    digest.update("\n".join(examples.features.columns).encode())
    for start in range(0, len(examples), _BLOCK):
        digest.update(("\n" * bool(start) + "\n".join(examples.customer_id[start : start + _BLOCK].tolist())).encode())
    digest.update(examples.as_of.astype("int64").tobytes())
    digest.update(examples.label.tobytes())
    digest.update(examples.is_scored.tobytes())
    matrix = examples.features.to_numpy(dtype=np.float32)
    for start in range(0, len(examples), _BLOCK):
        digest.update(np.ascontiguousarray(matrix[start : start + _BLOCK]).data)
    return digest.hexdigest()


def refuse_missing(present: Iterable[str], expected: Sequence[str]) -> None:
    """Refuse rows that lack one of the expected columns."""
    known = frozenset(present)
    missing = [name for name in expected if name not in known]
    if missing:
        raise ExamplesError(
            f"the rows lack {len(missing)} of {len(expected)} expected columns: {', '.join(missing[:10])}; "
            "build the features again with the declarations that the model was made for"
        )


def _take_columns(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return these columns, as a view where they stand together in this order."""
    first = frame.columns.get_loc(names[0])
    if isinstance(first, int) and list(frame.columns[first : first + len(names)]) == list(names):
        return frame.iloc[:, first : first + len(names)]
    return frame[list(names)]


def _is_infinite(values: NDArray[np.float32]) -> bool:
    """Whether any value is infinite; looked up by the extremes of each column, which takes no memory."""
    return bool(np.isinf([np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)]).any())


def _is_rising(as_of: NDArray[np.datetime64], customer_id: NDArray[np.str_]) -> bool:
    """Whether the rows stand in the order of (as_of, customer_id), each once."""
    is_later, is_same = as_of[1:] > as_of[:-1], as_of[1:] == as_of[:-1]
    return bool((is_later | (is_same & (customer_id[1:] > customer_id[:-1]))).all())


def _refuse_twice(as_of: NDArray[np.datetime64], customer_id: NDArray[np.str_]) -> None:
    twice = int(((as_of[1:] == as_of[:-1]) & (customer_id[1:] == customer_id[:-1])).sum())
    if twice:
        raise ExamplesError(f"{twice} examples repeat a customer and as_of; expected one row each, mend the query")


def _refuse_unanswered(frame: pd.DataFrame) -> None:
    for name in ("label", "is_scored_population"):
        if frame[name].isna().any():
            raise ExamplesError(f"{int(frame[name].isna().sum())} examples have no {name}; leave them out instead")
