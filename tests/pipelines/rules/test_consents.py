"""Who may not be courted is left out of growth and of no duty of risk, and the view says what the population does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from pipelines.features.build import build_features
from pipelines.rules.apply import fill_rule
from pipelines.rules.catalog import list_rules
from pipelines.rules.rulebook import Rulebook, read_rulebook
from pipelines.warehouse import Warehouse
from tests.landing_rows import put_rows
from tests.pipelines.small_bank import fill_bank

AS_OF = date(2022, 12, 1)
BEFORE = date(2022, 6, 1)
REFUSED = {"customer_id": "C001", "has_marketing_consent": False}
ASKED = {"customer_id": "C002", "has_marketing_consent": None, "erasure_requested_on": date(2022, 5, 1)}
LATE = {"customer_id": "C003", "has_marketing_consent": False, "known_on": AS_OF, "source_known_on": AS_OF}
Causes = dict[str, str | None]


def tell(warehouse: Warehouse, *statements: Mapping[str, Any]) -> None:
    """Put these statements in the place of all, known half a year before."""
    known = {"stated_on": BEFORE, "known_on": BEFORE, "source_known_on": BEFORE}
    put_rows(warehouse, "consents", [known | dict(one) for one in statements])


def describe(warehouse: Warehouse, section: Mapping[str, bool] | None = None) -> Rulebook:
    """Describe the day by a rule of consents."""
    rulebook = read_rulebook({"consents": dict(section or {})}, "kcrm.toml")
    build_features(warehouse, AS_OF, rulebook)
    return rulebook


def ask(warehouse: Warehouse, model_name: str) -> Causes:
    """Return the cause of everybody whom the model is asked about; None for who is eligible."""
    rows = warehouse.read(f"learning/population_{model_name}", as_of=AS_OF).to_pylist()
    return {row["customer_id"]: row["cause"] for row in rows}


def read_allowed(warehouse: Warehouse, rulebook: Rulebook) -> dict[str, tuple[bool | None, str | None]]:
    """Fill crm.marketing_consents of a run, and return whether each may be courted, and by which cause not."""
    (rule,) = [one for one in list_rules() if one.name == "marketing_consents"]
    version = rulebook.version("consents")
    fill_rule(warehouse, rule, {"as_of": AS_OF, "run_id": "r1", "rule_version": version})
    rows = warehouse.select("select * from crm.marketing_consents_v1 where run_id = 'r1'").to_pylist()
    assert {row["rule_version"] for row in rows} == {version}
    return {row["customer_id"]: (row["is_marketing_allowed"], row["cause"]) for row in rows}


@pytest.fixture
def bank(warehouse: Warehouse) -> Warehouse:
    """Eight firms, of whom nothing but their bookings is told."""
    fill_bank(warehouse, customers=8, until=AS_OF)
    return warehouse


def test_growth_leaves_out_whom_the_view_calls_barred_and_distress_nobody(bank: Warehouse) -> None:
    describe(bank)
    growth, distress = ask(bank, "prospect_growth"), ask(bank, "key_account_distress")
    classes = bank.select("select customer_id, account_class, reason from features.key_accounts").to_pylist()
    assert not any(growth.values())
    tell(bank, REFUSED, ASKED, LATE)
    rulebook = describe(bank)
    barred = {"C001": "consent_refused", "C002": "erasure_requested"}
    assert ask(bank, "prospect_growth") == growth | barred
    assert ask(bank, "key_account_distress") == distress
    assert bank.select("select customer_id, account_class, reason from features.key_accounts").to_pylist() == classes
    allowed = read_allowed(bank, rulebook)
    assert allowed == {one: (one not in barred, barred.get(one)) for one in growth}


def test_a_bank_that_tells_no_consents_bars_nobody_for_want_of_one(bank: Warehouse) -> None:
    tell(bank, LATE)
    rulebook = describe(bank, {"is_presumed_of_companies": False})
    assert not any(ask(bank, "prospect_growth").values())
    assert set(read_allowed(bank, rulebook).values()) == {(None, None)}


def test_a_bank_may_presume_no_consent_of_companies(bank: Warehouse) -> None:
    tell(bank, {"customer_id": "C004", "has_marketing_consent": True})
    describe(bank)
    assert not any(ask(bank, "prospect_growth").values())
    rulebook = describe(bank, {"is_presumed_of_companies": False})
    causes = ask(bank, "prospect_growth")
    assert causes.pop("C004") is None
    assert set(causes.values()) == {"no_consent"}
    assert rulebook.version("consents").startswith("consents_v1_")
    assert read_allowed(bank, rulebook) == {"C004": (True, None)} | dict.fromkeys(causes, (False, "no_consent"))


def test_the_blacklist_comes_before_what_a_customer_wants(bank: Warehouse) -> None:
    tell(bank, REFUSED, ASKED)
    day = {"listed_on": BEFORE, "lifted_on": None, "known_on": BEFORE, "source_known_on": BEFORE}
    put_rows(bank, "blacklist", [{"customer_id": "C001"} | day])
    describe(bank)
    causes = {one: cause for one, cause in ask(bank, "prospect_growth").items() if cause}
    assert causes == {"C001": "blacklisted", "C002": "erasure_requested"}
