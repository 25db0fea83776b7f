"""Bring a warehouse to the present schema: the files of sql/migrations in order, once each, whole or not at all."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import WarehouseError
from pipelines.paths import SQL_ROOT
from pipelines.warehouse import Warehouse
from pipelines.warehouse.current import drop_current, install_current
from pipelines.warehouse.queries import bind_query, load_query

logger = logging.getLogger(__name__)
_NAME = re.compile(r"V(\d{4})__([a-z0-9_]+?)(?:\.(duckdb|postgresql))?\.sql")


@dataclass(frozen=True)
class Migration:
    """One file of sql/migrations, for both engines or, where `engine` is given, for that one."""

    version: int
    name: str
    engine: str | None
    script: str

    @property
    def sha256(self) -> str:
        """The fingerprint that tells whether the file was changed after it was applied."""
        return hashlib.sha256(self.script.encode()).hexdigest()


def migrate_warehouse(warehouse: Warehouse, folder: Path = SQL_ROOT / "migrations") -> list[int]:
    """Apply the migrations that this warehouse has not; return their versions. Running it again does nothing.

    Two that come at once take turns: every extract migrates first.
    """
    with warehouse.exclusive():
        warehouse.run_script(load_query("warehouse/create_migrations"))
        applied = {row["version"]: row["sha256"] for row in warehouse.read("warehouse/applied_migrations").to_pylist()}
        present = [one for one in _find_migrations(folder) if one.engine in (None, warehouse.engine)]
        missing = [one for one in present if not _is_applied(one, applied)]
        _refuse_later_release(set(applied), max((one.version for one in present), default=0))
        if missing:
            drop_current(warehouse)
        for migration in missing:
            _apply(warehouse, migration)
        install_current(warehouse)
    return [migration.version for migration in missing]


def _refuse_later_release(applied: set[int], newest: int) -> None:
    """Refuse a warehouse with migrations after the newest of this release, as its tables may have changed."""
    later = sorted(version for version in applied if version > newest)
    if later:
        raise WarehouseError(
            f"the warehouse has migrations {later}, which this release does not have: a later release upgraded "
            "it. Expected the same or an earlier release. Install that release of kcrm again, or restore a backup."
        )


def _apply(warehouse: Warehouse, migration: Migration) -> None:
    binds = {"version": migration.version, "name": migration.name, "sha256": migration.sha256}
    warehouse.run_script(migration.script + "\n" + bind_query("warehouse/add_migration", binds))
    logger.info("applied migration %04d %s", migration.version, migration.name)


def _find_migrations(folder: Path) -> Iterator[Migration]:
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise WarehouseError(
                f"{path.name} in sql/migrations is no migration; expected VNNNN__words.sql, or VNNNN__words.duckdb.sql "
                "beside VNNNN__words.postgresql.sql: rename it."
            )
        yield Migration(int(match[1]), match[2], match[3], path.read_text(encoding="utf-8"))


def _is_applied(migration: Migration, applied: dict[int, str]) -> bool:
    if migration.version not in applied:
        return False
    if applied[migration.version] != migration.sha256:
        raise WarehouseError(
            f"migration {migration.version:04d} {migration.name} was changed after this warehouse applied it. "
            "Restore the file and put the change into a new migration. If the warehouse is older than the first "
            "release, create it again (`make clean`, or a new database)."
        )
    return True
