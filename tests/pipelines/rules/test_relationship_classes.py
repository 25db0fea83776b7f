"""36 months of 100,000 customers whose fortunes wander: no class moves but by the table, whatever comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.classes.relationship_class import (
    CLASSES,
    EVIDENCE,
    TRANSITIONS,
    choose_transition,
    find_floor,
    list_transitions,
)
from pipelines.rules.computed.class_tables import fill_class_transitions
from pipelines.rules.families.early_warning import ClassParameters
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.migrations import migrate_warehouse
from pipelines.warehouse.queries import list_binds
from tests.golden import GOLDEN_ROOT, read_rows
from tests.pipelines.random_customers import RULE_VERSION, Crowd, decide_at_random

CUSTOMERS, MONTHS = 100_000, 36
pytestmark = pytest.mark.xdist_group("relationship_classes")  # one worker fills the module's bank
FIRST = date(2023, 1, 1)
LEVEL = "array_position(['normal', 'watch', 'doubtful', 'exit'], "
PAIRED = (
    "from crm.relationship_classes_v1 as now "
    "left join crm.relationship_classes_v1 as before "
    "on before.customer_id = now.customer_id and before.as_of = now.as_of - interval '1' month "
)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder: Path = tmp_path_factory.mktemp("classes")
    with open_warehouse(f"duckdb:///{folder}/warehouse.duckdb") as warehouse:
        migrate_warehouse(warehouse)
        rng = np.random.default_rng(5)
        crowd = Crowd(CUSTOMERS, rng)
        for step in range(MONTHS):
            as_of, run_id = add_months(FIRST, step), f"r{step:02d}"
            crowd.live_a_month()
            warehouse.append("crm.class_measures_v1", crowd.tell(run_id, as_of))
            apply_classes(warehouse, as_of, step)
            decide_at_random(warehouse, run_id, as_of, rng)
        yield warehouse


def apply_classes(warehouse: Warehouse, as_of: date, step: int) -> None:
    """Fill what stands behind the measures, as the step `rules` does, with the run before as the one that stands."""
    offered = {"as_of": as_of, "run_id": f"r{step:02d}", "rule_version": RULE_VERSION} | asdict(ClassParameters())
    offered["previous_run_id"] = f"r{step - 1:02d}" if step else None
    fill_class_transitions(warehouse, "crm.class_transitions_v1", offered)
    for name in ("class_evidence", "relationship_classes"):
        binds = {bind: offered[bind] for bind in list_binds(f"rules/early_warning/{name}")}
        warehouse.replace_from(f"crm.{name}_v1", f"rules/early_warning/{name}", {"run_id": offered["run_id"]}, **binds)


def count(warehouse: Warehouse, statement: str) -> int:
    (found,) = warehouse.select("select count(*) as n " + statement)["n"].to_pylist()
    return int(found)


def test_every_move_is_a_line_of_the_table(history: Warehouse) -> None:
    moves = history.select(
        "select coalesce(now.previous_class, 'normal') as start, now.evidence, now.machine_class, count(*) as n "
        "from crm.relationship_classes_v1 as now group by all"
    ).to_pylist()
    assert sum(move["n"] for move in moves) == CUSTOMERS * MONTHS
    wrong = [m for m in moves if TRANSITIONS[m["start"], m["evidence"]].to_class != m["machine_class"]]
    assert not wrong
    met = {(move["start"], move["evidence"]) for move in moves}
    assert set(TRANSITIONS) == met, "lines of the table that 36 months never met"


def test_each_run_goes_on_from_the_one_before(history: Warehouse) -> None:
    assert count(history, PAIRED + "where now.previous_class is distinct from before.machine_class") == 0
    kept = "where now.machine_class = before.machine_class and now.since <> before.since"
    assert count(history, PAIRED + kept) == 0
    came = "where now.machine_class is distinct from before.machine_class and now.since <> now.as_of"
    assert count(history, PAIRED + came) == 0


def test_no_class_is_above_its_floor(history: Warehouse) -> None:
    above = [f"{LEVEL}now.{column}) < {LEVEL}now.floor_class)" for column in ("machine_class", "relationship_class")]
    assert count(history, "from crm.relationship_classes_v1 as now where " + " or ".join(above)) == 0


def test_up_is_one_step_after_three_clean_periods(history: Warehouse) -> None:
    up = f"{LEVEL}now.machine_class) < {LEVEL}before.machine_class)"
    steps = f"{LEVEL}before.machine_class) - {LEVEL}now.machine_class) <> 1"
    assert count(history, PAIRED + "where " + up) > 10_000
    assert count(history, PAIRED + f"where {up} and {steps}") == 0
    early = "now.evidence <> 'exit_lifted' and before.clean_periods < 2"
    assert count(history, PAIRED + f"where {up} and {early}") == 0


def test_an_exit_has_an_approval_of_its_proposal(history: Warehouse) -> None:
    entered = "where now.machine_class = 'exit' and before.machine_class is distinct from 'exit'"
    assert count(history, PAIRED + entered) > 100
    approved = (
        " and not exists (select 1 from ops.class_decisions as d where d.customer_id = now.customer_id "
        "and d.kind = 'approve_exit' and d.decided_on < now.as_of and d.decided_on >= before.exit_proposed_since)"
    )
    assert count(history, PAIRED + entered + approved) == 0


def test_the_machine_in_sql_is_the_machine_in_the_model(history: Warehouse) -> None:
    sample = history.select(
        "select r.previous_class, r.machine_class, r.floor_class, r.evidence, "
        "list(e.evidence) filter (where e.evidence is not null) as held "
        "from crm.relationship_classes_v1 as r left join crm.class_evidence_v1 as e "
        "on e.run_id = r.run_id and e.customer_id = r.customer_id where r.customer_id like '%77' "
        "group by r.run_id, r.customer_id, r.previous_class, r.machine_class, r.floor_class, r.evidence"
    ).to_pylist()
    assert len(sample) == CUSTOMERS * MONTHS / 100
    for row in sample:
        held = set(row["held"] or ())
        line = choose_transition(row["previous_class"] or "normal", held | {row["evidence"]})
        assert (line.to_class, line.evidence) == (row["machine_class"], row["evidence"])
        assert find_floor(held) == row["floor_class"]


def test_the_golden_table_is_the_table() -> None:
    golden = read_rows(
        GOLDEN_ROOT / "rules/early_warning/relationship_classes/every_transition/crm.class_transitions_v1.csv"
    )
    told = {(r["from_class"], r["evidence"], r["to_class"], r["is_floor"]) for r in golden.to_pylist()}
    ours = {(t.from_class, t.evidence, t.to_class, str(t.is_floor).lower()) for t in list_transitions()}
    assert told == ours
    assert [row["evidence"] for row in golden.to_pylist()] == [line.evidence for line in list_transitions()]


def test_all_that_is_met_in_one_class_is_met_in_each() -> None:
    names = {name for start, name in TRANSITIONS if start == "normal"}
    for start in CLASSES:
        assert names <= {name for other, name in TRANSITIONS if other == start}
    assert all(find_floor({one.name}) != "normal" for one in EVIDENCE if one.is_floor)


def test_evidence_of_no_line_is_refused() -> None:
    with pytest.raises(ValueError, match="no line for 'recovered' from 'normal'"):
        choose_transition("normal", ["recovered"])


def test_a_floor_blocks_a_step_up() -> None:
    assert choose_transition("doubtful", ["recovered", "overdue"]).to_class == "watch"
    assert choose_transition("doubtful", ["recovered", "overdue_90"]).to_class == "doubtful"
    assert choose_transition("watch", ["recovered", "overdue"]).to_class == "watch"
