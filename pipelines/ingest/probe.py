"""Probe: read a source without landing it, and report what it holds and what would stop an extract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from pipelines.errors import KcrmError, SourceError
from pipelines.ingest.contract import LANDING_TABLES, Contract, LandingTable, read_contract
from pipelines.ingest.reading import Extraction, choose_queries, open_configured_source, refuse_impossible
from pipelines.ingest.sources.window import LeftOut
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.migrations import migrate_warehouse
from pipelines.warehouse.queries import compile_literal
from pipelines.warehouse.rows import OfferedRows

REGISTERS = {
    "customer_id": "customers",
    "guarantor_id": "customers",
    "branch_id": "branches",
    "parent_branch_id": "branches",
    "manager_id": "managers",
    "product_id": "products",
    "industry_code": "industries",
    "account_id": "accounts",
    "loan_id": "loans",
}
_MOST_UNKNOWN = 0.05


@dataclass(frozen=True)
class ColumnProbe:
    """One column: rows without a value, its range where it is a number or a day, its ids that no register has."""

    name: str
    nulls: int
    least: Any = None
    greatest: Any = None
    unknown: int | None = None
    """Rows whose id the register does not have; None where the column refers to none that the source gives."""


@dataclass
class TableProbe:
    """One landing table: its rows and keys, its columns, and the sentences on what would stop an extract."""

    name: str
    rows: int = 0
    keys: int = 0
    columns: list[ColumnProbe] = field(default_factory=list)
    left_out: LeftOut | None = None
    trimmed: dict[str, int] = field(default_factory=dict)
    no_id: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def probe_source(settings: Settings, as_of: date) -> list[TableProbe]:
    """Return what each landing table of the source in force holds that was known before `as_of`.

    Raises SourceError where the source as a whole cannot be read: no queries, no folder, no connection.
    """
    names = choose_queries(settings)
    with _open_scratch(settings) as scratch, open_configured_source(settings) as source:
        extraction = Extraction(source, settings, as_of)
        tables = [table for table in LANDING_TABLES if table.name in names]
        probes = [_probe_table(scratch, extraction, table) for table in tables]
        for table, probe in zip(tables, probes, strict=True):
            if probe.rows:
                _describe(scratch, table, probe, {one.name for one in probes if one.rows})
    return probes


@contextmanager
def _open_scratch(settings: Settings) -> Iterator[Warehouse]:
    """Open a warehouse of its own, gone afterwards: only its tables' columns and temporary tables are used."""
    with (
        TemporaryDirectory(prefix="kcrm-probe-") as folder,
        open_warehouse(f"duckdb:///{Path(folder)}/probe.duckdb", settings.memory_limit) as warehouse,
    ):
        migrate_warehouse(warehouse)
        yield warehouse


def _probe_table(scratch: Warehouse, extraction: Extraction, table: LandingTable) -> TableProbe:
    """Load a table into the scratch warehouse, with null for what landing would refuse, and list the refusals."""
    refused: dict[str, str] = {}
    contract = read_contract(scratch, table, extraction.where(table.name), refused)
    probe = TableProbe(table.name, trimmed=contract.trimmed, no_id=contract.no_id)
    try:
        probe.left_out = extraction.count_left_out(table)
        probe.rows = _load(scratch, extraction, contract)
        if probe.left_out:
            refuse_impossible(probe.left_out, contract, extraction.as_of)
        if table.is_required and not probe.rows:
            raise SourceError(f"{contract.where} gives no rows; expected some, as the table is required.")
    except KcrmError as broken:
        probe.problems.append(str(broken))
    probe.problems += [sentence for sentence in refused.values() if sentence not in probe.problems]
    return probe


def _load(scratch: Warehouse, extraction: Extraction, contract: Contract) -> int:
    stage = table_clause(scratch.create_stage("landing." + contract.table.name, "probe"), contract.columns)
    return scratch.load(stage, OfferedRows(extraction.read_table(contract), contract.columns, contract.table.name))


def _describe(scratch: Warehouse, table: LandingTable, probe: TableProbe, given: set[str]) -> None:
    """Fill in keys and columns, and add two rows of one key and unknown ids to the problems."""
    types = {name: kind for name, kind in scratch.columns("landing." + table.name).items() if name != "source_known_on"}
    stage = table_clause("probe_" + table.name, types)
    probe.keys = _count(scratch, sa.select(*[stage.c[name] for name in table.key]).distinct())
    names = [stage.c[name] for name in (*table.key, "known_on")]
    once = sa.select(*stage.c).distinct().subquery("once")
    same = [once.c[name.name] for name in names]
    twice = _count(scratch, sa.select(*same).group_by(*same).having(sa.func.count() > 1))
    if twice:
        words = ", ".join([*table.key, "known_on"])
        probe.problems.append(
            f"{table.name} has {twice} keys of two or more different rows; expected one row for each ({words}): "
            "correct the SELECT, or give a correction a later known_on."
        )
    for column, kind in zip(stage.c, types.values(), strict=True):
        one = _describe_column(scratch, stage, column, kind, given - {table.name})
        probe.columns.append(one)
        if one.unknown and one.unknown > _MOST_UNKNOWN * (probe.rows - one.nulls):
            probe.problems.append(
                f"{table.name}.{one.name} names in {one.unknown} of {probe.rows} rows an id that "
                f"{REGISTERS[one.name]} does not have; expected at most {_MOST_UNKNOWN:.0%}: give both in one form."
            )


def _describe_column(
    scratch: Warehouse, stage: sa.TableClause, column: sa.ColumnClause[Any], kind: pa.DataType, given: set[str]
) -> ColumnProbe:
    has_range = not (pa.types.is_string(kind) or pa.types.is_boolean(kind))
    bounds = [sa.func.min(column), sa.func.max(column)] if has_range else [sa.null(), sa.null()]
    nulls = sa.func.count() - sa.func.count(column)
    row = scratch.select(compile_literal(sa.select(nulls, *bounds).select_from(stage)))
    empty, least, greatest = (values[0].as_py() for values in row.columns)
    register = REGISTERS.get(column.name)
    return ColumnProbe(column.name, empty, least, greatest, _count_unknown(scratch, stage, column, register, given))


def _count_unknown(
    scratch: Warehouse, stage: sa.TableClause, column: sa.ColumnClause[Any], register: str | None, given: set[str]
) -> int | None:
    if register not in given or register is None:
        return None
    key = next(table.key[0] for table in LANDING_TABLES if table.name == register)
    known = table_clause("probe_" + register, [key])
    is_known = sa.exists().select_from(known).where(known.c[key] == column).correlate(stage)
    return _count(scratch, sa.select(column).select_from(stage).where(column.is_not(None), ~is_known))


def _count(scratch: Warehouse, rows: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count().label("n")).select_from(rows.subquery("r"))
    return int(scratch.select(compile_literal(counted))["n"][0].as_py())
