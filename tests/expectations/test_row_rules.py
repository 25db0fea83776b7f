"""Every promise about rows: a row that breaks it, and a sound row that does not, on every engine."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from pipelines.checks.quarantine import quarantine_rows
from pipelines.checks.suites import ROW_RULE, load_suites
from pipelines.ingest.contract import LANDING_TABLES
from pipelines.warehouse import Warehouse
from tests.expectations import rows_of_contracts, rows_of_exposures, rows_of_flows, rows_of_registers
from tests.landing_rows import SOUND as SOUND_ROWS
from tests.landing_rows import complete_row, put_rows

AS_OF = date(2020, 1, 1)
KEYS = {table.name: table.key for table in LANDING_TABLES}
Row = dict[str, Any]

CASES = (rows_of_flows, rows_of_contracts, rows_of_registers, rows_of_exposures)
# For each promise, rows that break it and nothing else; for each table, rows near the edge that break nothing.
BREAKING = {of: rows for cases in CASES for of, rows in cases.BREAKING.items()}
SOUND = {table: rows for cases in CASES for table, rows in cases.SOUND.items()}

OF_REGISTERS = {"is_branch_known", "is_manager_known", "is_product_known"}

# What other tables know, where a promise asks for it; each has a row that comes a day too late to count.
TOO_LATE = {"known_on": AS_OF, "source_known_on": AS_OF}
OWN_CUSTOMERS = [f"k{place}" for place in range(60)] + ["in_wan", "grown"]  # of tables whose key is the customer
CONTEXT: dict[str, list[Row]] = {
    "customers": [{"customer_id": name} for name in ("c1", *OWN_CUSTOMERS)],
    "branches": [{}],
    "managers": [{}],
    "products": [{}, {"product_id": "W01", "kind": "wealth"}, {"product_id": "L01", "kind": "overdraft"}],
    "accounts": [
        {},
        {"account_id": "overdrawn", "product_id": "L01"},
        {"account_id": "product_unknown", "product_id": "X01"},
        {"account_id": "known_on_as_of", "product_id": "L01"} | TOO_LATE,
    ],
}
for _name, _rows in CONTEXT.items():
    if _name != "accounts":
        _rows.append({KEYS[_name][0]: "known_on_as_of"} | TOO_LATE)


def _row_rules(table: str) -> set[str]:
    (suite,) = [one for one in load_suites() if one.table == table]
    rules = [one for one in suite.promises if one.expectation["type"] == ROW_RULE and not one.counts_bad_rows]
    return {name for one in rules for name in one.kwargs["promises"]}


def _rows_with_broken_promises(table: str) -> list[tuple[Row, set[str]]]:
    """Return rows with the promises that each must break, each under its own key unless it gives one."""
    cases = [(row, {promise}) for (of, promise), rows in BREAKING.items() if of == table for row in rows]
    cases += [(row, set()) for row in SOUND[table]]
    return [(_name_key(table, place) | row, broken) for place, (row, broken) in enumerate(cases)]


def _name_key(table: str, place: int) -> Row:
    """Return a key of its own for the row at a place: an id, or a day."""
    first = KEYS[table][0]
    return {first: f"k{place}" if first != "day" else AS_OF + timedelta(days=place)}


def _put_context(warehouse: Warehouse, is_empty: bool = False) -> None:
    for table, rows in CONTEXT.items():
        put_rows(warehouse, table, [] if is_empty else rows)


def _judge(warehouse: Warehouse, table: str, as_of: date = AS_OF) -> dict[str, set[str]]:
    """Return for each row key the promises that the query says are broken."""
    rows = warehouse.read(f"checks/{table}", as_of=as_of).to_pylist()
    return {row["row_key"]: {name for name, is_kept in row.items() if is_kept is False} for row in rows}


def _key_of(table: str, row: Row) -> str:
    """Return the key as ops.quarantine has it: the columns of LandingTable.key, then the day it was stated."""
    whole = complete_row(table, row)
    return "|".join(str(whole[name]) for name in (*KEYS[table], "source_known_on"))


def test_every_table_has_rows_here() -> None:
    assert set(SOUND) == set(SOUND_ROWS) == set(KEYS)


@pytest.mark.parametrize("table", sorted(KEYS))
def test_every_row_rule_has_a_breaking_row(table: str) -> None:
    assert {promise for of, promise in BREAKING if of == table} == _row_rules(table)


@pytest.mark.parametrize("table", sorted(KEYS))
def test_a_row_breaks_the_promise_it_breaks_and_no_other(shared_warehouse: Warehouse, table: str) -> None:
    cases = _rows_with_broken_promises(table)
    _put_context(shared_warehouse)
    put_rows(shared_warehouse, table, [row for row, _ in cases])
    assert _judge(shared_warehouse, table) == {_key_of(table, row): broken for row, broken in cases}


@pytest.mark.parametrize("table", sorted(KEYS))
def test_what_is_quarantined_depends_on_the_row_alone(shared_warehouse: Warehouse, table: str) -> None:
    (suite,) = [one for one in load_suites() if one.table == table]
    cases = _rows_with_broken_promises(table)
    _put_context(shared_warehouse)
    put_rows(shared_warehouse, table, [row for row, _ in cases])
    among_others = _judge(shared_warehouse, table, date(2030, 1, 1))
    _put_context(shared_warehouse, is_empty=True)
    for row, _ in cases:
        put_rows(shared_warehouse, table, [row])
        key = _key_of(table, row)
        assert _judge(shared_warehouse, table)[key] & set(suite.quarantined) == among_others[key] & set(
            suite.quarantined
        )


@pytest.mark.parametrize(("table", "promise"), sorted(of for of in BREAKING if of[1] in OF_REGISTERS))
def test_where_a_register_has_no_rows_nobody_can_tell_who_is_missing_from_it(
    shared_warehouse: Warehouse, table: str, promise: str
) -> None:
    _put_context(shared_warehouse, is_empty=True)
    put_rows(shared_warehouse, table, BREAKING[table, promise][:1])
    rows = shared_warehouse.read(f"checks/{table}", as_of=AS_OF).to_pylist()
    assert [row[promise] for row in rows] == [None]


@pytest.mark.parametrize("table", sorted(KEYS))
def test_a_quarantined_row_is_no_valid_row(shared_warehouse: Warehouse, table: str) -> None:
    """The keys that the promises build are those that the views valid.* take apart."""
    put_rows(shared_warehouse, table, [{}, _name_key(table, 7)])
    judged = shared_warehouse.read(f"checks/{table}", as_of=AS_OF).to_pylist()
    kept = shared_warehouse.select("select * from valid." + table)
    assert kept.num_rows == len(judged) == 2
    shared_warehouse.replace("ops.quarantine", _set_aside(table, str(judged[0]["row_key"])), {})
    assert shared_warehouse.select("select * from valid." + table).num_rows == 1


COLLIDING = {
    "profile_fields": (
        {"customer_id": "c1", "field_group": "a|family", "field": "birthday"},
        {"customer_id": "c1|a", "field_group": "family", "field": "birthday"},
        {"customer_id": "c1", "field_group": "a", "field": "family|birthday"},
        {"customer_id": "c1", "field_group": "a~1family", "field": "birthday"},
    ),
    "manager_skills": (
        {"manager_id": "m1", "skill": "a|credit"},
        {"manager_id": "m1|a", "skill": "credit"},
        {"manager_id": "m1", "skill": "a~1credit"},
    ),
}


@pytest.mark.parametrize("table", sorted(COLLIDING))
def test_rows_whose_ids_hold_the_separator_keep_keys_of_their_own(warehouse: Warehouse, table: str) -> None:
    rows = COLLIDING[table]
    put_rows(warehouse, table, rows)
    evaluated = warehouse.read(f"checks/{table}", as_of=AS_OF).to_pylist()
    assert len({row["row_key"] for row in evaluated}) == len(rows)
    for row in evaluated:
        warehouse.replace("ops.quarantine", _set_aside(table, str(row["row_key"])), {})
        assert warehouse.select("select * from valid." + table).num_rows == len(rows) - 1


@pytest.mark.parametrize(
    ("table", "promise"), [("profile_fields", "is_updated_when_known"), ("manager_skills", "is_skill_known")]
)
def test_a_quarantined_row_leaves_a_row_of_the_same_joined_key(warehouse: Warehouse, table: str, promise: str) -> None:
    broken, sound, *_ = COLLIDING[table]
    broken = broken | ({"updated_on": AS_OF} if table == "profile_fields" else {})
    put_rows(warehouse, table, [broken, sound])
    assert quarantine_rows(warehouse, table, [promise], AS_OF) == 1
    kept = warehouse.select("select * from valid." + table).to_pylist()
    assert [{name: row[name] for name in sound} for row in kept] == [sound]


def test_two_broken_rows_of_the_same_joined_key_are_both_quarantined(warehouse: Warehouse) -> None:
    rows = [row | {"updated_on": AS_OF} for row in COLLIDING["profile_fields"][:2]]
    put_rows(warehouse, "profile_fields", rows)
    assert quarantine_rows(warehouse, "profile_fields", ["is_updated_when_known"], AS_OF) == 2


def _set_aside(table: str, row_key: str) -> pa.Table:
    row = {"table_name": table, "row_key": row_key, "promise": "is_sound", "as_of": AS_OF}
    return pa.Table.from_pylist([row])
