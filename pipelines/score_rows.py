"""The rows that scoring writes: one of scores a candidate, a few of reasons a scored customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from models.examples import FloatArray
from models.learner import load_booster, score_raw
from models.ranking import assign_bands, compute_percentiles, rank_scores
from models.reasons import Reasons, compute_base, explain_rows, tell_reasons
from pipelines.errors import ModelError
from pipelines.registry import Version
from pipelines.settings import Settings


@dataclass(frozen=True)
class Scored:
    """Customers of one month with their raw scores, by customer_id; `base` is what every score starts from."""

    customer_id: NDArray[np.str_]
    features: pd.DataFrame
    raw: FloatArray
    base: float

    def __len__(self) -> int:
        return len(self.raw)


def score_frame(champion: Version, frame: pd.DataFrame, num_threads: int) -> Scored:
    """Score a frame of customer_id and features; no rows give no scores."""
    ordered = frame.sort_values("customer_id", ignore_index=True)
    ids = ordered["customer_id"].to_numpy(dtype=str)
    features = ordered[list(champion.spec.feature_names)]
    if not len(ordered):
        return Scored(ids, features, np.zeros(0), 0.0)
    booster = load_booster(champion.model_text)
    return Scored(ids, features, score_raw(booster, features, num_threads), compute_base(booster, features))


def tabulate_scores(
    champion: Version, candidates: pd.DataFrame, now: Scored, before: Scored, keys: Mapping[str, Any]
) -> pa.Table:
    """Return a row for every candidate: scored with its numbers, or withheld or excluded with its cause.

    The trend is the calibrated score less that of the same champion on the features of the month before.
    """
    rank = rank_scores(now.raw, now.customer_id)
    score = champion.calibration.apply(now.raw)
    earlier = pd.Series(champion.calibration.apply(before.raw), index=before.customer_id)
    numbers = pd.DataFrame(
        {
            "customer_id": now.customer_id,
            "score": score,
            "raw_score": now.raw,
            "base_value": now.base,
            "rank": rank,
            "percentile": compute_percentiles(rank),
            "band": assign_bands(score, champion.spec.band_cuts),
            "band_version": champion.spec.band_version,
            "trend": score - earlier.reindex(now.customer_id).to_numpy(dtype=np.float64),
        }
    )
    rows = candidates[["customer_id", "status", "cause"]].merge(numbers, on="customer_id", how="left")
    rows["status"] = rows["status"].replace({"eligible": "scored"})
    rows["model_version"] = champion.version
    rows["model_as_of"] = champion.trained_as_of
    rows["rank"] = rows["rank"].astype("Int32")
    _refuse_miscount(rows, len(candidates), len(now))
    return stamp(pa.Table.from_pandas(rows, preserve_index=False), keys)


def explain_batches(
    champion: Version, scored: Scored, keys: Mapping[str, Any], settings: Settings
) -> Iterator[pa.RecordBatch]:
    """Yield the reasons of settings.batch_rows customers at a time; reasons that do not add up are refused."""
    booster = load_booster(champion.model_text)
    for start in range(0, len(scored), settings.batch_rows):
        rows = slice(start, start + settings.batch_rows)
        features, raw = scored.features.iloc[rows], scored.raw[rows]
        shapley = explain_rows(booster, features, settings.num_threads)
        told = tell_reasons(
            champion.spec.features, features, shapley, base=scored.base, raw=raw, count=settings.reason_count
        )
        yield from stamp(_tabulate_reasons(told, scored.customer_id[rows]), keys).to_batches()


def stamp(rows: pa.Table, keys: Mapping[str, Any]) -> pa.Table:
    """Add columns that have one value in all rows."""
    for name, value in keys.items():
        rows = rows.append_column(name, pa.array([value] * rows.num_rows, pa.scalar(value).type))
    return rows


def _tabulate_reasons(told: Reasons, customer_id: NDArray[np.str_]) -> pa.Table:
    return pa.table(
        {
            "customer_id": pa.array(customer_id[told.row].tolist(), pa.string()),
            "place": pa.array(told.place, pa.int32()),
            "feature": pa.array(told.feature, pa.string()),
            "value": pa.array(told.value, pa.float64(), from_pandas=True),
            "shapley": pa.array(told.shapley, pa.float64()),
            "text_en": pa.array(told.text_en, pa.string()),
            "text_zh": pa.array(told.text_zh, pa.string()),
        }
    )


def _refuse_miscount(rows: pd.DataFrame, candidates: int, scored: int) -> None:
    """Refuse unless candidates = scored + withheld + excluded, and just the scored have numbers."""
    counts = rows["status"].value_counts()
    told = sum(int(counts.get(status, 0)) for status in ("scored", "withheld", "excluded"))
    if not (
        len(rows) == told == candidates and int(counts.get("scored", 0)) == int(rows["score"].notna().sum()) == scored
    ):
        raise ModelError(
            f"{candidates} candidates gave {len(rows)} rows, {told} of a known status, {scored} scored; expected "
            "candidates = scored + withheld + excluded. Check the population's query for customers named twice."
        )
