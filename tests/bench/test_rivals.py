"""Every rival does the same work as we: on a bank of 200 customers its numbers are ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa

from bench.clock import Clock
from bench.digests import digest_validation
from bench.our_steps import TABLES, describe
from bench.pandas_statistics import describe_customers
from bench.places import AS_OF
from bench.postgres_server import new_database
from bench.queries import ask
from bench.rival_queries import TOLD, describe_by_pandas, describe_naively
from demo.bank import write_bank
from pipelines import steps
from pipelines.checks.suites import ROW_RULE, load_suites
from pipelines.warehouse import Warehouse, open_warehouse

DAY = AS_OF.isoformat()
pytestmark = pytest.mark.xdist_group("bench_rivals")
ENGINES = ("duckdb", "postgresql")


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory, postgres_server: sa.URL) -> Iterator[dict[str, str]]:
    """The URLs of two warehouses, validated and described; some rows of the source break promises."""
    bank = tmp_path_factory.mktemp("bank")
    write_bank(bank, customers=200, months=24, seed=5)
    break_rows(bank / "transactions.parquet")
    var = tmp_path_factory.mktemp("var")
    with new_database(postgres_server.set(query={})) as database, pytest.MonkeyPatch.context() as patch:
        urls = {
            "duckdb": f"duckdb:///{var}/kcrm.duckdb",
            "postgresql": database.render_as_string(hide_password=False),
        }
        for url in urls.values():
            enter(patch, url, var, bank)
            for step in (steps.extract, steps.validate, steps.facts, steps.features):
                step(AS_OF)
        yield urls


def enter(patch: pytest.MonkeyPatch, url: str, var: Path, bank: Path) -> None:
    patch.setenv("KCRM_WAREHOUSE_URL", url)
    patch.setenv("KCRM_VAR", str(var))
    patch.setenv("KCRM_SOURCE", "demo_bank")
    patch.setenv("KCRM_SOURCE_URL", f"files://{bank}")


def break_rows(path: Path) -> None:
    """Make some rows lie, so that counts of broken promises are not all zero."""
    rows = pd.read_parquet(path)
    rows.loc[3:5, "kind"] = "gift"
    rows.loc[7:8, "customer_id"] = "nobody"
    rows.loc[11, "amount"] = -rows.loc[11, "amount"]
    rows.loc[13:14, "counterparty_id"] = None
    table = pa.parquet.read_table(path)
    pa.parquet.write_table(pa.Table.from_pandas(rows, schema=table.schema, preserve_index=False), path)


@pytest.fixture(params=ENGINES)
def place(
    request: pytest.FixtureRequest, warehouses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    monkeypatch.setenv("KCRM_WAREHOUSE_URL", warehouses[request.param])
    with open_warehouse(warehouses[request.param]) as warehouse:
        yield warehouse


def read_ours(warehouse: Warehouse) -> pd.DataFrame:
    features = warehouse.read("features/described_customers", as_of=AS_OF).to_pandas().set_index("customer_id")
    return features[features["months_of_history"].notna()].sort_index()


def assert_same(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    assert len(theirs.columns) == 101
    assert set(theirs.columns) <= set(ours.columns)
    pd.testing.assert_index_equal(ours.index, theirs.index, check_names=False, exact=False)
    for name in theirs.columns:
        own, other = ours[name].astype(float).to_numpy(), theirs[name].astype(float).to_numpy()
        np.testing.assert_allclose(other, own, rtol=1e-6, atol=1e-6, equal_nan=True, err_msg=name)


def test_the_hand_written_validation_finds_the_same_counts(place: Warehouse) -> None:
    ours = digest_validation(place, AS_OF)
    theirs = ask(place, "validate_by_hand", as_of=AS_OF).to_pylist()[0]
    asked = {
        f"{suite.table}__{'bad' if promise.counts_bad_rows else promise.name}"
        for suite in load_suites()
        for promise in suite.promises
        if promise.expectation["type"] == ROW_RULE and suite.table in TABLES
    }
    ours = {name: count for name, count in ours.items() if name.split("__")[0] in TABLES}
    assert set(ours) == asked
    assert {name: theirs[name] for name in asked} == ours
    assert ours["transactions__is_kind_known"] == 3
    assert ours["transactions__is_customer_known"] == 2
    assert ours["transactions__bad"] >= 4


def test_the_bare_sums_read_all_the_rows_that_the_features_read(place: Warehouse) -> None:
    sums = ask(place, "bare_sums", as_of=AS_OF).to_pylist()[0]
    months = place.select("select count(*) as n from facts.customer_month")["n"][0].as_py()
    partners = place.select("select count(*) as n from facts.partner_month")["n"][0].as_py()
    assert (sums["month_rows"], sums["partner_rows"]) == (months, partners)
    assert sums["bookings"] > 0


def test_the_naive_query_gives_our_features(warehouses: dict[str, str]) -> None:
    with open_warehouse(warehouses["duckdb"]) as warehouse:
        theirs = ask(warehouse, "naive_features", as_of=AS_OF).to_pandas().set_index("customer_id").sort_index()
        assert_same(read_ours(warehouse), theirs)


def test_pandas_gives_our_features(warehouses: dict[str, str]) -> None:
    with open_warehouse(warehouses["duckdb"]) as warehouse:
        theirs = describe_customers(ask(warehouse, "flows", as_of=AS_OF).to_pandas(), AS_OF).sort_index()
        assert_same(read_ours(warehouse), theirs)


@pytest.mark.parametrize("rival", [describe_naively, describe_by_pandas])
def test_the_digests_by_which_a_run_compares_are_equal(
    rival: object, warehouses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(rival)
    monkeypatch.setenv("KCRM_WAREHOUSE_URL", warehouses["duckdb"])
    clock = Clock()
    ours = describe(clock, DAY, with_facts=True)
    assert clock.seconds > 0
    assert set(ours) == {"customers", *TOLD}
    assert rival(Clock(), DAY) == pytest.approx(ours, rel=1e-6)
