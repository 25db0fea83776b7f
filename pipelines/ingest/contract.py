"""The input contract: which landing tables a source may fill, and how its rows must look to be let in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import SourceError
from pipelines.warehouse import Warehouse

_CENT = 0.005


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
    """What one landing table takes: its columns with their types, those that may not be null, and who asks."""

    columns: Mapping[str, pa.DataType]
    required: tuple[str, ...]
    where: str  # the source's query, for messages

    def conform(self, batches: Iterable[pa.RecordBatch], known_before: date) -> Iterator[pa.RecordBatch]:
        """Yield the batches as the table takes them: columns in order, absent ones null, rows known in time."""
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
        column = batch[name]
        if name in self.required and column.null_count:
            raise SourceError(
                f"{self.where} gives {column.null_count} of {batch.num_rows} rows without {name}; expected none: "
                "mend the SELECT or the source's rows (a word it does not know becomes null)."
            )
        return self._cast(column, name, kind)

    def _cast(self, column: pa.Array, name: str, kind: pa.DataType) -> pa.Array:
        """Cast without loss; Arrow's own message is left out, as it quotes the value."""
        if column.type == kind:
            return column
        try:
            if _is_guess(column.type, kind):
                raise pa.ArrowInvalid("no plain reading")
            cast = column.cast(kind)
            if pa.types.is_floating(column.type) and pa.types.is_decimal(kind):
                _refuse_rounding(column, cast)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise SourceError(
                f"{self.where} gives {name} as {column.type} with values that do not fit; "
                f"expected {kind}: cast it in the SELECT."
            ) from None
        return cast


def read_contract(warehouse: Warehouse, table: LandingTable, where: str) -> Contract:
    """Read from the catalog what landing.<table> takes; source_known_on is landing's, not the source's."""
    columns = warehouse.columns("landing." + table.name)
    required = warehouse.read("warehouse/required_columns", table_schema="landing", table_name=table.name)
    names = [name for name in required["column_name"].to_pylist() if name != "source_known_on"]
    columns.pop("source_known_on")
    return Contract(columns, tuple(names), where)


def _is_guess(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Say whether Arrow would cast what nobody means: a number as a day, a broken number as an id."""
    if pa.types.is_date(wanted):
        return pa.types.is_integer(given) or pa.types.is_floating(given)
    return pa.types.is_string(wanted) and pa.types.is_floating(given)


def _refuse_rounding(given: pa.Array, cast: pa.Array) -> None:
    loss = pc.max(pc.abs(pc.subtract(cast.cast(pa.float64()), given))).as_py()
    if loss is not None and loss > _CENT / 100:
        raise pa.ArrowInvalid("more decimals than the column keeps")
