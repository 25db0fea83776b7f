"""Rows of rules of long ago go, of those rules that are named and of no other, and never the run before."""

from collections.abc import Callable
from datetime import date

import pytest

from pipelines.features.build import build_features
from pipelines.publishing.publish import publish_run
from pipelines.rules.apply import apply_rules, list_unapplied
from pipelines.rules.catalog import list_rules
from pipelines.scoring.score import score_customers
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank

DAYS = (date(2022, 10, 1), date(2022, 11, 1), date(2022, 12, 1))


@pytest.fixture
def bank(
    filled_warehouse: Callable[[str, Callable[[Warehouse], None]], Warehouse],
    promote: Callable[[], None],
    settings: Settings,
) -> Warehouse:
    """Three months scored, each with its rules; the first two published."""
    promote()
    return filled_warehouse("three months scored", lambda warehouse: _score_three_months(warehouse, settings))


def _score_three_months(warehouse: Warehouse, settings: Settings) -> None:
    fill_bank(warehouse, customers=8, until=DAYS[-1])
    for as_of in DAYS:
        build_features(warehouse, as_of)
        score_customers(warehouse, as_of, settings)
        apply_rules(warehouse, as_of, settings.rulebook)
        if as_of != DAYS[-1]:
            publish_run(warehouse, as_of)


def months_of(warehouse: Warehouse, table: str) -> list[date]:
    """Return the as_ofs of which the table has rows."""
    return sorted(set(warehouse.select("select as_of from " + table)["as_of"].to_pylist()))


def test_the_last_as_ofs_keep_their_rows(bank: Warehouse) -> None:
    publish_run(bank, DAYS[-1], as_ofs_kept=2)
    assert months_of(bank, "crm.lifecycle_v1") == months_of(bank, "crm.customer_cards_v1") == list(DAYS[1:])
    assert months_of(bank, "crm.scores_v1") == list(DAYS)
    assert list_unapplied(bank, "2022-10-01.1") == [rule.name for rule in list_rules() if rule.is_pruned]
    assert list_unapplied(bank, "2022-11-01.1") == []


def test_nought_keeps_all(bank: Warehouse) -> None:
    publish_run(bank, DAYS[-1], as_ofs_kept=0)
    assert months_of(bank, "crm.lifecycle_v1") == list(DAYS)


def test_a_rule_that_declares_so_keeps_its_rows(bank: Warehouse) -> None:
    publish_run(bank, DAYS[-1], as_ofs_kept=2)
    assert months_of(bank, "crm.relationship_classes_v1") == list(DAYS)
    kept = {rule.name for rule in list_rules() if not rule.is_pruned}
    assert kept == {"alerts", "blacklist", "class_evidence", "class_transitions", "relationship_classes"}
