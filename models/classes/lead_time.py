"""Lead time: how long before distress a customer stood on watch, what was missed, and which watch was for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.declare.examples import BoolArray, FloatArray
from models.measure.bootstrap import Draws

IntArray = NDArray[np.int_]
AHEAD = (1, 3, 6)


@dataclass(frozen=True)
class Panel:
    """Key accounts and their outcome: one row a customer, one column a month (an as_of), the evaluated months last.

    is_key and is_distressed: (customers, months); exposure_amount the same, 0 where unknown. The evaluated months are
    `first_evaluated` to before `last_evaluated`; later columns only show the outcome, up to `last_known`.
    """

    is_key: BoolArray
    is_distressed: BoolArray
    exposure_amount: FloatArray
    first_evaluated: int
    last_evaluated: int
    last_known: int

    @property
    def evaluated(self) -> slice:
        """The months that are evaluated."""
        return slice(self.first_evaluated, self.last_evaluated)

    def until(self, month: int) -> Panel:
        """Return what is known on the morning of a month: nobody's fate after it."""
        is_distressed = self.is_distressed.copy()
        is_distressed[:, month + 1 :] = False
        return replace(self, is_distressed=is_distressed, last_known=month)

    def between(self, first: int, last: int) -> Panel:
        """Return the same with other months evaluated."""
        return replace(self, first_evaluated=first, last_evaluated=last)


@dataclass(frozen=True)
class Sums:
    """What one policy did for each customer: arrays of (customers,), or (customers, lengths of AHEAD) for `caught`.

    Of the alerts only those are `resolved` whose whole horizon is known; false ones are among these.
    """

    events: FloatArray
    caught: FloatArray
    exposure: FloatArray
    exposure_caught_3m: FloatArray
    alerts: FloatArray
    resolved: FloatArray
    false_alarms: FloatArray
    watch_months: FloatArray
    key_years: FloatArray
    leads: IntArray


@dataclass(frozen=True)
class LeadTime:
    """What a policy is worth: medians and shares over events, alarms over alerts and years of a key account.

    An event that no watch foreran has a lead of 0. lower and upper: 95 % over draws of customers, of caught_3m.
    """

    policy: str
    event_count: int
    alert_count: int
    median_months: float
    caught_1m: float
    caught_3m: float
    caught_6m: float
    caught_3m_lower: float
    caught_3m_upper: float
    caught_3m_by_exposure: float
    alerts_per_event: float
    false_alarms_per_100_year: float
    watch_months_per_key_year: float


def find_events(panel: Panel, horizon: int) -> BoolArray:
    """Mark the evaluated months in which a key account of the month before comes into distress.

    It has shown none for `horizon` months: a relapse sooner than that is no event, as who had one is watched anyhow.
    """
    event = np.zeros_like(panel.is_distressed)
    event[:, 1:] = panel.is_distressed[:, 1:] & panel.is_key[:, :-1]
    for ago in range(1, horizon + 1):
        event[:, ago:] &= ~panel.is_distressed[:, :-ago]
    return _keep(event, panel.evaluated)


def count_watch_before(on_watch: BoolArray) -> IntArray:
    """Return for each month how many months without a break, up to the one before, a customer stood on watch."""
    run = np.zeros(on_watch.shape, dtype=int)
    for month in range(1, on_watch.shape[1]):
        run[:, month] = np.where(on_watch[:, month - 1], run[:, month - 1] + 1, 0)
    return run


def find_alerts(panel: Panel, on_watch: BoolArray) -> BoolArray:
    """Mark the evaluated months in which a key account comes onto watch, and the first of them where it stands there.

    So whoever keeps everybody on watch for ever has an alert for each, too.
    """
    alert = np.zeros_like(on_watch)
    alert[:, 1:] = on_watch[:, 1:] & ~on_watch[:, :-1] & panel.is_key[:, 1:]
    alert[:, panel.first_evaluated] = on_watch[:, panel.first_evaluated] & panel.is_key[:, panel.first_evaluated]
    return _keep(alert, panel.evaluated)


def find_resolved(panel: Panel, alerts: BoolArray, horizon: int) -> BoolArray:
    """Mark the alerts of which it is known how the `horizon` months after them went."""
    return _keep(alerts, slice(0, max(0, panel.last_known - horizon + 1)))


def find_false_alarms(panel: Panel, alerts: BoolArray, horizon: int) -> BoolArray:
    """Mark the alerts after which, in that month and `horizon` months on, the customer shows no distress."""
    soon = np.zeros_like(alerts)
    for ahead in range(horizon + 1):
        months = alerts.shape[1] - ahead
        soon[:, :months] |= panel.is_distressed[:, ahead:]
    return alerts & ~soon


