"""A publication by mistake is taken back with what it closed, and the months go on as if it had not been."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from pipelines.errors import PublicationError
from pipelines.features.build import build_features
from pipelines.features.facts import build_facts
from pipelines.ledger.watermarks import record_watermark
from pipelines.publishing.publish import publish_run
from pipelines.publishing.withdraw import withdraw_as_of
from pipelines.rules.apply import apply_rules
from pipelines.scoring.score import score_customers
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, append_new
from tests.pipelines.small_bank import fill_bank

NOVEMBER, DECEMBER, JANUARY = date(2022, 11, 1), date(2022, 12, 1), date(2023, 1, 1)
TABLES = ["landing.customers", "landing.transactions", "landing.events"]
TOTALS = "select sum(inflow_amount) as total from facts.customer_month"
LATE = (("early", date(2022, 9, 20)), ("late", date(2022, 11, 20)))


@pytest.fixture
def bank(
    filled_warehouse: Callable[[str, Callable[[Warehouse], None]], Warehouse],
    promote: Callable[[], None],
    settings: Settings,
) -> Warehouse:
    """A bank published as of November and December, to which rows of before December have come since."""
    promote()
    warehouse = filled_warehouse("described in two months", _describe_two_months)
    for as_of in (NOVEMBER, DECEMBER):
        publish(warehouse, as_of, settings)
        record_watermark(warehouse, "features", as_of, 1)
    append_new(warehouse, "landing.transactions", late_rows(warehouse), ["transaction_id"], DECEMBER)
    return warehouse


def _describe_two_months(warehouse: Warehouse) -> None:
    fill_bank(warehouse, customers=8, until=DECEMBER)
    build_features(warehouse, NOVEMBER)
    build_features(warehouse, DECEMBER)


def publish(warehouse: Warehouse, as_of: date, settings: Settings) -> str:
    score_customers(warehouse, as_of, settings)
    apply_rules(warehouse, as_of, settings.rulebook)
    return publish_run(warehouse, as_of)


def late_rows(warehouse: Warehouse) -> pa.Table:
    """Return two rows of a customer, stated known before both publications and between them."""
    names = [name for name in warehouse.columns("landing.transactions") if name != "source_known_on"]
    like = warehouse.select("select * from landing.transactions order by transaction_id limit 1").to_pylist()[0]
    rows = [like | {"transaction_id": key, "known_on": day, "booked_on": day} for key, day in LATE]
    return pa.Table.from_pylist([{name: row[name] for name in names} for row in rows])


def known_days(warehouse: Warehouse) -> dict[str, date]:
    rows = warehouse.select(
        "select transaction_id, known_on from landing.transactions where transaction_id in ('early', 'late')"
    ).to_pylist()
    return {row["transaction_id"]: row["known_on"] for row in rows}


def rows_of(warehouse: Warehouse, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = warehouse.select(query).to_pylist()
    return rows


def test_the_crm_reads_the_date_before_and_late_rows_count_from_their_own_day(bank: Warehouse) -> None:
    assert known_days(bank) == {"early": DECEMBER, "late": DECEMBER}
    assert withdraw_as_of(bank, DECEMBER, TABLES) == "2022-11-01.1"
    assert rows_of(bank, "select run_id, as_of from crm.current_run") == [{"run_id": "2022-11-01.1", "as_of": NOVEMBER}]
    assert known_days(bank) == {"early": NOVEMBER, "late": date(2022, 11, 20)}
    assert rows_of(bank, "select run_id from crm.scores_v1 where run_id = '2022-12-01.1'") == []
    assert rows_of(bank, "select distinct run_id from ops.run_measures") == [{"run_id": "2022-11-01.1"}]
    assert rows_of(bank, "select state from ops.runs where run_id = '2022-12-01.1'") == [{"state": "withdrawn"}]


def test_what_was_computed_after_the_date_before_is_computed_again(bank: Warehouse, settings: Settings) -> None:
    withdraw_as_of(bank, DECEMBER, TABLES)
    assert rows_of(bank, "select as_of from ops.watermarks") == [{"as_of": NOVEMBER}]
    assert rows_of(bank, "select max(as_of) as as_of from features.descriptions") == [{"as_of": NOVEMBER}]
    build_facts(bank, DECEMBER)
    again = rows_of(bank, TOTALS)
    build_facts(bank, DECEMBER, rebuild=True)
    assert rows_of(bank, TOTALS) == again, "as if all months had been summed for the first time"
    build_features(bank, DECEMBER)
    assert publish(bank, DECEMBER, settings) == "2022-12-01.2"
    assert rows_of(bank, "select run_id from crm.current_run") == [{"run_id": "2022-12-01.2"}]


def test_after_the_first_publication_is_withdrawn_the_crm_reads_no_run(bank: Warehouse, settings: Settings) -> None:
    withdraw_as_of(bank, DECEMBER, TABLES)
    assert withdraw_as_of(bank, NOVEMBER, TABLES) == ""
    assert rows_of(bank, "select run_id from crm.current_run") == []
    assert rows_of(bank, "select run_id from crm.scores") == []
    assert known_days(bank) == dict(LATE)
    build_facts(bank, NOVEMBER)
    build_features(bank, NOVEMBER)
    assert publish(bank, NOVEMBER, settings) == "2022-11-01.2"


def test_only_the_last_published_date_can_be_withdrawn(bank: Warehouse) -> None:
    with pytest.raises(PublicationError, match=r"2022-11-01 cannot be withdrawn .* dates 2022-12-01\. With"):
        withdraw_as_of(bank, NOVEMBER, TABLES)
    with pytest.raises(PublicationError, match=r"2023-01-01 is not published\. Published are: 2022-11-01, 2022-12-01"):
        withdraw_as_of(bank, JANUARY, TABLES)
    assert rows_of(bank, "select run_id from crm.current_run") == [{"run_id": "2022-12-01.1"}]
