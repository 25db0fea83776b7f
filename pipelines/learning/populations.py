"""Populations: whom a model is asked about as of a day, and whom of them it may score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.declare.spec import ModelSpec
from pipelines.errors import ModelError
from pipelines.warehouse import Warehouse

STATUSES = ("eligible", "withheld", "excluded")
_KINDS = ("is_scored_population", "status", "cause")


@dataclass(frozen=True)
class Candidates:
    """The customers whom a model scores or says why not, by customer_id; `places` are the eligible ones.

    `eligible` are the ids of all eligible customers, scored or not: those among whom a customer is ranked.
    """

    rows: pa.Table
    places: NDArray[np.intp]
    eligible: pd.Index[str]

    def __len__(self) -> int:
        return self.rows.num_rows

    def index_eligible(self) -> pd.Index[str]:
        """Return the ids of the eligible, hashed to find which of them a batch holds."""
        return pd.Index(self.rows["customer_id"].take(pa.array(self.places)).to_numpy())

    def withhold_all(self, cause: str) -> Candidates:
        """Return the same customers, every one withheld for one cause."""
        told = [pa.repeat(pa.scalar(word), len(self)) for word in ("withheld", cause)]
        rows = pa.table([self.rows["customer_id"], *told], names=["customer_id", "status", "cause"])
        return Candidates(rows, self.places[:0], self.eligible)

    def withhold_not_excluded(self, cause: str) -> Candidates:
        """Return the same customers, withheld for one cause, but for the excluded, who stay so for theirs."""
        is_excluded = pc.equal(self.rows["status"], "excluded")
        status = pc.if_else(is_excluded, self.rows["status"], "withheld")
        causes = pc.if_else(is_excluded, self.rows["cause"].cast(pa.string()), cause)
        rows = pa.table({"customer_id": self.rows["customer_id"], "status": status, "cause": causes})
        return Candidates(rows, self.places[:0], self.eligible)


def count_population(warehouse: Warehouse, spec: ModelSpec, as_of: date) -> list[dict[str, Any]]:
    """Return how many customers there are of each status, cause and population, counted inside the engine.

    A status that nobody knows, and a cause that does not fit it, are refused.
    """
    counts = warehouse.count_by(spec.population_query, _KINDS, as_of=as_of)
    refuse_misfits(counts, spec, as_of)
    return counts


def read_population(warehouse: Warehouse, spec: ModelSpec, as_of: date) -> pa.Table:
    """Return customer_id, is_scored_population, status and cause of everybody asked about; what is amiss is refused."""
    count_population(warehouse, spec, as_of)
    rows = warehouse.read(spec.population_query, as_of=as_of)
    refuse_twice(rows["customer_id"], spec, as_of)
    return rows


def read_candidates(warehouse: Warehouse, spec: ModelSpec, as_of: date) -> Candidates:
    """Return the population that the model scores; no customer at all is refused, and one named twice.

    A bank may have customers and yet none to score, for instance no key account: then there are no candidates.
    """
    everyone = read_population(warehouse, spec, as_of)
    if not everyone.num_rows:
        raise ModelError(
            f"no customer is described as of {as_of}, so {spec.name} has nobody to score. "
            f"Run `kcrm features --as-of {as_of}`; when it describes nobody, landing holds no customer known before."
        )
    eligible = pd.Index(everyone.filter(pc.equal(everyone["status"], "eligible"))["customer_id"].to_numpy())
    rows = everyone.filter(everyone["is_scored_population"]).select(["customer_id", "status", "cause"])
    rows = rows.take(pc.sort_indices(rows["customer_id"])).combine_chunks()
    places = np.flatnonzero(pc.equal(rows["status"], "eligible").to_numpy(zero_copy_only=False))
    return Candidates(rows, places, eligible)


def refuse_misfits(counts: Iterable[Mapping[str, Any]], spec: ModelSpec, as_of: date) -> None:
    """Refuse a population with a status that nobody knows, or a cause that does not fit its status."""
    rows = list(counts)
    wrong = sum(row["row_count"] for row in rows if row["status"] not in STATUSES)
    silent = sum(row["row_count"] for row in rows if (row["status"] == "eligible") != (row["cause"] is None))
    if wrong or silent:
        raise ModelError(
            f"sql/{spec.population_query}.sql as of {as_of} gives {wrong} rows of unknown status and {silent} whose "
            "cause does not fit their status; expected eligible without a cause, withheld or excluded with one."
        )


def refuse_twice(ids: pa.ChunkedArray, spec: ModelSpec, as_of: date) -> None:
    """Refuse a customer who stands in a population more than once."""
    twice = len(ids) - pc.count_distinct(ids).as_py()
    if twice:
        raise ModelError(
            f"sql/{spec.population_query}.sql as of {as_of} gives {twice} customers twice; expected each once. Mend it."
        )
