"""Rows: a bank brought as far as its features, and its examples beside what was true of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from demo.bank import END, write_bank
from models.declare.examples import Examples, FloatArray, arrange_examples
from models.declare.spec import ModelSpec
from pipelines.features.build import describe_as_ofs
from pipelines.features.facts import build_facts
from pipelines.ingest.extract import extract_source
from pipelines.learning.examples import build_model_examples
from pipelines.learning.frames import gather_frame
from pipelines.learning.populations import read_population
from pipelines.learning.train import read_examples
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from pipelines.warehouse.migrations import migrate_warehouse

TRUTHS = {"prospect_growth": "true_growth", "key_account_distress": "true_distress"}


@dataclass(frozen=True)
class KnownRows:
    """Examples and, for each, the true probability of what its model foresees."""

    examples: Examples
    truth: FloatArray

    def take(self, as_ofs: Iterable[date], *, only_scored: bool = False) -> KnownRows:
        """Return the rows of these as_ofs, all of them or those of the scored population."""
        days = np.array(sorted(as_ofs), dtype="datetime64[D]")
        chosen = np.isin(self.examples.as_of, days) & (self.examples.is_scored | (not only_scored))
        return KnownRows(self.examples.take(chosen), self.truth[chosen])


def fill_warehouse(warehouse: Warehouse, settings: Settings, as_ofs: Sequence[date], end: date = END) -> None:
    """Bring a written bank as far as its features of these as_ofs."""
    migrate_warehouse(warehouse)
    extract_source(warehouse, end, settings)
    build_facts(warehouse, end)
    describe_as_ofs(warehouse, list(as_ofs))


def write_side(
    settings: Settings, customers: int, months: int, seed: int, end: date = END, customers_seed: int | None = None
) -> Path:
    """Write one bank and its truth, and return its folder.

    What an earlier trial left there goes first: features and answers of another bank would meet this one's truth.
    """
    shutil.rmtree(settings.var, ignore_errors=True)
    folder = settings.var / "bank"
    write_bank(folder, customers, months, seed, end=end, customers_seed=customers_seed)
    return folder


def read_known_rows(warehouse: Warehouse, spec: ModelSpec, as_ofs: Sequence[date], bank: Path) -> KnownRows:
    """Return the answered examples of these as_ofs with their truth."""
    build_model_examples(warehouse, spec, list(as_ofs), rebuild=False)
    examples = arrange_examples(read_examples(warehouse, spec, END, spec.feature_names), spec.feature_names)
    return KnownRows(examples, find_truth(examples, spec, read_truth(bank)))


def read_taught_rows(warehouse: Warehouse, spec: ModelSpec, as_ofs: Sequence[date], bank: Path) -> KnownRows:
    """Return everybody eligible on these as_ofs with the truth; the teacher needs no answers, so none is read."""
    frame = pd.concat([_describe_eligible(warehouse, spec, as_of) for as_of in as_ofs], ignore_index=True)
    examples = arrange_examples(frame, spec.feature_names)
    return KnownRows(examples, find_truth(examples, spec, read_truth(bank)))


def _describe_eligible(warehouse: Warehouse, spec: ModelSpec, as_of: date) -> pd.DataFrame:
    people = read_population(warehouse, spec, as_of).to_pandas().query("status == 'eligible'")
    batches = warehouse.stream("features/described_customers", as_of=as_of)
    frame = gather_frame(batches, ("customer_id",), spec.feature_names)
    chosen = frame.merge(people[["customer_id", "is_scored_population"]], on="customer_id", validate="one_to_one")
    return chosen.assign(as_of=as_of, label=False)


def read_truth(bank: Path) -> pd.DataFrame:
    """Return the truth of a bank by customer_id and as_of."""
    rows = pq.read_table(bank / "truth" / "customer_months.parquet").to_pandas()
    return rows.set_index(["as_of", "customer_id"])


def find_truth(examples: Examples, spec: ModelSpec, truth: pd.DataFrame) -> FloatArray:
    """Return the true probability of each example; one without is refused."""
    keys = pd.MultiIndex.from_arrays([examples.as_of.astype("O"), examples.customer_id])
    found = truth[TRUTHS[spec.name]].reindex(keys).to_numpy(dtype=np.float64)
    if np.isnan(found).any():
        raise KeyError(f"{int(np.isnan(found).sum())} examples of {spec.name} have no truth; is it of another bank?")
    return found
