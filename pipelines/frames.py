"""From Arrow batches to the frames that models read: keys as text, features as float32."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pandas as pd
import pyarrow as pa

from models.examples import select_features


def gather_frame(
    batches: Iterable[pa.RecordBatch],
    keys: Sequence[str],
    feature_names: Sequence[str],
    customers: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return the keys and the features of all batches, or of these customers only.

    Each batch is narrowed to float32 before the next is read, so memory holds the features once and one batch wide.
    """
    chosen = None if customers is None else pd.Index(list(customers))  # hashed once, not once a batch
    parts = [_narrow(batch.to_pandas(), keys, feature_names, chosen) for batch in batches]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*keys, *feature_names])


def _narrow(
    frame: pd.DataFrame, keys: Sequence[str], feature_names: Sequence[str], customers: pd.Index[str] | None
) -> pd.DataFrame:
    wanted = frame if customers is None else frame[frame["customer_id"].isin(customers)]
    wanted = wanted.reset_index(drop=True)
    return pd.concat([wanted[list(keys)], select_features(wanted, feature_names)], axis=1)
