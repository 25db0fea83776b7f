"""Great Expectations on the warehouse's own engine: the datasource, and the expectation that few rows are broken.

Importing this takes seconds (Great Expectations brings pandas and scipy): only the validate step does, when it runs.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar, Literal

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.core.suite_parameters import SuiteParameterDict
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from sqlalchemy.engine import make_url

from pipelines.errors import WarehouseError, WarehouseUnreachableError

_LET_THROUGH = 2  # broken rows of a delivery


class BrokenRows(TableMetricProvider):
    """How many rows break at least one of some promises; GX asks all such counts of a table in one statement."""

    metric_name = "table.broken_rows"
    value_keys = ("promises",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 - the decorator makes it a class method
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        broken = _is_broken(metric_value_kwargs["promises"])
        return sa.func.count(sa.case((broken, 1))), metric_domain_kwargs, {}


class ExpectFewBrokenRows(BatchExpectation):
    """At most `max_share` of the rows break one of `promises`, boolean columns that are false where broken."""

    promises: list[str] | SuiteParameterDict
    max_share: float | SuiteParameterDict = 0.0

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", "table.broken_rows")
    success_keys: ClassVar[tuple[str, ...]] = ("promises", "max_share")
    args_keys: ClassVar[tuple[str, ...]] = ("promises", "max_share")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows, broken = metrics["table.row_count"], metrics["table.broken_rows"]
        allowed = self._get_success_kwargs()["max_share"] * rows
        return {"success": broken <= allowed, "result": {"observed_value": broken, "element_count": rows}}


class DeliveredRows(TableMetricProvider):
    """How many rows became known from a day on."""

    metric_name = "table.delivered_rows"
    value_keys = ("delivered_from",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 - the decorator makes it a class method
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        delivered = _is_delivered(metric_value_kwargs["delivered_from"])
        return sa.func.count(sa.case((delivered, 1))), metric_domain_kwargs, {}


class BrokenDeliveredRows(TableMetricProvider):
    """How many rows that became known from a day on break at least one of some promises."""

    metric_name = "table.broken_delivered_rows"
    value_keys = ("promises", "delivered_from")

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805 - the decorator makes it a class method
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        broken = _is_broken(metric_value_kwargs["promises"])
        delivered = _is_delivered(metric_value_kwargs["delivered_from"])
        return sa.func.count(sa.case((sa.and_(broken, delivered), 1))), metric_domain_kwargs, {}


def _is_broken(promises: list[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*[sa.column(promise, sa.Boolean()).is_(sa.false()) for promise in promises])


def _is_delivered(delivered_from: str) -> sa.ColumnElement[bool]:
    return sa.column("known_on", sa.Date()) >= sa.cast(sa.literal(delivered_from), sa.Date())


class ExpectFewBrokenDeliveredRows(ExpectFewBrokenRows):
    """At most `max_share` of the rows known from `delivered_from` on break one of `promises`.

    Of a part of the table two broken rows are let through, as they are a large share of a small delivery.
    """

    delivered_from: str | SuiteParameterDict = "1900-01-01"

    metric_dependencies: ClassVar[tuple[str, ...]] = (
        "table.row_count",
        "table.broken_rows",
        "table.delivered_rows",
        "table.broken_delivered_rows",
    )
    success_keys: ClassVar[tuple[str, ...]] = ("promises", "max_share", "delivered_from")
    args_keys: ClassVar[tuple[str, ...]] = ("promises", "max_share", "delivered_from")

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows, delivered = metrics["table.row_count"], metrics["table.delivered_rows"]
        broken = metrics["table.broken_delivered_rows"]
        least = _LET_THROUGH if delivered < rows else 0
        return {
            "success": broken <= max(self._get_success_kwargs()["max_share"] * delivered, least),
            "result": {
                "observed_value": metrics["table.broken_rows"],
                "element_count": rows,
                "details": {"broken": broken, "rows": delivered},
            },
        }


class WarehouseExecutionEngine(SqlAlchemyExecutionEngine):
    """SQLAlchemy execution whose results survive their connection, which DuckDB's do not (GX issue 10738)."""

    def execute_query(self, query: Any) -> Any:
        """Run a query and buffer its rows before the connection goes back to the pool."""
        with self.get_connection() as connection:
            result = self._execute_query_with_recovery(connection, query)
            return result.freeze()() if result.returns_rows else result


class WarehouseDatasource(SQLDatasource):
    """The warehouse as GX sees it; handed its engine, so that no configuration of GX's holds a password."""

    type: Literal["kcrm_warehouse"] = "kcrm_warehouse"  # how GX names a datasource class

    def use(self, engine: sa.Engine) -> None:
        """Ask through this engine; without temporary tables, which would copy every row and need the right to write."""
        self._engine = engine
        self._execution_engine = WarehouseExecutionEngine(engine=engine, create_temp_table=False)

    def get_engine(self) -> sa.Engine:
        """Return the engine in use."""
        if self._engine is None:
            raise WarehouseError("the GX datasource was handed no engine; call use() first.")
        return self._engine

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """Return the GX engine around it."""
        self.get_engine()
        engine: SqlAlchemyExecutionEngine = self._execution_engine
        return engine

    def read_value(self, query: str) -> Any:
        """Return the one value of a query of one row and column."""
        with self.get_engine().connect() as connection:
            return connection.execute(sa.text(query)).scalar_one()

    def test_connection(self, test_assets: bool = True) -> None:
        """Do nothing: `open_datasource` has connected already, and its error hides the password."""


def _quiet_config() -> DataContextConfig:
    """Keep all of GX's state in memory: no folder for documents, no progress bars."""
    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )


@contextmanager
def open_datasource(url: str, memory_limit: str = "") -> Iterator[WarehouseDatasource]:
    """Open the warehouse for questions only, and let go of it at the end: a DuckDB file can then be opened to write."""
    engine = _create_engine(url, memory_limit)
    try:
        context = gx.get_context(mode="ephemeral", project_config=_quiet_config())
        adding: Any = context.data_sources
        datasource: WarehouseDatasource = adding.add_kcrm_warehouse(name="warehouse", connection_string="kcrm://")
        datasource.use(engine)
        yield datasource
    finally:
        engine.dispose()


def _create_engine(url: str, memory_limit: str) -> sa.Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "duckdb":
        _exit_quietly()
        config = {"memory_limit": memory_limit} if memory_limit else {}
        engine = sa.create_engine(parsed, connect_args={"read_only": True, "config": config})
    else:
        engine = sa.create_engine(parsed.set(drivername="postgresql+psycopg"))
    try:
        engine.connect().close()
    except sa.exc.DBAPIError as refused:
        engine.dispose()
        raise WarehouseUnreachableError(
            f"no warehouse answers at {parsed.render_as_string(hide_password=True)}: "
            f"{str(refused.orig).splitlines()[0]} "
            "Start it, wait for the process that holds it, or set KCRM_WAREHOUSE_URL; then run this again."
        ) from refused
    return engine


@cache
def _exit_quietly() -> None:
    """Let go of DuckDB's dialect when Python ends.

    GX keeps SQLAlchemy alive to the end and with it the dialect's modules, for which the bindings of DuckDB 2.0 print
    fifty lines of "leaked" on stderr (https://nanobind.readthedocs.io/en/latest/refleaks.html), none a fault of ours.
    """
    atexit.register(_forget_duckdb_dialect)


def _forget_duckdb_dialect() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "duckdb_engine"]:
        vars(sys.modules[name]).clear()
