"""What is measured of a delivery: the tables that come every month, and how each measure may move."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """How one measure may move from the months before.

    `scale` is log (counts and sums), share, or count (small whole numbers). `warn` and `stop` are the least distances
    from the median that count, as a factor on the log scale and as a difference on the others. `limit` is the stated
    stop where there are too few months before to learn from; None: there is none.
    """

    name: str
    scale: str
    warn: float
    stop: float
    why: str
    is_low_bounded: bool = True
    is_high_bounded: bool = True
    limit: float | None = None

    @property
    def floors(self) -> tuple[float, float]:
        """The least half widths of the narrow and of the wide band, on the scale."""
        return (math.log(self.warn), math.log(self.stop)) if self.scale == "log" else (self.warn, self.stop)


_LOST = "Customers who came in each of the three months before and are missing now read as silent, so as in decline."
_LEVEL = "An amount twenty times smaller or larger than usual is another unit, a void or a lost part, not business."
_DAYS = "A business day without any transaction is a day that was not delivered; a week of New Year is allowed."

MEASURES = {
    one.name: one
    for one in (
        Measure("rows", "log", 1.25, 1.5, "A month of far fewer or more rows than usual is cut short or doubled."),
        Measure("customers", "log", 1.15, 1.4, "Fewer customers than usual means that a part of them is missing."),
        Measure("amount", "log", 2.0, 4.0, "A sum far from the usual is another unit or a part that is missing."),
        Measure("median_amount", "log", 1.4, 1.8, "A typical customer's amount far from usual is another unit."),
        Measure("level_ratio", "log", 1.25, 1.5, "Half or double of what each customer usually has is another unit."),
        Measure("second_customers", "log", 1.5, 2.0, "A second amount that is zero for nearly all was not mapped."),
        Measure("void_share", "share", 0.02, 0.1, "Void rows are left out.", is_low_bounded=False, limit=0.5),
        Measure("zero_share", "share", 0.02, 0.1, "Zero amounts hide the true ones.", is_low_bounded=False, limit=0.5),
        Measure("empty_days", "count", 1.5, 6.5, _DAYS, is_low_bounded=False),
        Measure("late_share", "share", 0.05, 0.2, "Many late rows are an old month again.", is_low_bounded=False),
        Measure("returning_share", "share", 0.01, 0.03, _LOST, is_high_bounded=False, limit=0.5),
        Measure("level_share", "share", 0.01, 0.03, _LEVEL, is_high_bounded=False, limit=0.5),
        Measure(
            "repeated_share",
            "share",
            0.01,
            0.03,
            "The same content under another id counts twice: the rows were delivered before.",
            is_low_bounded=False,
            limit=0.6,
        ),
        Measure(
            "redelivered_share",
            "share",
            0.01,
            0.03,
            "The same content, known on another day under another id, was delivered before and counts twice.",
            is_low_bounded=False,
            limit=0.05,
        ),
    )
}
BRANCH_MEASURES = {
    "returning_share": Measure("returning_share", "share", 0.1, 0.25, _LOST, is_high_bounded=False),
    "level_share": Measure("level_share", "share", 0.1, 0.25, _LEVEL, is_high_bounded=False),
}

# Tables with a row of most customers each month, and those with rows of a few customers, in ops.customer_deliveries.
REGULAR_TABLES = ("transactions", "balances", "loan_months", "income_costs")
IRREGULAR_TABLES = ("events", "contacts")
_OF_REGULAR = (
    "returning_share",
    "level_share",
    "level_ratio",
    "median_amount",
    "second_customers",
    "void_share",
    "zero_share",
)


def list_measures(table: str) -> tuple[Measure, ...]:
    """Return the measures that bound the deliveries of a table; of other tables only `rows` is kept, for silence."""
    if table in REGULAR_TABLES:
        own = ("repeated_share", "redelivered_share", "empty_days") if table == "transactions" else ()
        return tuple(MEASURES[name] for name in ("rows", "customers", "amount", *_OF_REGULAR, "late_share", *own))
    if table in IRREGULAR_TABLES:
        return tuple(MEASURES[name] for name in ("rows", "customers", "late_share"))
    return ()
