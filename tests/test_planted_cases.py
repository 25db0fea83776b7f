"""Cases planted in a simulated bank are found by the rules, each of them, and nothing else changes its flag."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from demo.bank import write_bank
from pipelines import steps
from pipelines.ledger.runs import open_run
from pipelines.settings import load_settings
from pipelines.warehouse import open_warehouse

AS_OF = date(2026, 11, 1)
LAST_YEAR = pd.Timestamp(2025, 11, 1).date()
JANUARY, SEPTEMBER = pd.Timestamp(2026, 1, 1).date(), pd.Timestamp(2026, 9, 1).date()
Frames = dict[str, pd.DataFrame]
Flags = Mapping[str, frozenset[str]]
FLAGS: Mapping[str, str] = {
    "loss_making_depositor": "select customer_id from crm.customer_cards_v1 where is_loss_making_depositor",
    "key_and_loss_making": "select customer_id from crm.customer_cards_v1 "
    "where account_class = 'existing' and value_12m <= 0",
    "dependent_on_manager": "select customer_id from crm.dependence_v1 where is_dependent",
    "branch_mismatch": "select customer_id from crm.ownership_v1 where is_mismatch",
    "contact_conflict": "select customer_id from crm.contact_conflicts_v1",
    "group_in_a_circle": "select customer_id from crm.group_members_v1 where cause = 'cycle'",
    "crm_differs": "select customer_id || ' ' || measure as k from crm.reconciliation_v1 where status <> 'matched'",
    "over_limit": "select level || ' ' || key as k from crm.limits_v1 where is_over",
    "in_a_group": "select customer_id from crm.connected_groups_v1",
    "no_prospect": "select customer_id from crm.key_accounts_v1 where reason = 'blacklisted'",
    "growing_prospect": "select k.customer_id from crm.key_accounts_v1 as k "
    "inner join crm.lifecycle_v1 as l on k.customer_id = l.customer_id "
    "where k.account_class = 'potential' and l.stage = 'growing' order by k.customer_id",
    "no_consent": "select customer_id from crm.marketing_consents_v1 "
    "where not is_marketing_allowed and cause = 'no_consent'",
    "person": "select customer_id from crm.customer_cards_v1 where kind = 'person'",
    "on_a_list": "select list || ' ' || customer_id as k from crm.care_lists_v1",
    "on_the_list": "select customer_id from crm.blacklist_v1 where state = 'listed'",
    "ledger_differs": "select key || ' ' || cast(month as varchar(10)) as k from crm.write_offs_v1 "
    "where state = 'differs'",
    "deposit_above_rate": "select customer_id from crm.deposit_rates_v1 where is_above",
    "skill_gap": "select branch_id || ' ' || skill as k from crm.team_skills_v1 where is_gap",
    "only_holder": "select s.manager_id || ' ' || t.branch_id || ' ' || t.skill as k from crm.team_skills_v1 as t "
    "inner join crm.manager_skills_v1 as s on t.branch_id = s.branch_id and t.run_id = s.run_id "
    "and strpos(',' || s.skills || ',', ',' || t.skill || ',') > 0 "
    "where t.holder_count = 1 and t.unknown_count = 0 and (t.customer_count >= 5 or t.key_account_count > 0)",
    "profile": "select key || ' ' || cast(fields_filled as varchar(9)) as k from crm.profile_completeness_v1 "
    "where level = 'customer' and field_group = 'all'",
}
pytestmark = pytest.mark.xdist_group("planted_cases")


def plant_loss(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let the largest depositor that pays for itself cost a hundred million a month."""
    deposits = frames["balances"].groupby("customer_id")["end_balance"].max().astype(float).sort_values()
    chosen = [one for one in deposits.index if one not in flags["loss_making_depositor"]][-1]
    costs = frames["income_costs"]
    costs.loc[costs["customer_id"] == chosen, "operating_cost"] += 100_000_000
    return frozenset({chosen})


