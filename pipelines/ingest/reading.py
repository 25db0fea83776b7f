"""Reading a source in force: its queries with their binds, its errors by place, and what its window leaves out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from pipelines.errors import SourceError
from pipelines.ingest.contract import LANDING_TABLES, Contract, LandingTable
from pipelines.ingest.sources import Source, hide_password, open_source
from pipelines.ingest.sources.window import EARLIEST, LeftOut, find_far_future
from pipelines.settings import Settings
from pipelines.warehouse.queries import bind_text, load_query

COUNTS = "counts"
_IMPOSSIBLE_SHARE = 0.01


def open_configured_source(settings: Settings) -> AbstractContextManager[Source]:
    """Open the source in force as its entry in kcrm.toml declares it."""
    form = settings.source_settings
    return open_source(settings.source_url, settings.num_threads, form.csv, form.timezone)


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

    def read(self, name: str, known_from: date, exact: Collection[str] = frozenset()) -> Iterator[pa.RecordBatch]:
        """Yield the batches of one of the source's queries; an error on the way names the query and the source."""
        with self._named_errors(name):
            yield from self.source.read(self._bind(name, known_from), self.settings.batch_rows, exact)

    def count_left_out(self, table: LandingTable) -> LeftOut | None:
        """Return how many rows the window of a table's query leaves out; None where the source cannot count them."""
        known_from = self.known_from(table)
        with self._named_errors(table.name):
            return self.source.count_left_out(self._bind(table.name, known_from), known_from, self.as_of)

    def read_table(self, contract: Contract) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a landing table as it takes them; raises what Contract.conform raises."""
        exact = frozenset(
            name
            for name, kind in contract.columns.items()
            if not (pa.types.is_string(kind) or pa.types.is_boolean(kind))
        )
        rows = self.read(contract.table.name, self.known_from(contract.table), exact)
        return contract.conform(rows, self.as_of)

    def _bind(self, name: str, known_from: date) -> str:
        text = load_query(name, _find_folder(self.settings))
        return bind_text(text, {"known_from": known_from, "known_before": self.as_of}, self.where(name))

    @contextmanager
    def _named_errors(self, name: str) -> Iterator[None]:
        try:
            yield
        except SourceError as broken:
            place = hide_password(self.settings.source_url)
            raise type(broken)(
                f"{self.where(name)} fails on {place}: {broken} Correct the query or the source."
            ) from None  # one sentence, and no traceback that could quote a row


def _find_folder(settings: Settings) -> Path:
    """Return the folder of SELECTs of the source in force."""
    return settings.sources / settings.source


def refuse_impossible(left_out: LeftOut, contract: Contract, known_before: date) -> None:
    """Refuse rows without known_on, and more than a few of which known_on is a day that no row can have."""
    if left_out.missing:
        raise SourceError(
            f"{contract.where} gives {left_out.missing} of {left_out.rows} rows without known_on; expected none, as no "
            "window takes them: give the first day on which the bank could know the row."
        )
    if left_out.impossible > _IMPOSSIBLE_SHARE * left_out.rows:
        raise SourceError(
            f"{contract.where} has {left_out.before_1900} rows of {contract.table.name} known before {EARLIEST} and "
            f"{left_out.far_future} known on {find_far_future(known_before)} or later, of {left_out.rows}; expected at "
            f"most {_IMPOSSIBLE_SHARE:.0%}: correct known_on (a year of two digits is read as one before 100)."
        )


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


def choose_queries(settings: Settings) -> set[str]:
    """Return the queries to run: those that the source's `tables` name, where it names any, and its counts."""
    names = _list_queries(settings)
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
