"""The draw: which customers models learn from when the bank has more than settings.train_customers."""

from __future__ import annotations

import logging
from datetime import date

from pipelines.features.families import EVERYBODY
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)
_STEPS = 16**3


def draw_share(warehouse: Warehouse, as_of: date, most_customers: int | None) -> str:
    """Return the md5 bound below which about `most_customers` of the customers known before `as_of` lie."""
    customers = int(warehouse.read("learning/count_known_customers", as_of=as_of)["customer_count"][0].as_py())
    share = choose_share(customers, most_customers)
    if share != EVERYBODY:
        logger.info("draw: about %s of %d customers (setting train_customers)", most_customers, customers)
    return share


def choose_share(customers: int, most_customers: int | None) -> str:
    """Return three hexadecimal digits, rounded up, or EVERYBODY when there are no more customers than that.

    Three digits only: a few customers more or less must not widen the share, as every training as-of date is then
    described again.
    """
    if most_customers is None or customers <= most_customers:
        return EVERYBODY
    steps = -(-most_customers * _STEPS // customers)
    return EVERYBODY if steps >= _STEPS else f"{steps:03x}"
