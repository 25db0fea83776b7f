"""The truth never leaks: no landing table has a column or a word of it, and no column gives the hidden state away."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demo.economy import STAGES
from demo.states import STATES
from tests.demo.bank_tables import KEYS, BankTables

OF_TRUTH = {"hidden_state", "true_growth", "true_distress", "state", "stage", "level", "probability"}
WORDS = {*STATES, *STAGES, "slump"}


def test_the_words_sought_are_those_of_the_truth(bank_tables: BankTables) -> None:
    states = {state for (state,) in bank_tables.ask("select distinct hidden_state from customer_months")}
    assert states == set(STATES) <= WORDS


@pytest.mark.parametrize("name", sorted(KEYS))
def test_no_column_and_no_word_of_the_truth_stands_in_a_landing_table(bank_tables: BankTables, name: str) -> None:
    table = pq.read_table(bank_tables.folder / f"{name}.parquet")
    parts = {part for column in table.column_names for part in (column, *column.split("_"))}
    assert not parts & OF_TRUTH
    for column in table.columns:
        if pa.types.is_string(column.type):
            words = {word.lower() for value in column.unique().to_pylist() if value for word in value.split()}
            assert not words & WORDS


def test_nothing_told_once_a_customer_tells_its_state(bank_tables: BankTables) -> None:
    """The most telling single value, class5, leaves most of the failing unseen and accuses mostly others."""
    seen = "select class5 > 1 as is_bad, hidden_state = 'failing' as fails from last_loan_months as m"
    same = "join customer_months as t on t.customer_id = m.customer_id and t.as_of = m.month + interval 1 month"
    caught, wrong = bank_tables.ask(f"""
        select avg(is_bad::int) filter (fails), avg((not fails)::int) filter (is_bad) from ({seen} {same})""")[0]
    assert caught < 0.9
    assert wrong > 0.3
