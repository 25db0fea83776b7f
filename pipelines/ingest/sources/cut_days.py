"""Days that a SELECT cuts from timestamps: cut here instead, where midnights of another zone can be seen."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import SourceError

_MICROSECONDS = pa.timestamp("us")
_QUARTER = 15 * 60 * 1_000_000  # zones differ by whole quarters of an hour
_MOST_TIMES = 2  # in winter and in summer


class DayCutter:
    """Turns timestamps of the columns `names` into days, and remembers at which times of day they are.

    A timestamp is cut to its day as the SELECT asks. But where all of them are at one or two round times of day that
    are not midnight, such as 16:00, they are midnights of another zone, and the day is the wrong one.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._times: dict[str, set[int]] = {name: set() for name in sorted(names)}

    def cut(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the batch with days in the place of these timestamps."""
        columns = [
            self._cut_column(name, column) if name in self._times and pa.types.is_timestamp(column.type) else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    def refuse_other_midnights(self) -> None:
        """Raise SourceError for a column of which all timestamps are midnights of another zone."""
        for name, times in self._times.items():
            if times and 0 not in times and len(times) <= _MOST_TIMES and not any(time % _QUARTER for time in times):
                minutes = min(times) // 60_000_000
                raise SourceError(
                    f"column {name} is a timestamp at {minutes // 60:02}:{minutes % 60:02} in all rows, midnight in "
                    "another zone; expected days of the bank's own zone: move it there in the SELECT (timezone of "
                    "[sources.<name>] in kcrm.toml where it has a zone), or give cast(date_trunc('day', <column>) as "
                    "date) where that time means nothing."
                )

    def _cut_column(self, name: str, column: pa.Array) -> pa.Array:
        days = column.cast(pa.date32(), safe=False)
        times = pc.subtract(column.cast(_MICROSECONDS, safe=False), days.cast(_MICROSECONDS)).cast(pa.int64())
        if len(self._times[name]) <= _MOST_TIMES:
            self._times[name].update(pc.unique(times.drop_null()).slice(0, _MOST_TIMES + 1).to_pylist())
        return days
