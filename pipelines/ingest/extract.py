"""Extract: what a source knew goes to landing, append-only; running it again adds nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

import pyarrow as pa

from pipelines.errors import SourceError
from pipelines.ingest.contract import LANDING_TABLES, Contract, LandingTable, read_contract
from pipelines.ingest.reading import (
    COUNTS,
    Extraction,
    choose_queries,
    open_configured_source,
    refuse_impossible,
)
from pipelines.ingest.sources import gather_batches, hide_password
from pipelines.ingest.sources.window import EARLIEST, LeftOut
from pipelines.settings import Settings
from pipelines.warehouse import AppendCounts, Warehouse, append_new

_COUNT_SCHEMA = pa.schema([("subject", pa.string()), ("note", pa.string()), ("row_count", pa.int64())])
_CHANGED = (
    "extract %s.%s as_of=%s rows_changed=%d: they came again with other content under the same %s and known_on; "
    "landing keeps what it was told first, and so do the scores. To correct them, %s."
)
_TRIMMED, _NO_ID = "ids with blanks around them: landed without", "words or zeros for no id: landed as null"
_IMPOSSIBLE = "left out: known_on is before 1900 or more than ten years ahead"
_NOT_YET, _BEFORE = "left out: not yet known before the as-of date", "left out: known before lookback_days"
logger = logging.getLogger(__name__)


def extract_source(warehouse: Warehouse, as_of: date, settings: Settings) -> int:
    """Append what the source in force says was known before `as_of` and landing has not yet; return the rows new.

    All tables go in one transaction: a source that breaks the contract in one of them leaves landing as it was.
    Rows stated known before the latest published as_of count as known on that day (see Warehouse.append_new).
    """
    names = choose_queries(settings)
    rows_new, counted = 0, _COUNT_SCHEMA.empty_table()
    with open_configured_source(settings) as source, warehouse.transaction():
        warehouse.lock("ops.publications")  # nobody publishes between this question and these rows
        closed_as_of = warehouse.read("ledger/closed_as_of")["closed_as_of"][0].as_py()
        extraction = Extraction(source, settings, as_of)
        for table in LANDING_TABLES:
            if table.name in names:
                counts, noted = _append_table(warehouse, extraction, table, closed_as_of)
                rows_new += counts.rows_new
                counted = pa.concat_tables([counted, noted])
        if COUNTS in names:
            counted = pa.concat_tables([counted, _read_counts(extraction)])
        _keep_counts(warehouse, extraction, counted)
    return rows_new


def _append_table(
    warehouse: Warehouse, extraction: Extraction, table: LandingTable, closed_as_of: date | None
) -> tuple[AppendCounts, pa.Table]:
    """Append one table; return its counts, and what was left out or changed on the way, by cause."""
    contract = read_contract(warehouse, table, extraction.where(table.name))
    as_of, source = extraction.as_of, extraction.settings.source
    left_out = extraction.count_left_out(table)
    if left_out:
        refuse_impossible(left_out, contract, as_of)
    counts = append_new(warehouse, "landing." + table.name, extraction.read_table(contract), table.key, closed_as_of)
    if table.is_required and counts.rows_read == 0:
        raise SourceError(
            f"{contract.where} gives no rows known from {extraction.known_from(table)} to before {as_of}; expected "
            "some, as the table is required: check the as_of and KCRM_SOURCE_URL "
            f"({hide_password(extraction.settings.source_url)})."
        )
    warehouse.execute("ingest/add_extract", source=source, table_name=table.name, as_of=as_of, **asdict(counts))
    words = " ".join(f"{name}={value}" for name, value in asdict(counts).items())
    logger.info("extract %s.%s as_of=%s %s", source, table.name, as_of, words)
    if counts.rows_changed:
        logger.warning(_CHANGED, source, table.name, as_of, counts.rows_changed, ", ".join(table.key), table.remedy)
    return counts, _note(extraction, contract, left_out)


def _note(extraction: Extraction, contract: Contract, left_out: LeftOut | None) -> pa.Table:
    """Return a row of ops.source_counts for each cause that was met, and log it."""
    rows = []
    for subject, note, count in _list_notes(contract, left_out):
        if count:
            rows.append({"subject": f"{contract.table.name}.{subject}", "note": note, "row_count": count})
            level = logging.INFO if note in (_NOT_YET, _BEFORE) else logging.WARNING
            place = f"{extraction.settings.source}.{contract.table.name}.{subject}"
            logger.log(level, "extract %s as_of=%s rows=%d %s", place, extraction.as_of, count, note)
    return pa.Table.from_pylist(rows, _COUNT_SCHEMA)


def _list_notes(contract: Contract, left_out: LeftOut | None) -> Iterator[tuple[str, str, int]]:
    for name, count in contract.trimmed.items():
        yield f"{name}.trimmed", _TRIMMED, count
    for name, count in contract.no_id.items():
        yield f"{name}.no_id", _NO_ID, count
    if left_out:
        yield "known_on.impossible", _IMPOSSIBLE, left_out.impossible
        yield "known_on.not_yet_known", _NOT_YET, left_out.not_yet_known
        yield "known_on.before_window", _BEFORE, left_out.before_window


def _read_counts(extraction: Extraction) -> pa.Table:
    """Return what the source's counts.sql reports of its oddities."""
    table = gather_batches(extraction.read(COUNTS, EARLIEST))
    try:
        return table.cast(_COUNT_SCHEMA)
    except (ValueError, NotImplementedError) as wrong:
        raise SourceError(
            f"{extraction.where(COUNTS)} gives {table.schema.names}; expected {_COUNT_SCHEMA.names} "
            "as text, text and a whole number: correct its SELECT."
        ) from wrong


def _keep_counts(warehouse: Warehouse, extraction: Extraction, counted: pa.Table) -> None:
    """Replace the counts of this source and as-of date."""
    partition = {"source": extraction.settings.source, "as_of": extraction.as_of}
    for name, value in partition.items():
        counted = counted.append_column(name, pa.repeat(pa.scalar(value), counted.num_rows))
    warehouse.replace("ops.source_counts", counted, partition)
