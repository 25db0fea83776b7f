"""Decisions on classes: what a person decides by name and day, kept for ever, and read by the runs that come after."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.relationship_class import CLASSES
from pipelines.errors import DecisionError
from pipelines.warehouse import Warehouse

# An exit is entered only by approval, so nobody is put there by an override.
OVERRIDES = CLASSES[:-1]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Decision:
    """Who decided what, on which day, and why; it counts from the first run whose as_of is after that day."""

    decided_on: date
    decided_by: str
    reason: str

    def __post_init__(self) -> None:
        for name in ("decided_by", "reason"):
            if not getattr(self, name).strip():
                raise DecisionError(f"a decision has no {name}; expected a name and a reason. Nothing was written.")


def approve_exit(warehouse: Warehouse, customer_id: str, decision: Decision) -> None:
    """Approve the exit that the run in force proposes for a customer; without a proposal there is none to approve."""
    now = _read_class(warehouse, customer_id, decision)
    if not now["is_exit_proposed"]:
        raise DecisionError(
            f"no exit of {customer_id} is proposed as of {now['as_of']}: its class is {now['machine_class']}. "
            "An exit is approved only where crm.relationship_classes says is_exit_proposed. Nothing was written."
        )
    _write(warehouse, "approve_exit", customer_id, decision)


def lift_exit(warehouse: Warehouse, customer_id: str, decision: Decision) -> None:
    """Take back an exit, entered or only approved: the customer is doubtful from the next run on."""
    now = _read_class(warehouse, customer_id, decision)
    if now["machine_class"] != "exit" and not now["is_exit_proposed"]:
        raise DecisionError(
            f"{customer_id} is {now['machine_class']} as of {now['as_of']}, and no exit of it is proposed, so there is "
            "none to lift. Nothing was written."
        )
    _write(warehouse, "lift_exit", customer_id, decision)


def override_class(
    warehouse: Warehouse, customer_id: str, relationship_class: str, expires_on: date, decision: Decision
) -> None:
    """Show another class than the machine's up to a day; never under its floor, and the machine's stays beside it."""
    now = _read_class(warehouse, customer_id, decision)
    if relationship_class not in OVERRIDES:
        raise DecisionError(
            f"override to {relationship_class!r}; expected of {list(OVERRIDES)}. An exit is approved, not overridden."
        )
    if CLASSES.index(relationship_class) < CLASSES.index(now["floor_class"]):
        raise DecisionError(
            f"override of {customer_id} to {relationship_class} is under its floor {now['floor_class']} as of "
            f"{now['as_of']}, which no person lifts: see its rows in crm.class_evidence. Nothing was written."
        )
    if expires_on <= decision.decided_on:
        raise DecisionError(f"override of {customer_id} ends on {expires_on}, not after {decision.decided_on}.")
    _write(warehouse, "override", customer_id, decision, relationship_class=relationship_class, expires_on=expires_on)


def answer_alert(warehouse: Warehouse, alert_id: str, decision: Decision) -> None:
    """Answer an open alert of the run in force: it no longer ages, and the answer is shown with it."""
    found = warehouse.read("crm/alert_in_force", alert_id=alert_id).to_pylist()
    if not found:
        raise DecisionError(f"the run in force has no alert {alert_id!r}; alert_id in crm.alerts names them.")
    if found[0]["state"] == "closed":
        raise DecisionError(f"alert {alert_id} is closed as of {found[0]['as_of']}; there is nothing to answer.")
    _refuse_past(found[0]["as_of"], decision)
    _write(warehouse, "answer", found[0]["customer_id"], decision, alert_id=alert_id)


def _read_class(warehouse: Warehouse, customer_id: str, decision: Decision) -> dict[str, Any]:
    found = warehouse.read("crm/class_in_force", customer_id=customer_id).to_pylist()
    if not found:
        raise DecisionError(
            f"the run in force has no class of customer {customer_id!r}. Publish a run with rules first, or correct "
            "the customer_id; `kcrm status` tells which run is in force."
        )
    _refuse_past(found[0]["as_of"], decision)
    return dict(found[0])


def _refuse_past(as_of: date, decision: Decision) -> None:
    if decision.decided_on < as_of:
        raise DecisionError(
            f"a decision of {decision.decided_on} would change the run as of {as_of}, which is published; expected "
            f"{as_of} or later. Nothing was written."
        )


def _write(warehouse: Warehouse, kind: str, customer_id: str, decision: Decision, **told: Any) -> None:
    nothing = {"alert_id": None, "relationship_class": None, "expires_on": None}
    with warehouse.transaction():
        warehouse.lock("ops.class_decisions")
        warehouse.execute(
            "ops/add_class_decision",
            kind=kind,
            customer_id=customer_id,
            decided_on=decision.decided_on,
            decided_by=decision.decided_by,
            reason=decision.reason,
            **{**nothing, **told},
        )
    logger.info("decision: %s on %s by a named person", kind, decision.decided_on)
