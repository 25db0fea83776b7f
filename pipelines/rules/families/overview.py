"""Overview: what is known of one customer side by side, the lists made of it, and the star of credit facts.

Each section declares what a bank may set (its parameters), its revision, and the tables that its queries fill.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.errors import SettingsError
from pipelines.rules.rule import Parameters, Rule, Section


@dataclass(frozen=True)
class CardParameters(Parameters):
    """A score in `high_band` or a better letter is high: A holds the highest."""

    high_band: str = "B"

    def __post_init__(self) -> None:
        if self.high_band not in ("A", "B", "C", "D", "E"):
            raise SettingsError(f"[rules.cards] has high_band {self.high_band!r}; expected a letter from A to E.")


@dataclass(frozen=True)
class CreditFactsParameters(Parameters):
    """How many of the last months told of loans a run keeps; each is a row a loan."""

    months: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.months <= 120:
            raise SettingsError(f"[rules.credit_facts] has months {self.months}; expected 1 to 120.")


SECTIONS = (
    Section(
        "cards",
        revision=3,
        fingerprint="883113882cb4",
        parameters=CardParameters(),
        rules=(Rule("rules/overview/customer_cards", key=("customer_id",)),),
    ),
    Section(
        "care_lists",
        revision=2,
        fingerprint="68d2690865cf",
        rules=(Rule("rules/overview/care_lists", key=("customer_id",)),),
    ),
    Section(
        "credit_facts",
        revision=1,
        fingerprint="5a00cd6edde5",
        parameters=CreditFactsParameters(),
        rules=(Rule("rules/overview/credit_facts", key=("project_id", "month")),),
    ),
)
