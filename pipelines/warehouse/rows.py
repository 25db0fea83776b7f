"""Column types: from the catalog's words to Arrow and back, and Arrow rows cast to what a table holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import pyarrow as pa
import sqlalchemy as sa

from pipelines.errors import WarehouseError
from pipelines.warehouse.batches import cluster_by_month

Rows: TypeAlias = pa.Table | pa.RecordBatchReader | Iterable[pa.RecordBatch]

_FIXED: dict[str, tuple[pa.DataType, sa.types.TypeEngine[Any]]] = {
    "integer": (pa.int32(), sa.Integer()),
    "bigint": (pa.int64(), sa.BigInteger()),
    "double precision": (pa.float64(), sa.Double()),
    "boolean": (pa.bool_(), sa.Boolean()),
    "date": (pa.date32(), sa.Date()),
    "timestamp without time zone": (pa.timestamp("us"), sa.DateTime()),
    "character varying": (pa.string(), sa.String()),
}
_SYNONYMS = {"double": "double precision", "varchar": "character varying", "timestamp": "timestamp without time zone"}


def arrow_type(data_type: str, precision: int | None, scale: int | None) -> pa.DataType:
    """Return the Arrow type of a column as information_schema describes it; an unknown type is refused."""
    word = data_type.lower().split("(")[0].strip()
    if word in ("numeric", "decimal"):
        return pa.decimal128(precision or 38, scale or 0)
    word = _SYNONYMS.get(word, word)
    if word not in _FIXED:
        raise WarehouseError(f"column type {data_type!r} is not one we carry; it takes numeric and {sorted(_FIXED)}.")
    return _FIXED[word][0]


def sql_type(data_type: pa.DataType) -> sa.types.TypeEngine[Any]:
    """Return the column type that holds an Arrow type on both engines."""
    for arrow, sql in _FIXED.values():
        if arrow == data_type:
            return sql
    raise WarehouseError(
        f"no column type for Arrow {data_type}; expected one of {[str(a) for a, _ in _FIXED.values()]}."
    )


class OfferedRows:
    """Rows on their way into a table, cast batch by batch to its types.

    An engine that reads them sees only that the stream failed; `raise_cause` tells why in our own words.
    `cluster_by` names a day by whose months they are gathered on their way.
    """

    def __init__(self, rows: Rows, types: Mapping[str, pa.DataType], table: str, cluster_by: str = "") -> None:
        names = rows.schema.names if isinstance(rows, pa.Table | pa.RecordBatchReader) else list(types)
        unknown = [name for name in names if name not in types]
        if unknown:
            raise WarehouseError(f"{table} has no columns {unknown}; it has {list(types)}. Rename them in the query.")
        self._table = table
        self._cause: Exception | None = None
        schema = pa.schema([(name, types[name]) for name in names])
        batches = self._batches(rows, schema)
        self.reader = pa.RecordBatchReader.from_batches(
            schema, cluster_by_month(batches, cluster_by) if cluster_by else batches
        )

    def raise_cause(self) -> None:
        """Raise what stopped the stream, if anything did."""
        if self._cause is not None:
            raise self._cause

    def _batches(self, rows: Rows, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        try:
            for batch in rows.to_batches() if isinstance(rows, pa.Table) else rows:
                yield _cast_batch(batch, schema, self._table)
        except Exception as cause:
            self._cause = cause
            raise


def _cast_batch(batch: pa.RecordBatch, schema: pa.Schema, table: str) -> pa.RecordBatch:
    """Cast a batch's columns to the schema, by name; a value that does not fit is refused, never rounded away."""
    arrays = []
    for field in schema:
        if field.name not in batch.schema.names:
            raise WarehouseError(f"{table} asks for column {field.name}; the rows have {batch.schema.names}.")
        arrays.append(_cast_column(batch.column(field.name), field, table))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cast_column(column: pa.Array, field: pa.Field, table: str) -> pa.Array:
    if column.type == field.type:
        return column
    try:
        return column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise WarehouseError(
            f"{table}.{field.name} takes {field.type}; got {column.type} with values that do not fit. "
            f"Cast the column in the query that makes these rows."
        ) from None  # Arrow's own message quotes the value, which may be a customer's
