"""The findings of a run's deliveries: one a table and measure, in the words of the other checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pipelines.checks.results import Answer, Finding
from pipelines.checks.suites import Promise
from pipelines.deliveries.evaluate import Evaluated
from pipelines.deliveries.measure import ALL
from pipelines.deliveries.run import Delivery
from pipelines.settings import add_months

_ORDER = ("stopped", "withheld", "accepted", "warned", "usual")
_SHOWN = 3
_REMEDY = (
    "Look at the feed, extract it again and validate again; where the delivery is right, accept it: `kcrm "
    "accept-delivery {table} --as-of {as_of} --by NAME --reason WHY`."
)


def describe_deliveries(deliveries: Iterable[Delivery], as_of: date) -> list[Finding]:
    """Return one finding a table and measure that was evaluated."""
    findings = []
    for delivery in deliveries:
        by_measure: dict[str, list[Evaluated]] = {}
        for one in delivery.evaluated:
            by_measure.setdefault(one.subject.measure, []).append(one)
        findings += [_describe(delivery, name, found, as_of) for name, found in by_measure.items()]
    return findings


def _describe(delivery: Delivery, measure: str, found: Sequence[Evaluated], as_of: date) -> Finding:
    ordered = sorted(found, key=lambda one: (_ORDER.index(one.state), one.subject))
    state = ordered[0].state
    worst = [one for one in ordered if one.state == state]
    promise = _declare(delivery, measure, state, ordered[0].why, as_of)
    places = "; ".join(_describe_place(one) for one in worst[:_SHOWN])
    more = f"; and {len(worst) - _SHOWN} more" if len(worst) > _SHOWN else ""
    if state == "usual":
        return Finding(promise, _describe_band(worst[-1]), Answer(True, _describe_place(worst[-1])))
    who = f" (accepted by {delivery.acceptance.accepted_by})" if state == "accepted" and delivery.acceptance else ""
    withheld = " (the customers of the branch are withheld)" if state == "withheld" else ""
    return Finding(promise, _describe_band(worst[0]), Answer(state == "accepted", places + more + who + withheld))


def _declare(delivery: Delivery, measure: str, state: str, why: str, as_of: date) -> Promise:
    name = f"has_usual_{measure}"
    stops = state == "stopped"
    return Promise(
        delivery.table,
        name,
        "critical" if stops else "warning",
        "stop" if stops else "warn",
        why,
        "deliveries",
        _REMEDY.format(table=delivery.table, as_of=as_of) if stops else "",
        {"type": name, "kwargs": {}},
    )


def _describe_place(one: Evaluated) -> str:
    where = "" if one.subject.branch_id == ALL else f" of branch {one.subject.branch_id}"
    return f"{_format(one.point.value)}{where} delivered in {add_months(one.subject.as_of, -1):%Y-%m}"


def _describe_band(one: Evaluated) -> str:
    is_wide = one.state in ("stopped", "withheld", "accepted")
    low, high = (one.band.stop_low, one.band.stop_high) if is_wide else (one.band.warn_low, one.band.warn_high)
    limits = [("at least", low), ("at most", high)]
    bounds = " and ".join(f"{word} {_format(limit)}" for word, limit in limits if limit is not None)
    return f"{one.subject.measure} {bounds}" if bounds else f"{one.subject.measure} (no bound: under six months before)"


def _format(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"
