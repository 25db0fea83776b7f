"""Managers: who looks after customers, with which skills, and what depends on one person.

Each section declares what a bank may set (its parameters), its revision, and the tables that its queries fill.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.errors import SettingsError
from pipelines.rules.families.checks import refuse_below
from pipelines.rules.rule import Parameters, Rule, Section


@dataclass(frozen=True)
class DependenceParameters(Parameters):
    """Dependent is who had `min_contacts` or more in the last `months`, a `share` or more of them by one manager."""

    months: int = 12
    min_contacts: int = 5
    share: float = 0.80

    def __post_init__(self) -> None:
        refuse_below(1, "dependence", self, but=("share",))
        if not 0.5 < self.share <= 1:
            raise SettingsError(f"[rules.dependence] has share {self.share}; expected over 0.5 (of one alone) up to 1.")


@dataclass(frozen=True)
class ManagerParameters(Parameters):
    """The most customers that a manager of each grade may look after.

    Books grow with the grade, as it stands for practice; a senior's is smaller, as its customers are the largest and
    take the most time. These are places to start from: a bank sets its own.
    """

    trainee_cap: int = 60
    fourth_cap: int = 120
    third_cap: int = 150
    second_cap: int = 180
    first_cap: int = 200
    senior_cap: int = 150

    def __post_init__(self) -> None:
        refuse_below(1, "managers", self)


@dataclass(frozen=True)
class TeamParameters(Parameters):
    """A branch needs a skill that `least_customers` of its customers need, or one key account."""

    least_customers: int = 5

    def __post_init__(self) -> None:
        refuse_below(1, "teams", self)


SECTIONS = (
    Section(
        "dependence",
        revision=2,
        fingerprint="664398c782e7",
        parameters=DependenceParameters(),
        rules=(
            Rule("rules/managers/dependence", key=("customer_id",)),
            Rule("rules/managers/manager_dependence", key=("manager_id",)),
        ),
    ),
    Section(
        "managers",
        revision=2,
        fingerprint="45ca8aa5f71b",
        parameters=ManagerParameters(),
        rules=(Rule("rules/managers/manager_grades", key=("manager_id",)),),
    ),
    Section(
        "teams",
        revision=1,
        fingerprint="bc038a53ca59",
        parameters=TeamParameters(),
        rules=(
            Rule("rules/managers/manager_skills", key=("manager_id",)),
            Rule("rules/managers/team_skills", key=("branch_id", "skill")),
            Rule("rules/managers/manager_outcomes", key=("manager_id",)),
        ),
    ),
)
