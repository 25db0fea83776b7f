"""Feeds: the landing tables that models read as flows, and which of them have been silent too long to score by."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date

from models.declare.spec import ModelSpec
from pipelines.errors import ModelError
from pipelines.rules.families.data_quality import FreshnessParameters
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)


def list_stale_feeds(
    warehouse: Warehouse, as_of: date, freshness: FreshnessParameters, specs: Mapping[str, ModelSpec]
) -> list[str]:
    """Return the feeds of these models whose last row is older than [rules.freshness] allows, and log each.

    ModelError for a feed that sql/scoring/feeds.sql does not read.
    """
    rows = warehouse.read("scoring/feeds", as_of=as_of).to_pylist()
    last_known_on = {row["table_name"]: row["last_known_on"] for row in rows}
    needed = list(dict.fromkeys(feed for spec in specs.values() for feed in spec.feeds))
    refuse_unknown_feeds(specs, list(last_known_on))
    stale = [feed for feed in needed if freshness.is_stale(feed, last_known_on[feed], as_of)]
    for table in stale:
        logger.warning(
            "score: the last row of %s as of %s is known on %s, over %d days before, so %s are withheld. Wait for the "
            "feed and extract again, or raise %s_days of [rules.freshness] in kcrm.toml",
            table,
            as_of,
            last_known_on[table],
            freshness.lag_days(table),
            " and ".join(sorted(name for name, spec in specs.items() if table in spec.feeds)),
            table,
        )
    return stale


def refuse_unknown_feeds(specs: Mapping[str, ModelSpec], known: Sequence[str]) -> None:
    """Raise ModelError for a model with a feed that is none of the `known` landing tables."""
    for spec in specs.values():
        unknown = [feed for feed in spec.feeds if feed not in known]
        if unknown:
            raise ModelError(
                f"model {spec.name} declares feeds {unknown}; expected landing tables that sql/scoring/feeds.sql "
                f"reads: {', '.join(known)}. Correct feeds in its declaration, or add the table to that query."
            )


def find_cause(spec: ModelSpec, stale: Sequence[str]) -> str | None:
    """Return why all customers of a model are withheld, such as stale_events; None where all its feeds are fresh."""
    return next((f"stale_{table}" for table in spec.feeds if table in stale), None)
