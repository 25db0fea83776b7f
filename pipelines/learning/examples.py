"""Examples: who was eligible on each past as_of, and how it ended, once that is known."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

from models.declare.spec import ModelSpec
from pipelines.errors import ModelError
from pipelines.features.build import describe_as_ofs
from pipelines.features.families import EVERYBODY
from pipelines.learning.draw import draw_share
from pipelines.learning.populations import read_population
from pipelines.learning.specs import load_specs, set_labels
from pipelines.settings import Settings, add_months
from pipelines.warehouse import Warehouse
from pipelines.warehouse.queries import list_binds

logger = logging.getLogger(__name__)


def build_examples(warehouse: Warehouse, as_of: date, settings: Settings, rebuild: bool = False) -> int:
    """Gather every model's examples whose answers were known before `as_of`; return how many there are.

    Training as-of dates are monthly from settings.first_training_as_of. A date once built is kept, so a month costs
    one month's work: its answer is what was known on the day it matured, and a later correction does not rewrite it.
    Of more customers than settings.train_customers only the share is described that training draws.
    `rebuild` builds every date again, which a change of the features', a population's or a label's query needs.
    """
    specs = {name: set_labels(spec, settings) for name, spec in load_specs().items()}
    shortest = min(spec.horizon_months for spec in specs.values())
    share = draw_share(warehouse, as_of, settings.train_customers)
    as_ofs = list_training_as_ofs(settings.first_training_as_of, as_of, shortest)
    describe_as_ofs(warehouse, as_ofs, settings.rulebook, rebuild, share)
    total = 0
    for spec in specs.values():
        as_ofs = list_training_as_ofs(settings.first_training_as_of, as_of, spec.horizon_months)
        built = build_model_examples(warehouse, spec, as_ofs, rebuild, share)
        total += count_examples(warehouse, spec, as_of)
        logger.info("examples: %d as-of dates of %s built as of %s", built, spec.name, as_of)
    return total


def list_training_as_ofs(first_training_as_of: date, as_of: date, horizon_months: int) -> list[date]:
    """Return the training as-of dates whose answer is known before `as_of`; ModelError when there is none."""
    last = add_months(as_of, -horizon_months)
    count = (last.year - first_training_as_of.year) * 12 + last.month - first_training_as_of.month + 1
    if count < 1:
        raise ModelError(
            f"no answer is known as of {as_of}: training starts on {first_training_as_of} and an answer takes "
            f"{horizon_months} months; train later, or set first_training_as_of of this source in kcrm.toml."
        )
    return [add_months(first_training_as_of, number) for number in range(count)]


def build_model_examples(
    warehouse: Warehouse, spec: ModelSpec, as_ofs: list[date], rebuild: bool, md5_below: str = EVERYBODY
) -> int:
    """Build the as-of dates that are missing, or built of fewer customers, or all; return how many were built."""
    binds = {"model_name": spec.name, "label_version": spec.label_version, "md5_below": md5_below}
    built = set() if rebuild else set(warehouse.read("learning/built_as_ofs", **binds)["as_of"].to_pylist())
    missing = [as_of for as_of in as_ofs if as_of not in built]
    for as_of in missing:
        build_as_of_examples(warehouse, spec, as_of, md5_below)
    return len(missing)


def build_as_of_examples(warehouse: Warehouse, spec: ModelSpec, as_of: date, md5_below: str = EVERYBODY) -> int:
    """Join the eligible of one as_of to their answers, and put them in the place of what was there."""
    import pyarrow as pa

    matured_on = add_months(as_of, spec.horizon_months)
    rows = read_population(warehouse, spec, as_of).to_pandas().query("status == 'eligible'")
    labels = warehouse.read(spec.label_query, **list_label_binds(spec, as_of)).to_pandas()
    answered = rows.merge(labels, on="customer_id", how="inner", validate="one_to_one").dropna(subset="label")
    table = pa.table(
        {
            "model_name": [spec.name] * len(answered),
            "as_of": [as_of] * len(answered),
            "customer_id": pa.array(answered["customer_id"], pa.string()),
            "label_version": [spec.label_version] * len(answered),
            "is_scored_population": pa.array(answered["is_scored_population"], pa.bool_()),
            "label": pa.array(answered["label"].astype(bool), pa.bool_()),
            "matured_on": [matured_on] * len(answered),
        }
    )
    draw = {"model_name": spec.name, "label_version": spec.label_version, "as_of": as_of, "md5_below": md5_below}
    key = {"model_name": spec.name, "as_of": as_of}
    with warehouse.transaction():
        warehouse.replace("learn.example_draws", pa.Table.from_pylist([draw]), key)
        return warehouse.replace("learn.examples", table, key)


def list_label_binds(spec: ModelSpec, as_of: date) -> dict[str, Any]:
    """Return the binds of the spec's label query for one as_of: the label is read as it was known when it matured."""
    matured_on = add_months(as_of, spec.horizon_months)
    given = {
        "as_of": as_of,
        "matured_on": matured_on,
        "known_before": matured_on,
        "horizon_months": spec.horizon_months,
    }
    read = list_binds(spec.label_query)
    return {name: value for name, value in given.items() if name in read} | dict(spec.label_binds)


def count_examples(warehouse: Warehouse, spec: ModelSpec, as_of: date) -> int:
    """Return how many examples the model has whose answers were known before `as_of`."""
    binds = {"model_name": spec.name, "label_version": spec.label_version, "as_of": as_of}
    return int(warehouse.read("learning/count_examples", **binds)["row_count"][0].as_py())