def plant_manager(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let one manager have made all contacts of the customer most often met by several."""
    contacts = frames["contacts"]
    late = contacts[contacts["contacted_on"] >= LAST_YEAR]
    counts = late.groupby("customer_id").size().sort_values(kind="stable")
    chosen = [one for one in counts.index if one not in flags["dependent_on_manager"]][-1]
    contacts.loc[contacts["customer_id"] == chosen, "manager_id"] = "M00001"
    return frozenset({chosen})


def plant_branch(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let all business of the busiest customer of its own branch be done at another."""
    bookings = frames["transactions"]
    counts = bookings[bookings["booked_on"] >= LAST_YEAR].groupby("customer_id").size().sort_values(kind="stable")
    home = frames["customers"].groupby("customer_id")["branch_id"].last()
    chosen = [one for one in counts.index if one not in flags["branch_mismatch"] and home.get(one) is not None][-1]
    other = next(branch for branch in sorted(home.dropna().unique()) if branch != home[chosen])
    bookings.loc[bookings["customer_id"] == chosen, "branch_id"] = other
    return frozenset({chosen})


def plant_visit(frames: Frames, _: Flags) -> frozenset[str]:
    """Let a second branch call on a customer on the same day."""
    contacts = frames["contacts"]
    first = contacts[(contacts["contacted_on"] >= LAST_YEAR) & contacts["branch_id"].notna()].iloc[[0]]
    other = next(one for one in sorted(contacts["branch_id"].dropna().unique()) if one != first["branch_id"].item())
    again = first.assign(contact_id="K-again", branch_id=other)
    frames["contacts"] = pd.concat([contacts, again], ignore_index=True)
    return frozenset({first["customer_id"].item()})


def plant_circle(frames: Frames, _: Flags) -> frozenset[str]:
    """Let the top of a group belong to its own subsidiary."""
    customers = frames["customers"]
    parent = customers.groupby("customer_id")["group_id"].last()
    tops = [one for one in sorted(parent.dropna().unique()) if parent.isna().get(one, False)]
    top = tops[0]
    members = {top}
    while True:
        more = members | {one for one, above in parent.items() if above in members}
        if more == members:
            break
        members = more
    child = next(one for one, above in parent.items() if above == top)
    customers.loc[customers["customer_id"] == top, "group_id"] = child
    return frozenset(members)


def plant_differences(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let the CRM believe in other deposits of five customers."""
    profiles = frames["crm_profiles"]
    newest = profiles.sort_values("updated_on", kind="stable").groupby("customer_id").tail(1)
    matched = [one for one in newest["customer_id"] if f"{one} deposit_balance" not in flags["crm_differs"]][:5]
    rows = newest.index[newest["customer_id"].isin(matched)]
    profiles.loc[rows, "deposit_balance"] += 1
    return frozenset(f"{one} deposit_balance" for one in matched)


def plant_gaps(frames: Frames, _: Flags) -> frozenset[str]:
    """Let nothing that a customer was asked be filled."""
    fields = frames["profile_fields"]
    chosen = fields.loc[fields["is_filled"], "customer_id"].iloc[0]
    fields.loc[fields["customer_id"] == chosen, "is_filled"] = False
    return frozenset({f"{chosen} 0"})


def plant_guarantee(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let two of no group owe near what one may, and one answer for the other: only together are they over."""
    loans, told = frames["loans"], frames["loan_months"]
    owing = set(told.loc[told["month"] == SEPTEMBER, "loan_id"])
    is_open = (
        loans["loan_id"].isin(owing) & (loans["matures_on"] > AS_OF) & ~loans["customer_id"].isin(flags["in_a_group"])
    )
    chosen = loans[is_open].drop_duplicates("customer_id").head(2)
    loans.loc[chosen.index, "limit_amount"] = Decimal(35_000_000)
    one, other = sorted(chosen["customer_id"])
    known = pd.Timestamp(2025, 3, 1).date()
    promise = {
        "guarantee_id": "G-planted",
        "guarantor_id": other,
        "customer_id": one,
        "amount": Decimal(5),
        "known_on": known,
    }
    frames["guarantees"] = pd.concat([frames["guarantees"], pd.DataFrame([promise])], ignore_index=True)
    return frozenset({f"group {one}"})


def plant_listing(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let a grower be put on the blacklist on the last day."""
    chosen, day = min(flags["growing_prospect"]), pd.Timestamp(2026, 10, 31).date()
    entry = {"entry_id": "X-planted", "customer_id": chosen, "listed_on": day, "list_source": "court", "known_on": day}
    frames["blacklist"] = pd.concat([frames["blacklist"], pd.DataFrame([entry])], ignore_index=True)
    return frozenset({chosen})


def plant_silence(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let a person whom the bank would grow never have stated anything."""
    consents = frames["consents"]
    courted = flags["may_be_contacted"] & flags["person"] & frozenset(consents["customer_id"])
    chosen = min(one for one in courted if f"grow {one}" in flags["on_a_list"])
    frames["consents"] = consents[consents["customer_id"] != chosen]
    return frozenset({chosen})


def plant_cent(frames: Frames, _: Flags) -> frozenset[str]:
    """Let the ledger write off one cent more than a branch's loans say."""
    ledger = frames["ledger_write_offs"]
    row = ledger.index[(ledger["written_off_amount"] > 0) & (ledger["month"] >= JANUARY)][0]
    ledger.loc[row, "written_off_amount"] += Decimal("0.01")
    return frozenset({f"{ledger.loc[row, 'branch_id']} {ledger.loc[row, 'month']}"})


def plant_rate(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let one customer be paid half a hundredth a year more than it was, on what it has open."""
    accounts, products = frames["accounts"], frames["products"]
    is_deposit = accounts["product_id"].isin(products.loc[products["kind"] == "deposit", "product_id"])
    is_open = ~accounts["account_id"].isin(accounts.loc[accounts["closed_on"].notna(), "account_id"])
    chosen = next(
        one for one in accounts.loc[is_deposit & is_open, "customer_id"] if one not in flags["deposit_above_rate"]
    )
    accounts.loc[accounts["customer_id"] == chosen, "rate_ratio"] += 0.005
    return frozenset({chosen})


def plant_leaver(frames: Frames, flags: Flags) -> frozenset[str]:
    """Let a manager leave who alone holds one skill that the branch's customers need, and no other alone."""
    alone: dict[str, list[str]] = {}
    for one in sorted(flags["only_holder"]):
        manager, _, team = one.partition(" ")
        alone.setdefault(manager, []).append(team)
    chosen, (team,) = next((manager, teams) for manager, teams in alone.items() if len(teams) == 1)
    managers, day = frames["managers"], pd.Timestamp(2026, 10, 31).date()
    last = managers[managers["manager_id"] == chosen].tail(1).assign(left_on=day, known_on=day)
    frames["managers"] = pd.concat([managers, last], ignore_index=True)
    return frozenset({team})


CASES: Mapping[str, Callable[[Frames, Flags], frozenset[str]]] = {
    "loss_making_depositor": plant_loss,
    "dependent_on_manager": plant_manager,
    "branch_mismatch": plant_branch,
    "contact_conflict": plant_visit,
    "group_in_a_circle": plant_circle,
    "crm_differs": plant_differences,
    "over_limit": plant_guarantee,
    "no_prospect": plant_listing,
    "no_consent": plant_silence,
    "ledger_differs": plant_cent,
    "deposit_above_rate": plant_rate,
    "skill_gap": plant_leaver,
    "profile": plant_gaps,
}


def judge(bank: Path, home: Path, patch: pytest.MonkeyPatch) -> dict[str, frozenset[str]]:
    """Bring a bank as far as its rules, without models, and return what they flag."""
    home.mkdir()
    for name, value in {
        "KCRM_VAR": str(home),
        "KCRM_SOURCE": "demo_bank",
        "KCRM_SOURCE_URL": f"files://{bank}",
        "KCRM_WAREHOUSE_URL": f"duckdb:///{home}/kcrm.duckdb",
        "KCRM_NUM_THREADS": "1",
    }.items():
        patch.setenv(name, value)
    for step in (steps.extract, steps.validate, steps.facts, steps.features):
        step(AS_OF)
    with open_warehouse(load_settings().warehouse_url) as warehouse, warehouse.transaction():
        open_run(warehouse, AS_OF)
    steps.rules(AS_OF)
    with open_warehouse(load_settings().warehouse_url) as warehouse:
        found = {name: frozenset(warehouse.select(text).column(0).to_pylist()) for name, text in FLAGS.items()}
        asked = warehouse.read("learning/population_prospect_growth", as_of=AS_OF).to_pylist()
        return found | {
            "may_be_contacted": frozenset(row["customer_id"] for row in asked if row["status"] == "eligible"),
            "kept_out": frozenset(row["customer_id"] for row in asked if row["cause"] == "blacklisted"),
            "silent": frozenset(row["customer_id"] for row in asked if row["cause"] == "no_consent"),
        }


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flags, Flags, Flags]:
    """What is flagged before, after, and what was planted in between."""
    root = tmp_path_factory.mktemp("cases")
    write_bank(root / "clean", customers=1000, months=26, seed=11)
    with pytest.MonkeyPatch.context() as patch:
        before = judge(root / "clean", root / "before", patch)
        shutil.copytree(root / "clean", root / "planted")
        frames = {path.stem: pd.read_parquet(path) for path in sorted((root / "planted").glob("*.parquet"))}
        planted = {name: plant(frames, before) for name, plant in CASES.items()}
        for name, frame in frames.items():
            frame.to_parquet(root / "planted" / f"{name}.parquet", index=False)
        after = judge(root / "planted", root / "after", patch)
    return before, after, planted


@pytest.mark.parametrize("name", CASES)
def test_a_planted_case_is_found_and_nothing_else(flags: tuple[Flags, Flags, Flags], name: str) -> None:
    before, after, planted = flags
    assert after[name] - before[name] == planted[name]
    if name != "profile":  # a customer whose fields are emptied has another number of them filled
        assert before[name] <= after[name]


def test_a_loss_making_depositor_is_no_key_account(flags: tuple[Flags, Flags, Flags]) -> None:
    _, after, planted = flags
    assert planted["loss_making_depositor"] <= after["loss_making_depositor"]
    assert not after["key_and_loss_making"]


def test_a_grower_on_the_blacklist_is_no_prospect_and_nobody_on_it_is(flags: tuple[Flags, Flags, Flags]) -> None:
    before, after, planted = flags
    (grower,) = planted["no_prospect"]
    assert grower in before["may_be_contacted"]
    assert after["kept_out"] - before["kept_out"] == {grower}
    assert before["on_the_list"]
    for one in (before, after):
        assert not one["on_the_list"] & (one["may_be_contacted"] | one["growing_prospect"])


def test_who_never_consented_leaves_growth_and_the_lists_of_whom_to_court(
    flags: tuple[Flags, Flags, Flags],
) -> None:
    before, after, planted = flags
    (person,) = planted["no_consent"]
    assert person in before["may_be_contacted"]
    assert after["silent"] - before["silent"] == {person}
    assert f"grow {person}" in before["on_a_list"]
    for one in (before, after):
        barred = {f"{kind} {name}" for kind in ("acquire", "grow") for name in one["no_consent"]}
        assert one["no_consent"] <= one["person"]
        assert not barred & one["on_a_list"]
    assert not {f"{kind} {person}" for kind in ("acquire", "grow", "retain")} & after["on_a_list"]


def test_a_guarantee_binds_the_two_and_nobody_else(flags: tuple[Flags, Flags, Flags]) -> None:
    before, after, planted = flags
    (group,) = planted["over_limit"]
    bound = after["in_a_group"] - before["in_a_group"]
    assert len(bound) == 2
    assert group == f"group {min(bound)}"
