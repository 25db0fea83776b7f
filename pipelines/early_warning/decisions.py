"""Decisions on classes: what a person decides by name and day, kept for ever, and read by the runs that come after."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.classes.relationship_class import CLASSES
from pipelines.errors import DecisionError
from pipelines.warehouse import Warehouse

# An exit is entered only by approval, so nobody is put there by an override.
OVERRIDES = CLASSES[:-1]
_LONGEST = {"decided_by": 200, "reason": 1000}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Decision:
    """Who decided what, on which day, and why; it counts from the first run whose as_of is after that day."""

    decided_on: date
    decided_by: str
    reason: str

    def __post_init__(self) -> None:
        for name, longest in _LONGEST.items():
            length = len(getattr(self, name).strip())
            if not 0 < length <= longest:
                raise DecisionError(
                    f"{name} of a decision has {length} characters; expected 1 to {longest}. Nothing was written."
                )


def approve_exit(warehouse: Warehouse, customer_id: str, decision: Decision) -> None:
    """Approve the exit that the run in force proposes for a customer; without a proposal there is none to approve."""
    with _deciding(warehouse, "approve_exit", decision):
        now = _read_class(warehouse, customer_id, decision)
        if not now["is_exit_proposed"]:
            raise DecisionError(
                f"no exit of {customer_id} is proposed as of {now['as_of']}: its class is {now['machine_class']}. "
                "An exit is approved only where crm.relationship_classes says is_exit_proposed. Nothing was written."
            )
        _write(warehouse, "approve_exit", customer_id, decision)


def lift_exit(warehouse: Warehouse, customer_id: str, decision: Decision) -> None:
    """Take back an exit, entered or only approved: the customer is doubtful from the next run on."""
    with _deciding(warehouse, "lift_exit", decision):
        now = _read_class(warehouse, customer_id, decision)
        if now["machine_class"] != "exit" and not now["is_exit_proposed"]:
            raise DecisionError(
                f"{customer_id} is {now['machine_class']} as of {now['as_of']}, and no exit of it is proposed, so "
                "there is none to lift. Nothing was written."
            )
        _write(warehouse, "lift_exit", customer_id, decision)


def override_class(
    warehouse: Warehouse, customer_id: str, relationship_class: str, expires_on: date, decision: Decision
) -> None:
    """Show another class than the machine's up to a day; never under its floor, and the machine's stays beside it."""
    with _deciding(warehouse, "override", decision):
        now = _read_class(warehouse, customer_id, decision)
        if relationship_class not in OVERRIDES:
            raise DecisionError(
                f"override to {relationship_class!r}; expected of {list(OVERRIDES)}: for an exit there is `kcrm "
                "approve`. Nothing was written."
            )
        if CLASSES.index(relationship_class) < CLASSES.index(now["floor_class"]):
            raise DecisionError(
                f"override of {customer_id} to {relationship_class} is under its floor {now['floor_class']} as of "
                f"{now['as_of']}, which no person lifts: see its rows in crm.class_evidence. Nothing was written."
            )
        if expires_on <= decision.decided_on:
            raise DecisionError(
                f"override of {customer_id} ends on {expires_on}; expected a day after {decision.decided_on}, on which "
                "it is decided. Nothing was written."
            )
        _write(
            warehouse, "override", customer_id, decision, relationship_class=relationship_class, expires_on=expires_on
        )


def answer_alert(warehouse: Warehouse, alert_id: str, decision: Decision) -> None:
    """Answer an open alert of the run in force: it no longer ages, and the answer is shown with it."""
    with _deciding(warehouse, "answer", decision):
        found = warehouse.read("early_warning/alert_in_force", alert_id=alert_id).to_pylist()
        if not found:
            raise DecisionError(
                f"the run in force has no alert {alert_id!r}; correct it to an alert_id of crm.alerts. Nothing "
                "was written."
            )
        if found[0]["state"] == "closed":
            raise DecisionError(f"alert {alert_id} is closed as of {found[0]['as_of']}. Nothing was written.")
        _refuse_past(found[0], decision)
        _write(warehouse, "answer", found[0]["customer_id"], decision, alert_id=alert_id)


def _read_class(warehouse: Warehouse, customer_id: str, decision: Decision) -> dict[str, Any]:
    found = warehouse.read("early_warning/class_in_force", customer_id=customer_id).to_pylist()
    if not found:
        raise DecisionError(
            f"the run in force has no class of customer {customer_id!r}. Publish a run with rules first, or correct "
            "the customer_id; `kcrm status` tells which run is in force. Nothing was written."
        )
    _refuse_past(found[0], decision)
    return dict(found[0])


@contextmanager
def _deciding(warehouse: Warehouse, kind: str, decision: Decision) -> Iterator[None]:
    """Check and write in one transaction, so that what was checked still holds when it is written."""
    with warehouse.transaction():
        warehouse.lock("ops.runs")  # as rules and publish do, so that no run judges or is published in between
        warehouse.lock("ops.class_decisions")
        yield
    logger.info("decision: %s on %s by a named person", kind, decision.decided_on)


def _refuse_past(found: dict[str, Any], decision: Decision) -> None:
    """Refuse a day that a run has passed already: done again, that run would say something else."""
    judged = max(found["as_of"], found["evaluated_as_of"] or found["as_of"])
    if decision.decided_on < judged:
        raise DecisionError(
            f"a decision of {decision.decided_on} would change the run as of {judged}, which has judged already; "
            f"expected {judged} or later. Nothing was written."
        )


def _write(warehouse: Warehouse, kind: str, customer_id: str, decision: Decision, **told: Any) -> None:
    nothing = {"alert_id": None, "relationship_class": None, "expires_on": None}
    warehouse.execute(
        "early_warning/add_class_decision",
        kind=kind,
        customer_id=customer_id,
        decided_on=decision.decided_on,
        decided_by=decision.decided_by,
        reason=decision.reason,
        **{**nothing, **told},
    )
