"""Early warning: classes with their evidence, plans and alerts.

Each section declares what a bank may set (its parameters), its revision, and the tables that its queries fill.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.errors import SettingsError
from pipelines.rules.families.checks import refuse_below
from pipelines.rules.rule import Parameters, Rule, Section


@dataclass(frozen=True)
class ClassParameters(Parameters):
    """What moves a customer between normal, watch, doubtful and exit; a period is one published run.

    Scores are calibrated probabilities of distress within six months. `kcrm lead-time` chooses watch_score by the cost
    of a miss and of an alarm. With uses_score false the classes are those of the rules alone.
    """

    uses_score: bool = True
    watch_score: float = 0.20
    doubtful_score: float = 0.60
    rising_score: float = 0.10
    rising_points: float = 0.08
    soft_score: float = 0.10
    clear_ratio: float = 0.70
    improved_ratio: float = 0.75
    steady_ratio: float = 0.70
    upgrade_after: int = 3
    escalate_after: int = 6
    exit_after: int = 6
    exit_days_past_due: int = 270
    decline_ratio: float = 0.90
    industry_customers: int = 20

    def __post_init__(self) -> None:
        refuse_below(1, "classes", self, but=SHARES)
        edges = {name: getattr(self, name) for name in ("soft_score", "rising_score", "watch_score", "doubtful_score")}
        lowest = max(self.soft_score, self.rising_score)
        is_rising = lowest <= self.watch_score < self.doubtful_score < 1
        if self.soft_score < 0 or self.rising_score <= 0 or not is_rising:
            raise SettingsError(
                f"[rules.classes] has {edges}; expected soft_score and rising_score from 0 up to watch_score, and "
                "watch_score < doubtful_score < 1."
            )
        ratios = {name: getattr(self, name) for name in SHARES if name.endswith("_ratio") or name == "rising_points"}
        if not all(0 < value <= 1 for value in ratios.values()):
            raise SettingsError(f"[rules.classes] has {ratios}; expected each above 0 and up to 1.")


SHARES = (
    "uses_score",
    "watch_score",
    "doubtful_score",
    "rising_score",
    "rising_points",
    "soft_score",
    "clear_ratio",
    "improved_ratio",
    "steady_ratio",
    "decline_ratio",
)


@dataclass(frozen=True)
class AlertParameters(Parameters):
    """Days that an alert may wait for an answer by the class it tells of, and from the branch to the head office."""

    watch_days: int = 20
    doubtful_days: int = 10
    exit_days: int = 10
    escalate_days: int = 30

    def __post_init__(self) -> None:
        refuse_below(1, "alerts", self)


SECTIONS = (
    Section(
        "classes",
        revision=1,
        fingerprint="f3ce7bda66fa",
        parameters=ClassParameters(),
        rules=(
            Rule(
                "class_transitions",
                key=("from_class", "evidence"),
                is_pruned=False,
                fill="pipelines.rules.computed.class_tables:fill_class_transitions",
                modules=("models.classes.relationship_class",),
            ),
            Rule("rules/early_warning/class_measures", key=("customer_id",), reads_previous=("relationship_classes",)),
            Rule("rules/early_warning/class_evidence", key=("customer_id", "evidence"), is_pruned=False),
            Rule("rules/early_warning/relationship_classes", key=("customer_id",), is_pruned=False),
        ),
    ),
    Section(
        "plans",
        revision=2,
        fingerprint="bf08198ee3f2",
        rules=(
            Rule(
                "plan_templates",
                key=("plan", "place"),
                fill="pipelines.rules.computed.class_tables:fill_plan_templates",
                modules=("models.classes.exit_plans",),
            ),
            Rule("rules/early_warning/exit_plans", key=("customer_id", "plan", "place")),
            Rule("rules/early_warning/plan_gaps", key=("customer_id", "gap")),
        ),
    ),
    Section(
        "alerts",
        revision=2,
        fingerprint="4bafdf66b3f4",
        parameters=AlertParameters(),
        rules=(Rule("rules/early_warning/alerts", key=("alert_id",), is_pruned=False),),
    ),
)
