"""The scorer: a champion made ready, past which the customers' features stream batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from models.declare.examples import FloatArray
from models.explain.reasons import build_explainer, compute_base
from models.learn.learner import load_booster, score_raw
from pipelines.learning.frames import narrow_batch
from pipelines.learning.registry import Version
from pipelines.scoring.score_rows import build_batch_rows
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

Tell = Callable[[pa.Table], object]


class Scorer:
    """One champion, and the customers whom it scores; their order is that of every answer."""

    def __init__(self, champion: Version, customers: pd.Index[str], settings: Settings) -> None:
        self._champion, self._customers, self._settings = champion, customers, settings
        self._booster = load_booster(champion.model_text)
        self._explainer = build_explainer(self._booster)
        self.base = compute_base(self._booster)

    def score_month(self, warehouse: Warehouse, as_of: date, tell: Tell | None = None) -> FloatArray:
        """Return the customers' raw scores by their features of one month, NaN for who has none then.

        `tell` is handed the reasons of each batch.
        """
        raw = np.full(len(self._customers), np.nan)
        if not len(raw):
            return raw
        for batch in warehouse.stream("features/described_customers", self._settings.batch_rows, as_of=as_of):
            place = self._customers.get_indexer(pd.Index(batch.column("customer_id").to_numpy(zero_copy_only=False)))
            chosen = batch.filter(pa.array(place >= 0))
            if chosen.num_rows:
                raw[place[place >= 0]] = self._score_batch(chosen, tell)
        return raw

    def _score_batch(self, batch: pa.RecordBatch, tell: Tell | None) -> FloatArray:
        names, settings = self._champion.spec.feature_names, self._settings
        features = pd.DataFrame(narrow_batch(batch, names), columns=list(names), copy=False)
        raw = score_raw(self._booster, features, settings.num_threads)
        if tell is not None:
            customer_id = batch.column("customer_id")
            tell(build_batch_rows(self._champion, self._explainer, customer_id, features, raw, self.base, settings))
        return raw
