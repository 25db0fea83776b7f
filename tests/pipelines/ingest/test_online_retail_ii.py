"""The real invoices of the wholesaler, where at hand: every line of a named customer is landed once."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.ingest.extract import extract_source
from pipelines.paths import DATA_ROOT
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

REAL_DATA = Path(os.environ.get("KCRM_REAL_DATA", DATA_ROOT.parent / "shared" / "data")) / "online_retail_ii"
AFTER_ALL = date(2012, 1, 1)


@pytest.mark.real_data
@pytest.mark.skipif(not REAL_DATA.is_dir(), reason=f"no real invoices at {REAL_DATA}; KCRM_REAL_DATA names a place")
def test_every_line_of_a_named_customer_is_landed_once(
    new_warehouse_url: Callable[[str], str], settings: Settings
) -> None:
    settings = settings.model_copy(update={"source": "online_retail_ii", "source_url": f"files://{REAL_DATA}"})
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        extract_source(warehouse, AFTER_ALL, settings)
        told = warehouse.select(
            "select count(distinct customer_id) as customers, cast(sum(amount) as double) as amount, "
            "min(booked_on) as first_on, max(booked_on) as last_on from landing.transactions"
        ).to_pylist()
    assert told == [
        {
            "customers": 5_942,
            "amount": pytest.approx(16_343_651.02, abs=0.01),
            "first_on": date(2009, 12, 1),
            "last_on": date(2011, 12, 9),
        }
    ]
