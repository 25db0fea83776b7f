"""Feeds: which landing tables each model reads as flows, and which of them have been silent too long to score by."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from pipelines.rules.data_quality import FreshnessParameters
from pipelines.warehouse import Warehouse

# Where one of these falls silent, its silence reads as decline, or hides it; the first that is stale is named as cause.
FEEDS_OF_MODEL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "prospect_growth": ("transactions",),
        "key_account_distress": ("transactions", "loan_months", "events"),
    }
)
logger = logging.getLogger(__name__)


def list_stale_feeds(warehouse: Warehouse, as_of: date, freshness: FreshnessParameters) -> list[str]:
    """Return the feeds that spoke last longer before `as_of` than [rules.freshness] declares, and log each."""
    spoken = {
        row["table_name"]: row["last_known_on"] for row in warehouse.read("scoring/feeds", as_of=as_of).to_pylist()
    }
    stale = [table for table, last in spoken.items() if freshness.is_stale(table, last, as_of)]
    for table in stale:
        logger.warning(
            "score: the last row of %s as of %s is known on %s, over %d days before, so %s are withheld. Wait for the "
            "feed and extract again, or raise %s_days of [rules.freshness] in kcrm.toml",
            table,
            as_of,
            spoken[table],
            freshness.lag_days(table),
            " and ".join(sorted(name for name, feeds in FEEDS_OF_MODEL.items() if table in feeds)),
            table,
        )
    return stale


def find_cause(model_name: str, stale: list[str]) -> str | None:
    """Return why a model may score nobody, such as stale_events; none where all that it reads is fresh."""
    return next((f"stale_{table}" for table in FEEDS_OF_MODEL[model_name] if table in stale), None)
