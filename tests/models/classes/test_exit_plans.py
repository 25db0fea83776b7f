"""Every class at watch or worse has a plan, and help stands before what secures the bank's claim."""

from __future__ import annotations

import re

import pytest

from models.classes.exit_plans import PLAN_STEPS, PlanStep
from models.classes.relationship_class import CLASSES

CLAUSE = re.compile(r"<(\w+)\|([^<>]*)>")
PLANS = sorted({step.plan for step in PLAN_STEPS})


def test_every_class_that_is_not_normal_has_a_plan_and_so_has_what_sql_plans_besides() -> None:
    assert set(PLANS) == {*CLASSES[1:], "exit_proposed", "nothing_owed", "listed"}


@pytest.mark.parametrize("plan", PLANS)
def test_steps_are_numbered_from_one_in_the_order_of_their_days(plan: str) -> None:
    steps = [step for step in PLAN_STEPS if step.plan == plan]
    assert [step.place for step in steps] == list(range(1, len(steps) + 1))
    assert [step.days for step in steps] == sorted(step.days for step in steps)
    assert steps[0].days > 0


@pytest.mark.parametrize("plan", PLANS)
def test_help_comes_before_securing(plan: str) -> None:
    kinds = [step.is_help for step in PLAN_STEPS if step.plan == plan]
    assert kinds == sorted(kinds, reverse=True)
    assert kinds[0] or plan == "exit_proposed", "only the decision on an exit is no help to begin with"


@pytest.mark.parametrize("step", PLAN_STEPS, ids=lambda step: f"{step.plan}-{step.place}")
def test_owners_and_clauses_are_known(step: PlanStep) -> None:
    """sql/rules/early_warning/exit_plans.sql fills these owners, clauses and placeholders only."""
    assert step.owner_role in {"manager", "branch", "head_office"}
    for text in (step.text_en, step.text_zh):
        assert {fact for fact, _ in CLAUSE.findall(text)} <= {"loans", "days", "score", "debt", "person", "firm"}
        assert not re.search(r"[{}|\[\]<>]", CLAUSE.sub("", text)), "a number that may be unknown is told in a clause"
        for fact, words in CLAUSE.findall(text):
            assert set(re.findall(r"\[\w*\]", words)) <= {f"[{fact}]"}
        assert len(text) < 400
    english, chinese = ({fact for fact, _ in CLAUSE.findall(text)} for text in (step.text_en, step.text_zh))
    assert english == chinese
