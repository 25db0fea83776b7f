"""Examples hold who was eligible and how it ended, once known; a rung is built once."""

from datetime import date

import pytest

from pipelines.errors import ModelError
from pipelines.features.build import build_features
from pipelines.learning.examples import build_as_of_examples, build_examples, list_label_binds, list_training_as_ofs
from pipelines.learning.populations import read_population
from pipelines.learning.specs import load_spec
from pipelines.settings import Settings, SourceSettings, add_months
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank


@pytest.fixture
def short(settings: Settings) -> Settings:
    """Settings whose ladder is three rungs as of 2022-12-01."""
    return settings.model_copy(
        update={"source": "t", "declared_sources": {"t": SourceSettings(first_training_as_of=date(2022, 4, 1))}}
    )


def test_rungs_are_the_months_whose_answer_is_known() -> None:
    rungs = list_training_as_ofs(date(2022, 4, 1), date(2022, 12, 1), 6)
    assert rungs == [date(2022, 4, 1), date(2022, 5, 1), date(2022, 6, 1)]
    with pytest.raises(ModelError, match="no answer is known as of 2022-09-01"):
        list_training_as_ofs(date(2022, 4, 1), date(2022, 9, 1), 6)


def test_twice_gives_the_same_rows_and_a_later_month_adds_its_rung(warehouse: Warehouse, short: Settings) -> None:
    fill_bank(warehouse, customers=12, until=date(2023, 1, 1))
    built = build_examples(warehouse, date(2022, 12, 1), short)
    first = _read(warehouse)
    assert build_examples(warehouse, date(2022, 12, 1), short) == built == len(first)
    assert _read(warehouse) == first
    build_examples(warehouse, date(2023, 1, 1), short)
    later = _read(warehouse)
    assert [row for row in later if row["as_of"] < date(2022, 7, 1)] == first
    assert {row["as_of"] for row in later if row not in first} <= {date(2022, 7, 1)}
    assert all(row["matured_on"] == add_months(row["as_of"], 6) for row in later)


def test_a_label_is_what_was_known_when_it_matured(warehouse: Warehouse, short: Settings) -> None:
    """The payment of the last month of the window, known only on the day it matured, does not count."""
    fill_bank(warehouse, customers=12, until=date(2023, 3, 1))
    spec, as_of = load_spec("prospect_growth"), date(2022, 8, 1)
    build_features(warehouse, as_of)
    build_as_of_examples(warehouse, spec, as_of)
    before = _read(warehouse)
    known = warehouse.read(spec.label_query, **list_label_binds(spec, as_of)).to_pylist()
    assert {row["customer_id"]: row["label"] for row in before}.items() <= {
        row["customer_id"]: row["label"] for row in known
    }.items()
    assert before


def test_population_accounts_for_every_customer(warehouse: Warehouse) -> None:
    fill_bank(warehouse, customers=12, until=date(2022, 5, 1))
    build_features(warehouse, date(2022, 5, 1))
    for name in ("prospect_growth", "key_account_distress"):
        rows = read_population(warehouse, load_spec(name), date(2022, 5, 1)).to_pandas()
        assert len(rows) == 12
        assert set(rows["status"]) == {"withheld"}
        assert set(rows["cause"]) == {"history_under_6_months"}


def _read(warehouse: Warehouse) -> list[dict[str, object]]:
    table = warehouse.select("select * from learn.examples order by model_name, as_of, customer_id")
    return table.to_pylist()
