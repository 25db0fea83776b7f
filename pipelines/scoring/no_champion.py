"""Models without a champion: their customers are withheld, the rules are published without their scores."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from models.declare.spec import ModelSpec
from pipelines.settings import Settings, add_months
from pipelines.warehouse import Warehouse

CAUSE = "no_champion"
_MONTHS_OF_HISTORY = 6  # a customer with less is withheld, see sql/learning/population_*.sql
logger = logging.getLogger(__name__)


def warn_of_no_champion(warehouse: Warehouse, as_of: date, specs: Sequence[ModelSpec], settings: Settings) -> None:
    """Log which models have no champion, what is published without them, and when the first training can be."""
    for spec in specs:
        logger.warning(
            "score: model %s has no champion, so its customers are withheld as of %s (cause %s). What needs no score "
            "is published: contribution, tiers, classes by their floors, alerts. %s",
            spec.name,
            as_of,
            CAUSE,
            describe_first_training(warehouse, as_of, spec, settings),
        )


def describe_first_training(warehouse: Warehouse, as_of: date, spec: ModelSpec, settings: Settings) -> str:
    """Return a sentence on the first as-of date on which the history is long enough to train the model."""
    first_month = warehouse.read("scoring/first_month", as_of=as_of)["first_month"][0].as_py()
    if first_month is None:
        return "No transaction is received yet, so no training can be planned."
    trained = find_first_training(first_month, settings.first_training_as_of, spec.horizon_months)
    if as_of < trained:
        return (
            f"The history starts in {first_month:%Y-%m}: a customer can be scored from "
            f"{add_months(first_month, _MONTHS_OF_HISTORY)} on, and the first training that can be tested is as of "
            f"{trained}, with some twenty events by then. Run `kcrm examples` and `kcrm train` then."
        )
    return (
        f"The history from {first_month:%Y-%m} is long enough since {trained}. Run `kcrm examples --as-of {as_of}`, "
        f"then `kcrm train --as-of {as_of} --model {spec.name}`, which says what is missing."
    )


def find_first_training(first_month: date, first_training_as_of: date, horizon_months: int) -> date:
    """Return the first as-of date with a tested training: a horizon for the answers, and one between fit and test."""
    oldest = max(first_training_as_of, add_months(first_month, _MONTHS_OF_HISTORY))
    return add_months(oldest, 2 * horizon_months)
