"""Lead times: five policies on the same past, kept once, and nothing of the replay left in the warehouse."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import pipelines.early_warning.lead_time
from models.classes.lead_time import Panel, Sums, summarize_policy
from models.declare.spec import ModelSpec, TreeParams
from pipelines.early_warning.lead_time import Prices, fill_at_random, match_alerts, measure_lead_times, set_edge
from pipelines.early_warning.lead_time_report import draw_lead_times, print_lead_times, write_json
from pipelines.early_warning.past import read_past, refuse_eventless
from pipelines.early_warning.replay import Replay, open_replay
from pipelines.errors import ModelError
from pipelines.learning.examples import build_examples
from pipelines.learning.specs import load_spec
from pipelines.ledger.watermarks import count_landing, record_watermark
from pipelines.rules.catalog import list_rules
from pipelines.rules.families.early_warning import ClassParameters
from pipelines.settings import Settings, SourceSettings, load_settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.migrations import migrate_warehouse
from tests.pipelines.small_bank import AS_OF, LADDER_START, fill_bank

pytestmark = pytest.mark.xdist_group("lead_time")  # one worker fills the module's bank
JUDGES = ("ours", "in_force", "rules", "arrears", "rules_same_alerts", "arrears_same_alerts")
# Large customers and the month in which their receipts fall away: three months' mean is under 0.3 of the year's two
# or three months later. Scores are of 2023-03 to 2023-12, the first seven of them to choose on.
FALLS = {
    3: date(2023, 4, 1),
    4: date(2023, 5, 1),
    5: date(2023, 9, 1),
    6: date(2023, 9, 1),
    7: date(2023, 10, 1),
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Settings]]:
    """A bank with examples of 16 months, on DuckDB: what differs between engines is tested by the queries' goldens."""
    folder = tmp_path_factory.mktemp("lead_time")
    settings = load_settings(environment={}).model_copy(
        update={
            "var": folder,
            "warehouse_url": f"duckdb:///{folder}/kcrm.duckdb",
            "source": "t",
            "declared_sources": {"t": SourceSettings(first_training_as_of=LADDER_START)},
            "refit_every_months": 3,
            "test_months": 10,
        }
    )
    with open_warehouse(settings.warehouse_url) as warehouse:
        migrate_warehouse(warehouse)
        fill_bank(warehouse, falls=FALLS)
        record_watermark(warehouse, "facts", AS_OF, count_landing(warehouse, AS_OF))
        build_examples(warehouse, AS_OF, settings)
        yield warehouse, settings


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train few trees, in an instant, and try few edges."""

    def load(name: str) -> ModelSpec:
        return replace(load_spec(name), trees=TreeParams(num_rounds=10, learning_rate=0.2), min_events=2)

    monkeypatch.setattr(pipelines.early_warning.lead_time, "load_spec", load)
    monkeypatch.setattr(pipelines.early_warning.lead_time, "EDGES", (0.1, 0.3))
    monkeypatch.setattr(pipelines.early_warning.lead_time, "FALLING_EDGES", (0.4, 0.2, 0.1))


def count_rows(warehouse: Warehouse) -> dict[str, int]:
    tables = [rule.table for rule in list_rules()] + ["crm.scores_v1", "crm.reasons_v1", "ops.run_rules", "ops.runs"]
    return {name: warehouse.select("select count(*) as n from " + name)["n"][0].as_py() for name in tables}


def test_five_policies_are_kept_once_and_the_replay_leaves_nothing(
    bank: tuple[Warehouse, Settings], tmp_path: Path
) -> None:
    warehouse, settings = bank
    before = count_rows(warehouse)
    report = measure_lead_times(warehouse, AS_OF, settings, Prices())
    again = measure_lead_times(warehouse, AS_OF, settings, Prices())
    assert count_rows(warehouse) == before
    kept = warehouse.select("select * from learn.lead_times").to_pylist()
    assert sorted(row["policy"] for row in kept) == sorted(JUDGES)
    (events,) = {row["event_count"] for row in kept}
    assert 1 <= events <= len(FALLS), "policies of the same customers see the same events"
    told = {row["policy"]: row for row in kept}
    assert told["arrears"]["caught_1m"] == told["arrears"]["alert_count"] == 0, "nobody was late with a payment"
    assert told["ours"]["rule_version"] != told["rules"]["rule_version"]
    assert tell(report, tmp_path / "first") == tell(again, tmp_path / "again")


def tell(report: pipelines.early_warning.lead_time.Report, folder: Path) -> tuple[str, str, str]:
    """Return the report's JSON, page and table."""
    write_json(folder / "lead_time.json", report)
    draw_lead_times(folder / "lead_time.html", report)
    console = Console(width=200, file=io.StringIO(), record=True)
    print_lead_times(console, report)
    told = json.loads((folder / "lead_time.json").read_text())
    assert tuple(told) == JUDGES
    for measures in told.values():
        assert {"median_months", "caught_1m", "caught_3m", "caught_6m", "alerts_per_event"} <= set(measures)
        assert "false_alarms_per_100_year" in measures
    page = (folder / "lead_time.html").read_text()
    assert page.count("<rect") == 3 * len(JUDGES)
    text = console.export_text()
    assert "days past due alone" in text
    return json.dumps(told), page, text


