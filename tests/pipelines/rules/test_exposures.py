"""What a bank may set of its limits and losses, groups that change, and the parts of a risk-adjusted contribution."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from pipelines.errors import SettingsError
from pipelines.rules.computed.connected import fill_connected_groups
from pipelines.rules.families.exposures import LimitParameters
from pipelines.rules.rulebook import Rulebook, read_rulebook
from pipelines.warehouse import Warehouse
from tests.landing_rows import put_rows

AS_OF = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("section", "given", "words"),
    [
        ("limits", {"net_capital": 5}, "both in whole CNY below 10 ** 16, or neither"),
        ("limits", {"tier1_capital": 5}, "or neither"),
        ("limits", {"net_capital": -1, "tier1_capital": -1}, "or neither"),
        ("limits", {"net_capital": 10**16, "tier1_capital": 1}, "below 10 ** 16"),
        ("limits", {"loan_share": 0.0}, "each over 0 up to 1"),
        ("limits", {"group_share": 1.01}, "each over 0 up to 1"),
        ("limits", {"group_share": 0.14}, "no smaller than a customer's"),
        ("losses", {"base_loss_share": 0.0}, "over 0 up to 1"),
        ("losses", {"base_loss_share": 1.1}, "over 0 up to 1"),
        ("blacklist", {"months": 1}, "unknown key months"),
    ],
)
def test_what_cannot_be_meant_is_refused(section: str, given: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(words)):
        read_rulebook({section: given}, where="kcrm.toml")


def test_the_shares_are_those_of_the_law_and_no_capital_is_assumed() -> None:
    limits = Rulebook().get(LimitParameters)
    assert (limits.loan_share, limits.customer_share, limits.group_share) == (0.10, 0.15, 0.20)
    assert limits.net_capital == limits.tier1_capital == 0


def read_groups(warehouse: Warehouse) -> dict[str, tuple[Any, ...]]:
    offered = {"as_of": AS_OF, "run_id": "r1", "rule_version": "connected_v1"}
    rows = fill_connected_groups(warehouse, "crm.connected_groups_v1", offered)
    found = warehouse.select("select * from crm.connected_groups_v1").to_pylist()
    assert rows == len(found)
    assert all(row["run_id"] == "r1" and row["as_of"] == AS_OF for row in found)
    return {row["customer_id"]: (row["connected_group_id"], row["member_count"], row["has_guarantee"]) for row in found}


def test_ownership_and_guarantees_make_one_group(warehouse: Warehouse) -> None:
    parents = {"a": None, "b": "a", "c": None, "d": "nobody", "e": None}
    put_rows(warehouse, "customers", [{"customer_id": one, "group_id": above} for one, above in parents.items()])
    assert read_groups(warehouse) == dict.fromkeys("ab", ("a", 2, None))
    ring = [("c", "d"), ("d", "b"), ("b", "c"), ("e", "stranger")]
    put_rows(
        warehouse,
        "guarantees",
        [{"guarantee_id": f"{one}{two}", "guarantor_id": one, "customer_id": two} for one, two in ring],
    )
    assert read_groups(warehouse) == dict.fromkeys("abcd", ("a", 4, True))
    put_rows(warehouse, "guarantees", [{"guarantor_id": "c", "customer_id": "d", "ends_on": date(2019, 12, 31)}])
    assert read_groups(warehouse) == dict.fromkeys("ab", ("a", 2, False))


def test_a_bank_without_links_has_no_groups(warehouse: Warehouse) -> None:
    put_rows(warehouse, "customers", [{"customer_id": "a", "group_id": None}])
    assert read_groups(warehouse) == {}
