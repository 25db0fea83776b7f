"""Extract: what a source says goes to landing, append-only; running it again adds nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from pipelines.errors import SourceError
from pipelines.ingest.contract import LANDING_TABLES, LandingTable, read_contract
from pipelines.ingest.sources import Source, gather_batches, hide_password, open_source
from pipelines.settings import Settings
from pipelines.warehouse import AppendCounts, Warehouse, append_new
from pipelines.warehouse.queries import bind_text, load_query

EARLIEST = date(1900, 1, 1)
COUNTS = "counts"
_COUNT_SCHEMA = pa.schema([("subject", pa.string()), ("note", pa.string()), ("row_count", pa.int64())])
_CHANGED = (
    "extract %s.%s as_of=%s rows_changed=%d: they came again with other content under the same %s and known_on; "
    "landing keeps what it was told first, and so do the scores. To correct them, %s."
)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Extraction:
    """One reading of the source in force: what every table of it shares."""

    source: Source
    settings: Settings
    as_of: date

    def where(self, name: str) -> str:
        """Return the path of one of the source's queries, for messages."""
        return str(_find_folder(self.settings) / f"{name}.sql")

    def known_from(self, table: LandingTable) -> date:
        """Return the first day to ask for: lookback_days before as_of for rows that keep coming, else the beginning."""
        days = self.settings.source_settings.lookback_days
        return self.as_of - timedelta(days=days) if days and table.is_windowed else EARLIEST

    def read(self, name: str, known_from: date) -> Iterator[pa.RecordBatch]:
        """Yield the batches of one of the source's queries; an error on the way names the query and the source."""
        text = load_query(name, _find_folder(self.settings))
        statement = bind_text(text, {"known_from": known_from, "known_before": self.as_of}, self.where(name))
        try:
            yield from self.source.read(statement, self.settings.batch_rows)
        except SourceError as broken:
            place = hide_password(self.settings.source_url)
            raise type(broken)(
                f"{self.where(name)} fails on {place}: {broken} Mend the query or the source."
            ) from None  # one sentence, and no traceback that could quote a row


def extract_source(warehouse: Warehouse, as_of: date, settings: Settings) -> int:
    """Append what the source in force says was known before `as_of` and landing has not yet; return the rows new.

    All tables go in one transaction: a source that breaks the contract in one of them leaves landing as it was.
    Rows stated known before the latest published as_of count as known on that day (see Warehouse.append_new).
    """
    names = _choose_queries(settings, _list_queries(settings))
    rows_new = 0
    with open_source(settings.source_url, settings.num_threads) as source, warehouse.transaction():
        warehouse.lock("ops.publications")  # nobody publishes between this question and these rows
        closed_as_of = warehouse.read("ledger/closed_as_of")["closed_as_of"][0].as_py()
        extraction = Extraction(source, settings, as_of)
        for table in LANDING_TABLES:
            if table.name in names:
                rows_new += _append_table(warehouse, extraction, table, closed_as_of).rows_new
        if COUNTS in names:
            _keep_counts(warehouse, extraction)
    return rows_new


def _find_folder(settings: Settings) -> Path:
    """Return the folder of SELECTs of the source in force."""
    return settings.sources / settings.source


def _list_queries(settings: Settings) -> set[str]:
    """Return the names of the source's queries; a folder that lacks a required table or has a stranger is refused."""
    source, folder = settings.source, _find_folder(settings)
    if source not in settings.declared_sources:
        known = sorted(settings.declared_sources)
        raise SourceError(f"no source {source!r} in kcrm.toml; it has {known}: set KCRM_SOURCE or add an entry.")
    if not folder.is_dir():
        raise SourceError(
            f"no folder {folder} with the SELECTs of source {source!r}; set KCRM_SOURCES, or `sources` in kcrm.toml, "
            "to the folder that holds one folder of SELECTs a source."
        )
    names = {path.stem for path in folder.glob("*.sql")}
    known = [table.name for table in LANDING_TABLES] + [COUNTS]
    missing = [table.name for table in LANDING_TABLES if table.is_required and table.name not in names]
    unknown = sorted(names.difference(known))
    if missing:
        raise SourceError(
            f"{folder} has no query for {missing}; it has {sorted(names)}: add <landing table>.sql there."
        )
    if unknown:
        raise SourceError(f"{folder} has queries {unknown} of no landing table; expected of {known}: rename them.")
    return names


def _choose_queries(settings: Settings, names: set[str]) -> set[str]:
    """Return the queries to run: those that the source's `tables` name, where it names any, and its counts."""
    wanted = settings.source_settings.tables
    if wanted is None:
        return names
    missing = [table.name for table in LANDING_TABLES if table.is_required and table.name not in wanted]
    unknown = sorted(set(wanted) - (names - {COUNTS}))
    if missing or unknown:
        raise SourceError(
            f"tables of source {settings.source!r} in kcrm.toml lack {missing}, which are required, and name "
            f"{unknown}, which have no query in {_find_folder(settings)}; it has {sorted(names)}: correct the list."
        )
    return names & {*wanted, COUNTS}


def _append_table(
    warehouse: Warehouse, extraction: Extraction, table: LandingTable, closed_as_of: date | None
) -> AppendCounts:
    contract = read_contract(warehouse, table, extraction.where(table.name))
    known_from, as_of, source = extraction.known_from(table), extraction.as_of, extraction.settings.source
    batches = contract.conform(extraction.read(table.name, known_from), as_of)
    counts = append_new(warehouse, "landing." + table.name, batches, table.key, closed_as_of)
    if table.is_required and counts.rows_read == 0:
        raise SourceError(
            f"{contract.where} gives no rows known from {known_from} to before {as_of}; expected some, as the table is "
            f"required: check the as_of and KCRM_SOURCE_URL ({hide_password(extraction.settings.source_url)})."
        )
    warehouse.execute("ingest/add_extract", source=source, table_name=table.name, as_of=as_of, **asdict(counts))
    words = " ".join(f"{name}={value}" for name, value in asdict(counts).items())
    logger.info("extract %s.%s as_of=%s %s", source, table.name, as_of, words)
    if counts.rows_changed:
        logger.warning(_CHANGED, source, table.name, as_of, counts.rows_changed, ", ".join(table.key), table.remedy)
    return counts


def _keep_counts(warehouse: Warehouse, extraction: Extraction) -> None:
    """Keep what the source's counts.sql says of its oddities, in the place of what it said for this as_of before."""
    table = gather_batches(extraction.read(COUNTS, EARLIEST))
    try:
        counted = table.cast(_COUNT_SCHEMA)
    except (ValueError, NotImplementedError) as wrong:
        raise SourceError(
            f"{extraction.where(COUNTS)} gives {table.schema.names}; expected {_COUNT_SCHEMA.names} "
            "as text, text and a whole number: mend its SELECT."
        ) from wrong
    partition = {"source": extraction.settings.source, "as_of": extraction.as_of}
    for name, value in partition.items():
        counted = counted.append_column(name, pa.repeat(pa.scalar(value), counted.num_rows))
    warehouse.replace("ops.source_counts", counted, partition)
