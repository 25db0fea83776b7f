"""From Arrow batches to the float32 that models read, without a wider copy of the whole on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from models.declare.examples import narrow, refuse_missing


def gather_frame(batches: Iterable[pa.RecordBatch], keys: Sequence[str], feature_names: Sequence[str]) -> pd.DataFrame:
    """Return the keys and the features of all batches; the features stand together in one float32 block."""
    told: list[pa.RecordBatch] = []
    parts: list[NDArray[np.float32]] = []
    for batch in batches:
        told.append(batch.select(list(keys)))
        parts.append(narrow_batch(batch, feature_names))
    if not parts:
        return pd.DataFrame(columns=[*keys, *feature_names])
    features = pd.DataFrame(stack_parts(parts), columns=list(feature_names), copy=False)
    return pd.concat([pa.Table.from_batches(told).to_pandas(), features], axis=1)


def narrow_batch(batch: pa.RecordBatch, feature_names: Sequence[str]) -> NDArray[np.float32]:
    """Return the features of a batch in this order, rows x features; a feature that it has not is refused."""
    refuse_missing(batch.schema.names, feature_names)
    values = np.empty((batch.num_rows, len(feature_names)), dtype=np.float32)
    for place, name in enumerate(feature_names):
        values[:, place] = narrow(batch.column(name).to_numpy(zero_copy_only=False))
    return values


def stack_parts(parts: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Stack the parts and let go of each as it is copied, so that memory holds them once; the list is empty after."""
    whole = np.empty((sum(len(part) for part in parts), parts[0].shape[1]), dtype=np.float32)
    start = 0
    while parts:
        part = parts.pop(0)
        whole[start : start + len(part)] = part
        start += len(part)
    return whole
