"""The rows that scoring writes: one of scores a candidate, a few of reasons a scored customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from models.declare.examples import FloatArray
from models.explain.ranking import assign_bands, compute_percentiles, rank_scores
from models.explain.reasons import Reasons, describe_reasons
from pipelines.errors import ModelError
from pipelines.learning.populations import Candidates
from pipelines.learning.registry import Version
from pipelines.settings import Settings

_BATCH_ROWS = 100_000


def tabulate_scores(
    champion: Version, candidates: Candidates, now: FloatArray, before: FloatArray, base: float
) -> Iterator[pa.Table]:
    """Yield a row for every candidate: scored with its numbers, or withheld or excluded with its cause.

    `now` and `before` are the raw scores of the eligible, this month and the month before (NaN: not described then).
    The trend is the calibrated score less that of the same champion on the features of the month before.
    """
    rank, score = rank_scores(now), champion.calibration.apply(now)
    told: dict[str, Any] = {
        "score": score,
        "raw_score": now,
        "base_value": np.full(len(now), base),
        "rank": rank.astype(np.int32),
        "percentile": compute_percentiles(rank),
        "band": assign_bands(score, champion.spec.band_cuts).astype(object),
        "band_version": np.full(len(now), champion.spec.band_version, dtype=object),
        "trend": score - champion.calibration.apply(before),
    }
    place = np.full(len(candidates), -1, dtype=np.int64)
    place[candidates.places] = np.arange(len(now))
    for start in range(0, len(candidates), _BATCH_ROWS):
        rows = slice(start, start + _BATCH_ROWS)
        yield _tabulate_batch(champion, candidates.rows.slice(start, _BATCH_ROWS), place[rows], told)


def _tabulate_batch(champion: Version, rows: pa.Table, place: Any, told: Mapping[str, Any]) -> pa.Table:
    is_absent = place < 0
    numbers = {
        name: pa.array(values[place] if len(values) else np.zeros(len(place)), mask=is_absent, from_pandas=True)
        for name, values in told.items()
    }
    status = np.where(is_absent, rows["status"].to_numpy(), "scored").astype(object)
    table = pa.table({"customer_id": rows["customer_id"], "status": status, "cause": rows["cause"], **numbers})
    return stamp(table, {"model_version": champion.version, "model_as_of": champion.trained_as_of})


def build_batch_rows(
    champion: Version,
    customer_id: Any,
    features: pd.DataFrame,
    shapley: FloatArray,
    raw: FloatArray,
    base: float,
    settings: Settings,
) -> pa.Table:
    """Return the reasons of a batch of scored customers; reasons that do not add up are refused."""
    told = describe_reasons(champion.spec.features, features, shapley, base=base, raw=raw, count=settings.reason_count)
    return _tabulate_reasons(told, customer_id)


def stamp(rows: pa.Table, keys: Mapping[str, Any]) -> pa.Table:
    """Add columns that have one value in all rows."""
    for name, value in keys.items():
        rows = rows.append_column(name, pa.repeat(pa.scalar(value), rows.num_rows))
    return rows


def _tabulate_reasons(told: Reasons, customer_id: Any) -> pa.Table:
    return pa.table(
        {
            "customer_id": pa.array(customer_id).take(pa.array(told.row)),
            "place": pa.array(told.place, pa.int32()),
            "feature": pa.array(told.feature, pa.string()),
            "value": pa.array(told.value, pa.float64(), from_pandas=True),
            "shapley": pa.array(told.shapley, pa.float64()),
            "text_en": pa.array(told.text_en, pa.string()),
            "text_zh": pa.array(told.text_zh, pa.string()),
        }
    )


def refuse_unscored(name: str, as_of: Any, raw: FloatArray) -> None:
    """Refuse when an eligible customer has no features of the day: the run would be short of a row."""
    if np.isnan(raw).any():
        raise ModelError(
            f"{int(np.isnan(raw).sum())} eligible customers of {name} have no features as of {as_of}; expected all "
            f"{len(raw)}. Run `kcrm features --as-of {as_of}` again."
        )
