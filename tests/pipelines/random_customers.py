"""Customers whose fortunes wander at random: what their classes are judged by, and what people decide of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.warehouse import Warehouse

RULE_VERSION = "classes_v1"


@dataclass
class Crowd:
    """`count` customers, each with a strain that wanders, days past due that pile up, and now and then an event."""

    count: int
    rng: np.random.Generator
    strain: NDArray[np.float64] = field(init=False)
    score: NDArray[np.float64] = field(init=False)
    days: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.strain = self.rng.normal(-2.5, 1.5, self.count)
        self.score = 1 / (1 + np.exp(-self.strain))
        self.days = np.zeros(self.count)

    def live_a_month(self) -> None:
        """Let a month pass."""
        self.strain += 0.1 * (-2.5 - self.strain) + self.rng.normal(0, 0.6, self.count)
        is_late = self.rng.random(self.count) < np.where(self.days > 0, 0.7, 0.04) * (self.strain > -1.5)
        more = self.rng.choice([30.0, 100.0], self.count, p=[0.95, 0.05])
        self.days = np.where(is_late, self.days + more, 0.0)

    def tell(self, run_id: str, as_of: date) -> pa.Table:
        """Return the month's rows of crm.class_measures_v1; a tenth of the customers has no score, a tenth no loans."""
        before, self.score = self.score, 1 / (1 + np.exp(-self.strain))
        unknown = np.arange(self.count) % 10
        grade = np.maximum(np.digitize(self.days, [1, 91, 271, 361]) + 1, 1 + self._draw(0.02) + self._draw(0.01) * 2)
        return pa.table(
            {
                "run_id": pa.repeat(run_id, self.count),
                "customer_id": name_customers(self.count),
                "as_of": pa.repeat(pa.scalar(as_of), self.count),
                "score_cause": pa.array(np.where(self._draw(0.01), "already_in_distress", None)),
                "distress_score": pa.array(self.score, mask=unknown == 0),
                "score_rise": pa.array(self.score - before, mask=unknown == 0),
                "days_past_due": pa.array(self.days, mask=unknown == 1),
                "class5": pa.array(grade, pa.int32(), mask=unknown == 1),
                "loan_balance": pa.array(np.full(self.count, 100), pa.int64()).cast(pa.decimal128(38, 2)),
                "written_off_amount_12m": pa.array(self._draw(0.005), pa.int64()).cast(pa.decimal128(38, 2)),
                "default_count_12m": pa.array(self._draw(0.01), pa.int32()),
                "turnover_ratio_3m_12m": self.rng.uniform(0, 2, self.count),
                "is_over_limit": self._draw(0.02),
                "limit_use_ratio": pa.array(np.full(self.count, 1.1)),
                "is_blacklisted": self._draw(0.002),
                "is_industry_declining": self._draw(0.05),
                "industry_trend": pa.array(np.full(self.count, 0.8)),
                "stage": pa.repeat("fading", self.count),
                "is_key_account": self._draw(0.5),
                "bad_connected_count": pa.array(self._draw(0.02), pa.int32()),
                "rule_version": pa.repeat(RULE_VERSION, self.count),
            }
        )

    def _draw(self, share: float) -> NDArray[np.bool_]:
        return self.rng.random(self.count) < share


def name_customers(count: int) -> list[str]:
    """Return the ids."""
    return [f"c{place:06d}" for place in range(count)]


def decide_at_random(warehouse: Warehouse, run_id: str, as_of: date, rng: np.random.Generator) -> None:
    """Approve some exits that are proposed and some that are not, lift some, and override some classes."""
    classes = warehouse.select(
        "select customer_id, machine_class, is_exit_proposed from crm.relationship_classes_v1 "
        "where run_id = '" + run_id + "' order by customer_id"
    )
    draw, machine = rng.random(classes.num_rows), np.array(classes["machine_class"].to_pylist())
    proposed = classes["is_exit_proposed"].to_numpy()
    kinds = np.select(
        [(draw < 0.5) & proposed, draw < 0.001, (draw < 0.1) & (machine == "exit"), draw > 0.995],
        ["approve_exit", "approve_exit", "lift_exit", "override"],
        default="",
    )
    chosen = np.flatnonzero(kinds != "")
    (start,) = warehouse.select("select count(*) as n from ops.class_decisions")["n"].to_pylist()
    rows = {
        "place": np.arange(len(chosen)) + start + 1,
        "kind": kinds[chosen],
        "customer_id": classes["customer_id"].take(chosen),
        "relationship_class": rng.choice(["normal", "watch", "doubtful"], len(chosen)),
        "decided_on": pa.repeat(pa.scalar(as_of + timedelta(days=5)), len(chosen)),
        "decided_by": pa.repeat("A. Approver", len(chosen)),
        "reason": pa.repeat("drawn", len(chosen)),
        "expires_on": pa.repeat(pa.scalar(as_of + timedelta(days=80)), len(chosen)),
    }
    warehouse.append("ops.class_decisions", pa.table(rows))
