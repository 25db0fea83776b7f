from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import numpy as np
import pytest

from pipelines.errors import SourceError
from pipelines.ledger.step_log import record_step
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

AS_OF = date(2026, 11, 1)


@pytest.fixture
def journalled(settings: Settings, new_warehouse_url: Callable[[str], str]) -> Settings:
    return settings.model_copy(update={"warehouse_url": new_warehouse_url("duckdb")})


def read_steps(settings: Settings) -> list[dict[str, Any]]:
    with open_warehouse(settings.warehouse_url) as warehouse:
        return warehouse.select("select * from ops.steps order by step_id").to_pylist()


def test_a_step_leaves_its_rows_seconds_and_memory(journalled: Settings) -> None:
    with record_step(journalled.warehouse_url, "facts", AS_OF) as note:
        note.rows = 12
        assert np.ones(20_000_000).sum() > 0  # 160 MB that the peak must show
    with record_step(journalled.warehouse_url, "score", AS_OF, "b"):
        pass
    first, second = read_steps(journalled)
    assert (first["step"], first["as_of"], first["state"], first["row_count"]) == ("facts", AS_OF, "done", 12)
    assert first["seconds"] > 0
    assert first["peak_bytes"] > 160_000_000
    assert (second["step_id"], second["subject"]) == (2, "b")


def test_a_failed_step_says_why_and_the_error_goes_on(journalled: Settings) -> None:
    with pytest.raises(SourceError, match="no such folder"), record_step(journalled.warehouse_url, "extract", AS_OF):
        raise SourceError("no such folder")
    (step,) = read_steps(journalled)
    assert (step["state"], step["message"]) == ("failed", "no such folder")


def test_an_error_of_others_leaves_only_its_type_as_its_words_may_quote_customers(journalled: Settings) -> None:
    with pytest.raises(KeyError), record_step(journalled.warehouse_url, "extract", AS_OF):
        raise KeyError("Zhang San")
    assert read_steps(journalled)[0]["message"] == "KeyError"


def test_many_steps_may_end_at_once(settings: Settings, new_warehouse_url: Callable[[str], str]) -> None:
    shared = settings.model_copy(update={"warehouse_url": new_warehouse_url("postgresql")})

    def run(number: int) -> None:
        with record_step(shared.warehouse_url, "train", AS_OF, str(number)):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(12)))
    assert [step["step_id"] for step in read_steps(shared)] == list(range(1, 13))


def test_a_journal_that_cannot_be_written_does_not_hide_the_error(settings: Settings) -> None:
    lost = settings.model_copy(update={"warehouse_url": "postgresql://kcrm@127.0.0.1:1/kcrm"})
    with pytest.raises(SourceError, match="the first error"), record_step(lost.warehouse_url, "extract", AS_OF):
        raise SourceError("the first error")


def test_a_step_is_seen_from_its_start_and_a_killed_one_stays_started(journalled: Settings) -> None:
    with record_step(journalled.warehouse_url, "score", AS_OF):
        (during,) = read_steps(journalled)
    (after,) = read_steps(journalled)
    assert (during["state"], after["state"]) == ("started", "done")
    assert during["step_id"] == after["step_id"]
    code = "import os; from datetime import date; from pipelines.ledger.step_log import record_step\n"
    code += f"with record_step({journalled.warehouse_url!r}, 'score', date(2026, 11, 1)): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert [row["state"] for row in read_steps(journalled)] == ["done", "started"]
