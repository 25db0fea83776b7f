"""The input contract: which landing tables a source may fill, and how its rows must look to be let in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import SourceError
from pipelines.ingest.text import cast_text, clean_text
from pipelines.ingest.values import BadValue, cast_day, cast_number, cast_plain
from pipelines.warehouse import Warehouse

_MIDNIGHT = " 00:00:00.000000"


@dataclass(frozen=True)
class LandingTable:
    """A table of the input contract; `is_windowed` says that lookback_days may bound what is read of it."""

    name: str
    key: tuple[str, ...]
    is_required: bool
    is_windowed: bool

    @property
    def remedy(self) -> str:
        """What a source does to correct a row of it."""
        if self.name == "transactions":
            return "state a reversing row, and the right one, each with a transaction_id of its own"
        if self.name == "events":
            return "state what is true as a new event with an event_id of its own"
        return "state them again with a later known_on"


LANDING_TABLES = (
    LandingTable("customers", ("customer_id",), is_required=True, is_windowed=False),
    LandingTable("transactions", ("transaction_id",), is_required=True, is_windowed=True),
    LandingTable("events", ("event_id",), is_required=False, is_windowed=True),
    LandingTable("accounts", ("account_id",), is_required=False, is_windowed=False),
    LandingTable("balances", ("account_id", "month"), is_required=False, is_windowed=True),
    LandingTable("loans", ("loan_id",), is_required=False, is_windowed=False),
    LandingTable("loan_months", ("loan_id", "month"), is_required=False, is_windowed=True),
    LandingTable("income_costs", ("customer_id", "month"), is_required=False, is_windowed=True),
    LandingTable("firm_reports", ("customer_id", "period_end", "period_months"), is_required=False, is_windowed=True),
    LandingTable("holdings", ("holding_id",), is_required=False, is_windowed=True),
    LandingTable("profile_fields", ("customer_id", "field_group", "field"), is_required=False, is_windowed=True),
    LandingTable("crm_profiles", ("customer_id",), is_required=False, is_windowed=True),
    LandingTable("contacts", ("contact_id",), is_required=False, is_windowed=True),
    LandingTable("blacklist", ("entry_id",), is_required=False, is_windowed=False),
    LandingTable("consents", ("customer_id",), is_required=False, is_windowed=False),
    LandingTable("guarantees", ("guarantee_id",), is_required=False, is_windowed=False),
    LandingTable("outside_exposures", ("customer_id", "month"), is_required=False, is_windowed=True),
    LandingTable("ledger_write_offs", ("branch_id", "month"), is_required=False, is_windowed=True),
    LandingTable("products", ("product_id",), is_required=False, is_windowed=False),
    LandingTable("branches", ("branch_id",), is_required=False, is_windowed=False),
    LandingTable("managers", ("manager_id",), is_required=False, is_windowed=False),
    LandingTable("manager_skills", ("manager_id", "skill"), is_required=False, is_windowed=False),
    LandingTable("industries", ("industry_code",), is_required=False, is_windowed=False),
    LandingTable("calendar", ("day",), is_required=False, is_windowed=False),
)


@dataclass(frozen=True)
class Contract:
    """What one landing table takes: its columns with their types and those that may not be null.

    `where` is the source's query, for messages. `trimmed` and `no_id` fill up while batches are conformed: how many
    ids had blanks around them, and how many were words or zeros for none, by column. Where
    `refused` is a dict, the first refusal of each column goes there, and the column is null in that batch.
    """

    table: LandingTable
    columns: Mapping[str, pa.DataType]
    required: tuple[str, ...]
    where: str
    trimmed: Counter[str] = field(default_factory=Counter)
    no_id: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] | None = None

    def conform(self, batches: Iterable[pa.RecordBatch], known_before: date) -> Iterator[pa.RecordBatch]:
        """Yield the batches as the table takes them: columns in order, absent ones null, rows known in time.

        Raises SourceError for a value that does not fit, with its column and the key of its row.
        """
        for batch in batches:
            self._check_names(batch.schema.names)
            arrays = [self._conform_column(batch, name, kind) for name, kind in self.columns.items()]
            conformed = pa.RecordBatch.from_arrays(arrays, schema=pa.schema(self.columns))
            yield conformed.filter(pc.less(conformed["known_on"], pa.scalar(known_before, pa.date32())))

    def _check_names(self, names: list[str]) -> None:
        missing = [name for name in self.required if name not in names]
        unknown = [name for name in names if name not in self.columns]
        if missing:
            raise SourceError(
                f"{self.where} gives no column {missing}; expected {list(self.required)}: add it to the SELECT."
            )
        if unknown:
            raise SourceError(
                f"{self.where} gives unknown columns {unknown}; expected of {list(self.columns)}: rename them."
            )
        if len(set(names)) < len(names):
            raise SourceError(f"{self.where} gives a column twice: {names}; expected each once: give each one name.")

    def _conform_column(self, batch: pa.RecordBatch, name: str, kind: pa.DataType) -> pa.Array:
        if name not in batch.schema.names:
            return pa.nulls(batch.num_rows, kind)
        try:
            return self._take_column(batch, name, kind)
        except SourceError as refusal:
            if self.refused is None:
                raise
            self.refused.setdefault(name, str(refusal))
            return pa.nulls(batch.num_rows, kind)

    def _take_column(self, batch: pa.RecordBatch, name: str, kind: pa.DataType) -> pa.Array:
        given = batch[name]
        try:
            column = self._fit(given, name, kind)
        except BadValue as bad:
            raise SourceError(
                f"{self.where} gives {self.table.name}.{name} of the row {self._name_row(batch, bad.place)} as "
                f"{bad.got}; expected {bad.expected}: {bad.remedy}."
            ) from None
        if name in self.required and column.null_count:
            self._refuse_nulls(batch, name, given, column)
        return column

    def _fit(self, column: pa.Array, name: str, kind: pa.DataType) -> pa.Array:
        if pa.types.is_string(kind):
            clean = clean_text(cast_text(column), self.table.name, name)
            self.trimmed[name] += clean.trimmed
            self.no_id[name] += clean.no_id
            return clean.column
        if pa.types.is_date(kind):
            return cast_day(column, kind)
        if pa.types.is_boolean(kind):
            return cast_plain(column, kind)
        return cast_number(column, kind, name)

    def _refuse_nulls(self, batch: pa.RecordBatch, name: str, given: pa.Array, column: pa.Array) -> None:
        place = pc.index(pc.is_null(column), True).as_py()
        words = " (an empty text, or a word such as NULL, is no id)" if given.null_count < column.null_count else ""
        raise SourceError(
            f"{self.where} gives {column.null_count} of {batch.num_rows} rows without {name}{words}; expected none: "
            f"correct the SELECT or the rows at the source, such as {self.table.name} {self._name_row(batch, place)}."
        )

    def _name_row(self, batch: pa.RecordBatch, place: int) -> str:
        """Return the key of a row for messages, as the source gives it."""
        names = [name for name in (*self.table.key, "known_on") if name in batch.schema.names]
        return ", ".join(f"{name} {_show(batch[name][place])}" for name in names)


def read_contract(
    warehouse: Warehouse, table: LandingTable, where: str, refused: dict[str, str] | None = None
) -> Contract:
    """Read from the catalog what landing.<table> takes; source_known_on is landing's, not the source's."""
    columns = warehouse.columns("landing." + table.name)
    required = warehouse.read("warehouse/required_columns", table_schema="landing", table_name=table.name)
    names = [name for name in required["column_name"].to_pylist() if name != "source_known_on"]
    columns.pop("source_known_on")
    return Contract(table, columns, tuple(names), where, refused=refused)


def _show(value: pa.Scalar) -> str:
    return str(value.cast(pa.string()).as_py()).removesuffix(_MIDNIGHT) if value.is_valid else "null"