def test_a_replay_that_fails_leaves_nothing(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    before = count_rows(warehouse)
    with pytest.raises(RuntimeError, match="on the way"):
        fail_on_the_way(warehouse, settings, before)
    assert count_rows(warehouse) == before


def fail_on_the_way(warehouse: Warehouse, settings: Settings, before: dict[str, int]) -> None:
    with open_replay(warehouse, [AS_OF], settings.rulebook):
        assert count_rows(warehouse) != before
        raise RuntimeError("on the way")


def test_a_past_without_distress_is_refused(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    past = read_past(warehouse, pipelines.early_warning.lead_time.load_spec("key_account_distress"), AS_OF, settings)
    quiet = replace(past.evaluated, is_distressed=np.zeros_like(past.evaluated.is_distressed))
    with pytest.raises(ModelError, match=r"2 key accounts .* to choose on and 0 in those to evaluate"):
        refuse_eventless(replace(past, evaluated=quiet), 6)


def test_what_a_killed_replay_left_is_dropped(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    before = count_rows(warehouse)
    Replay(warehouse, [date(2023, 3, 1)], settings.rulebook).prepare()
    assert count_rows(warehouse) != before
    with open_replay(warehouse, [AS_OF], settings.rulebook):
        pass
    assert count_rows(warehouse) == before


def test_too_few_months_are_refused(bank: tuple[Warehouse, Settings]) -> None:
    warehouse, settings = bank
    with pytest.raises(ModelError, match=r"lead times need 10 scored months or more.*there are 3.*test_months"):
        measure_lead_times(warehouse, AS_OF, settings.model_copy(update={"test_months": 3}), Prices())


@pytest.mark.parametrize("prices", [(0.0, 1.0), (1.0, -1.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_prices_of_nothing_are_refused(prices: tuple[float, float]) -> None:
    with pytest.raises(ModelError, match="expected both above 0"):
        Prices(*prices)


def test_another_edge_keeps_the_others_on_their_side() -> None:
    for edge in (0.01, 0.09, 0.3, 0.9):
        rule = set_edge(ClassParameters(), edge)
        assert rule.watch_score == edge
    assert set_edge(ClassParameters(), 0.3) == replace(ClassParameters(), watch_score=0.3, doubtful_score=0.65)


@pytest.fixture
def panel() -> Panel:
    return Panel(np.ones((50, 12), dtype=bool), np.zeros((50, 12), dtype=bool), np.zeros((50, 12)), 6, 9, 11)


def test_a_policy_is_filled_up_to_as_many_alerts(panel: Panel) -> None:
    quiet = np.zeros((50, 9), dtype=bool)
    filled = fill_at_random(panel, quiet, 30, 6)
    assert summarize_policy(panel, filled, 6).alerts.sum() >= 30
    assert not quiet.any()
    assert (fill_at_random(panel, quiet, 30, 6) == filled).all()
    assert not fill_at_random(panel, quiet, 0, 6).any()


def test_the_highest_edge_that_alerts_as_often_is_taken(panel: Panel) -> None:
    def walk(edge: float) -> Sums:
        on_watch = np.zeros((50, 9), dtype=bool)
        on_watch[: round(4 / edge), 7:] = True
        return summarize_policy(panel, on_watch, 6)

    assert match_alerts(walk, 20) == 0.2
    assert match_alerts(walk, 10) == 0.4
    assert match_alerts(walk, 1_000) == 0.1, "that of most alerts"