def summarize_policy(panel: Panel, on_watch: BoolArray, horizon: int) -> Sums:
    """Sum what a policy did by customer; `on_watch` covers the months up to the last evaluated one."""
    behind = panel.is_key.shape[1] - on_watch.shape[1]
    on_watch = np.pad(on_watch, ((0, 0), (0, behind)))
    event, alerts = find_events(panel, horizon), find_alerts(panel, on_watch)
    resolved = find_resolved(panel, alerts, horizon)
    lead, owed = count_watch_before(on_watch), np.zeros_like(panel.exposure_amount)
    owed[:, 1:] = panel.exposure_amount[:, :-1]
    return Sums(
        events=event.sum(1).astype(float),
        caught=np.stack([(event & (lead >= ahead)).sum(1) for ahead in AHEAD], axis=1).astype(float),
        exposure=(owed * event).sum(1),
        exposure_caught_3m=(owed * (event & (lead >= 3))).sum(1),
        alerts=alerts.sum(1).astype(float),
        resolved=resolved.sum(1).astype(float),
        false_alarms=find_false_alarms(panel, resolved, horizon).sum(1).astype(float),
        watch_months=(on_watch & panel.is_key)[:, panel.evaluated].sum(1).astype(float),
        key_years=panel.is_key[:, panel.evaluated].sum(1) / 12,
        leads=lead[event],
    )


def measure_policy(policy: str, sums: Sums, draws: Draws) -> LeadTime:
    """Turn a policy's sums into its measures; NaN where there is no event, or nothing owed before any."""
    events, alerts = sums.events.sum(), sums.alerts.sum()
    lower, upper = np.nanpercentile(_draw_caught(sums, draws), (2.5, 97.5)) if events else (np.nan, np.nan)
    caught_1m, caught_3m, caught_6m = map(float, _divide(sums.caught.sum(0), events))
    return LeadTime(
        policy=policy,
        event_count=int(events),
        alert_count=int(alerts),
        median_months=float(np.median(sums.leads)) if events else np.nan,
        caught_1m=caught_1m,
        caught_3m=caught_3m,
        caught_6m=caught_6m,
        caught_3m_lower=float(lower),
        caught_3m_upper=float(upper),
        caught_3m_by_exposure=float(_divide(sums.exposure_caught_3m.sum(), sums.exposure.sum())),
        alerts_per_event=float(_divide(alerts, events)),
        false_alarms_per_100_year=100 * count_false(sums) / float(sums.key_years.sum()),
        watch_months_per_key_year=float(_divide(sums.watch_months.sum(), sums.key_years.sum())),
    )


def compare_caught(ours: Sums, theirs: Sums, draws: Draws) -> tuple[float, float, float]:
    """Return how much more of the events ours caught three months ahead, and its 95 % interval, on the same draws."""
    value = _divide(ours.caught[:, 1].sum() - theirs.caught[:, 1].sum(), ours.events.sum())
    lower, upper = np.nanpercentile(_draw_caught(ours, draws) - _draw_caught(theirs, draws), (2.5, 97.5))
    return float(value), float(lower), float(upper)


def cost_of(sums: Sums, miss_cost: float, alarm_cost: float) -> float:
    """Return what a policy costs: events not caught a month ahead, and false alarms, at these prices."""
    missed = sums.events.sum() - sums.caught[:, 0].sum()
    return float(miss_cost * missed + alarm_cost * count_false(sums))


def count_false(sums: Sums) -> float:
    """Return how many alerts were for nothing: the share of the resolved ones, of all; 0 where there is no alert."""
    alerts = float(sums.alerts.sum())
    return alerts * float(_divide(sums.false_alarms.sum(), sums.resolved.sum())) if alerts else 0.0


def choose_cheapest(costs: Mapping[float, float]) -> float:
    """Return the edge of least cost; of equal ones the highest, which alarms least."""
    return min(costs, key=lambda edge: (costs[edge], -edge))


def _draw_caught(sums: Sums, draws: Draws) -> FloatArray:
    pairs = [(sums.caught[:, 1] @ weights, sums.events @ weights) for weights in draws.slices()]
    return np.concatenate([_divide(caught, events) for caught, events in pairs])


def _divide(part: FloatArray | np.floating, whole: FloatArray | np.floating) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(whole) == 0, np.nan, np.true_divide(part, whole))


def _keep(marked: BoolArray, months: slice) -> BoolArray:
    kept = np.zeros_like(marked)
    kept[:, months] = marked[:, months]
    return kept
