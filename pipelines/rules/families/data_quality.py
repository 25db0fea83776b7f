"""Data quality: how much the bank knows, and how recent it is.

Each section declares what a bank may set (its parameters), its revision, and the tables that its queries fill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.rules.families.checks import refuse_below
from pipelines.rules.rule import Parameters, Rule, Section


@dataclass(frozen=True)
class ProfileParameters(Parameters):
    """A profile of which no filled field was updated for more than `stale_days` is stale."""

    stale_days: int = 365

    def __post_init__(self) -> None:
        refuse_below(1, "profiles", self)


@dataclass(frozen=True)
class ReconciliationParameters(Parameters):
    """The CRM and the core agree on a measure where they differ by `tolerance_amount` or less."""

    tolerance_amount: float = 0.01

    def __post_init__(self) -> None:
        refuse_below(0, "reconciliation", self)


@dataclass(frozen=True)
class FreshnessParameters(Parameters):
    """The most days that a feed may be silent before as_of, a landing table each; 0: for ever, as none is declared.

    The flows come daily, figures of a month with the next month's books, and what is told only when it changes may
    rest for long. Where a feed that a model depends on is stale
    (pipelines/scoring/feeds.py), that model scores nobody.
    """

    customers_days: int = 100
    transactions_days: int = 5
    events_days: int = 45
    accounts_days: int = 45
    balances_days: int = 45
    loans_days: int = 45
    loan_months_days: int = 45
    income_costs_days: int = 45
    firm_reports_days: int = 200
    holdings_days: int = 45
    profile_fields_days: int = 45
    crm_profiles_days: int = 200
    contacts_days: int = 14
    blacklist_days: int = 0
    consents_days: int = 0
    guarantees_days: int = 0
    outside_exposures_days: int = 75
    ledger_write_offs_days: int = 75
    products_days: int = 0
    branches_days: int = 0
    managers_days: int = 400
    manager_skills_days: int = 400
    industries_days: int = 0
    calendar_days: int = 400

    def __post_init__(self) -> None:
        refuse_below(0, "freshness", self)

    def lag_days(self, table: str) -> int:
        """Return the most days that a landing table may be silent; 0: for ever."""
        return int(getattr(self, f"{table}_days"))

    def is_stale(self, table: str, last_known_on: date | None, as_of: date) -> bool:
        """Say whether the last word of a feed lies too far back to score by; who never spoke is not late."""
        days = self.lag_days(table)
        return days > 0 and last_known_on is not None and (as_of - last_known_on).days > days


SECTIONS = (
    Section(
        "profiles",
        revision=2,
        fingerprint="d940850b32a8",
        parameters=ProfileParameters(),
        rules=(Rule("rules/data_quality/profile_completeness", key=("level", "key", "field_group")),),
    ),
    Section(
        "reconciliation",
        revision=2,
        fingerprint="c47c865e330a",
        parameters=ReconciliationParameters(),
        rules=(Rule("rules/data_quality/reconciliation", key=("customer_id", "measure")),),
    ),
    Section(
        "freshness",
        revision=3,
        fingerprint="e761b40ef6e6",
        parameters=FreshnessParameters(),
        rules=(Rule("rules/data_quality/feed_freshness", key=("table_name",)),),
    ),
)
