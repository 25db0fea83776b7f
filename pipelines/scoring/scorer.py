"""The scorer: a champion made ready, past which the customers' features stream batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from models.declare.examples import FloatArray
from models.explain.reasons import build_model_explainer, compute_model_base
from models.learn.fitted import Month, read_model
from pipelines.learning.draw import draw_share
from pipelines.learning.frames import gather_frame, narrow_batch
from pipelines.learning.registry import Version
from pipelines.scoring.score_rows import build_batch_rows
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

Tell = Callable[[pa.Table], object]


class Scorer:
    """One champion, and the customers whom it scores; their order is that of every answer.

    `base` is what the reasons of the month scored last start from.
    """

    def __init__(
        self, champion: Version, customers: pd.Index[str], eligible: pd.Index[str], settings: Settings
    ) -> None:
        self._champion, self._customers, self._eligible, self._settings = champion, customers, eligible, settings
        self._model = read_model(champion.model_text)
        self._explainer = build_model_explainer(self._model)
        self.base = 0.0

    def score_month(self, warehouse: Warehouse, as_of: date, tell: Tell | None = None) -> FloatArray:
        """Return the customers' raw scores by their features of one month, NaN for who has none then.

        `tell` is handed the reasons of each batch.
        """
        raw = np.full(len(self._customers), np.nan)
        if not len(raw):
            return raw
        month = self.describe_month(warehouse, as_of)
        self.base = compute_model_base(self._model, month)
        for batch in warehouse.stream("features/described_customers", self._settings.batch_rows, as_of=as_of):
            place = self._customers.get_indexer(pd.Index(batch.column("customer_id").to_numpy(zero_copy_only=False)))
            chosen = batch.filter(pa.array(place >= 0))
            if chosen.num_rows:
                raw[place[place >= 0]] = self._score_batch(chosen, month, tell)
        return raw

    def describe_month(self, warehouse: Warehouse, as_of: date) -> Month:
        """Return the quantiles and means of the eligible customers' month, from the share that training draws.

        They are made of the whole month at once, so a score does not depend on the size of a batch.
        """
        names, settings = self._champion.spec.feature_names, self._settings
        if not self._model.is_centred:
            return self._model.describe_month(pd.DataFrame(columns=list(names)), settings.num_threads)
        share = draw_share(warehouse, as_of, settings.train_customers)
        batches = warehouse.stream("scoring/month_sample", settings.batch_rows, as_of=as_of, md5_below=share)
        sample = gather_frame(batches, ("customer_id",), names)
        features = sample.loc[sample["customer_id"].isin(self._eligible), list(names)].reset_index(drop=True)
        return self._model.describe_month(features, settings.num_threads)

    def _score_batch(self, batch: pa.RecordBatch, month: Month, tell: Tell | None) -> FloatArray:
        names, settings = self._champion.spec.feature_names, self._settings
        features = pd.DataFrame(narrow_batch(batch, names), columns=list(names), copy=False)
        raw = self._model.score(features, month, settings.num_threads)
        if tell is not None:
            shapley = self._explainer.explain(features, month, settings.num_threads)
            customer_id = batch.column("customer_id")
            tell(build_batch_rows(self._champion, customer_id, features, shapley, raw, self.base, settings))
        return raw
