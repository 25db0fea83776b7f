"""Horizons: how far each step has come, so that none goes on from less than it thinks it has.

A step that has dealt with all of landing known before a day says so, with the number of rows it saw. The next step
refuses when that day is not reached, or when landing has grown since: an answer made from months that are not there
yet would be wrong for ever, and a row that arrives between two steps would be in one of them only.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from pipelines.errors import WatermarkError
from pipelines.warehouse import Warehouse

TABLE = "ops.watermarks"


def count_landing(warehouse: Warehouse, as_of: date) -> int:
    """Return how many rows landing holds that were known before `as_of`."""
    return int(warehouse.read("ledger/landing_rows", as_of=as_of)["row_count"][0].as_py())


def record_watermark(warehouse: Warehouse, step: str, as_of: date, landing_rows: int) -> None:
    """Write down that the step has dealt with these rows, all that landing held before `as_of`."""
    row = pa.table({"step": [step], "as_of": [as_of], "landing_rows": [landing_rows]})
    warehouse.replace(TABLE, row, {"step": step, "as_of": as_of})


def refuse_missing_upstream(warehouse: Warehouse, step: str, as_of: date) -> None:
    """Refuse when the step has not come to `as_of`, ever."""
    if not warehouse.read("ledger/watermarks", step=step, as_of=as_of).num_rows:
        raise WatermarkError(
            f"{step} has not come to {as_of} yet, so what was known before that day is not all there. "
            f"Run `kcrm {step} --as-of {as_of}` first."
        )


def refuse_stale(warehouse: Warehouse, step: str, as_of: date) -> None:
    """Refuse when the step has not come to `as_of`, or landing has other rows now than it saw."""
    refuse_missing_upstream(warehouse, step, as_of)
    seen = warehouse.read("ledger/watermarks", step=step, as_of=as_of).to_pylist()
    if any(count_landing(warehouse, row["as_of"]) == row["landing_rows"] for row in seen):
        return
    now = count_landing(warehouse, seen[0]["as_of"])
    raise WatermarkError(
        f"landing holds {now} rows known before {seen[0]['as_of']}, and {step} saw {seen[0]['landing_rows']}: rows "
        f"came after it. Run `kcrm {step} --as-of {as_of}` again, and what follows it."
    )
