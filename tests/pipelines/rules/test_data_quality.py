"""What a bank may set of the rules about owners, contacts, profiles, feeds and managers; nonsense is refused."""

from datetime import date
from typing import Any

import pytest

from pipelines.errors import SettingsError
from pipelines.ingest.contract import LANDING_TABLES
from pipelines.rules.families.data_quality import FreshnessParameters
from pipelines.rules.rulebook import read_rulebook
from pipelines.rules.sections import SECTIONS
from pipelines.warehouse.queries import load_query


@pytest.mark.parametrize(
    ("section", "given", "words"),
    [
        ("ownership", {"months": 0}, "[rules.ownership] has months 0; expected 1 or more"),
        ("ownership", {"min_transactions": 0}, "has min_transactions 0; expected 1 or more"),
        ("contacts", {"months": 0}, "[rules.contacts] has months 0; expected 1 or more"),
        ("profiles", {"stale_days": 0}, "has stale_days 0; expected 1 or more"),
        ("dependence", {"min_contacts": 0}, "has min_contacts 0; expected 1 or more"),
        ("dependence", {"share": 0.5}, "has share 0.5; expected over 0.5"),
        ("dependence", {"share": 1.1}, "has share 1.1; expected over 0.5"),
        ("reconciliation", {"tolerance_amount": -0.01}, "has tolerance_amount -0.01; expected 0 or more"),
        ("freshness", {"balances_days": -1}, "has balances_days -1; expected 0 or more"),
        ("managers", {"senior_cap": 0}, "has senior_cap 0; expected 1 or more"),
    ],
)
def test_nonsense_is_refused_by_its_name(section: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_rulebook({section: given}, "kcrm.toml")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("section", "given"),
    [
        ("dependence", {"share": 1}),
        ("reconciliation", {"tolerance_amount": 0}),
        ("freshness", {"transactions_days": 0}),
    ],
)
def test_what_stands_on_the_edge_is_taken(section: str, given: dict[str, Any]) -> None:
    assert (
        read_rulebook({section: given}, "kcrm.toml")
        .version(section)
        .startswith(f"{section}_v{SECTIONS[section].revision}_")
    )


def test_every_landing_table_has_a_declared_lag_and_a_row() -> None:
    names = [table.name for table in LANDING_TABLES]
    assert [f"{name}_days" for name in sorted(names)] == sorted(vars(FreshnessParameters()))
    query = load_query("rules/data_quality/feed_freshness")
    assert [name for name in names if f"from landing.{name} as" not in query] == []


@pytest.mark.parametrize(
    ("days", "last_known_on", "is_stale"),
    [
        (5, date(2026, 10, 27), False),
        (5, date(2026, 10, 26), True),
        (0, date(2020, 1, 1), False),
        (5, None, False),
    ],
)
def test_a_feed_is_stale_past_its_declared_days(days: int, last_known_on: date | None, is_stale: bool) -> None:
    rule = FreshnessParameters(events_days=days)
    assert rule.is_stale("events", last_known_on, date(2026, 11, 1)) is is_stale
