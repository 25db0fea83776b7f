"""The whole job on a small bank, on both engines: equal row by row, and doing it again changes nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from bench.postgres_server import new_database
from demo.bank import write_bank
from pipelines import steps
from pipelines.cli import main
from pipelines.rules.catalog import list_rules
from pipelines.warehouse import open_warehouse

AS_OF = date(2026, 11, 1)
TABLES = {
    "landing.transactions": ("transaction_id", "source_known_on"),
    "facts.customer_month": ("customer_id", "month", "known_month"),
    "facts.partner_month": ("customer_id", "side", "counterparty_id", "month", "known_month"),
    "features.key_accounts": ("customer_id", "as_of"),
    "features.marketing_exclusions": ("customer_id", "as_of"),
    "features.marketing_exclusion_versions": ("as_of",),
    "features.customer_features": ("customer_id", "as_of"),
    "learn.examples": ("model_name", "as_of", "customer_id"),
    "learn.evaluations": ("model_name", "model_version", "split", "rival", "metric"),
    "ops.quarantine": ("table_name", "row_key", "promise"),
    "crm.scores": ("model_name", "customer_id"),
    "features.customer_positions": ("customer_id", "as_of"),
    "crm.reasons": ("model_name", "customer_id", "place"),
    "crm.dim_customers": ("customer_id",),
    "crm.dim_organisations": ("branch_id",),
    "crm.dim_products": ("product_id",),
    "crm.dim_industries": ("industry_code",),
    "crm.dim_projects": ("project_id",),
} | {f"crm.{rule.name}": rule.key for rule in list_rules()}
pytestmark = pytest.mark.xdist_group("whole_run")


@dataclass(frozen=True)
class Run:
    """A warehouse after the whole job, and the environment that leads to it."""

    environment: dict[str, str]

    def read(self, table: str) -> list[dict[str, Any]]:
        with open_warehouse(self.environment["KCRM_WAREHOUSE_URL"]) as warehouse:
            order = ", ".join(TABLES[table])
            return warehouse.select("select * from " + table + " order by " + order).to_pylist()


@pytest.fixture(scope="module")
def environments(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: sa.URL
) -> Iterator[dict[str, dict[str, str]]]:
    bank = tmp_path_factory.mktemp("bank")
    write_bank(bank, customers=400, months=30, seed=11)
    with new_database(postgres_server.set(query={})) as database:
        urls = {"postgresql": database.render_as_string(hide_password=False), "duckdb": ""}
        made = {}
        for engine, url in urls.items():
            var = tmp_path_factory.mktemp(engine)
            made[engine] = {
                "KCRM_VAR": str(var),
                "KCRM_SOURCE": "demo_bank",
                "KCRM_SOURCE_URL": f"files://{bank}",
                "KCRM_WAREHOUSE_URL": url or f"duckdb:///{var}/kcrm.duckdb",
                "KCRM_MLFLOW_URI": f"sqlite:///{var}/mlflow.db",
                "KCRM_BOOTSTRAP_ROUNDS": "50",
                "KCRM_TEST_MONTHS": "3",
                "KCRM_REFIT_EVERY_MONTHS": "3",
                "KCRM_NUM_THREADS": "1",
            }
        yield made


@pytest.fixture(scope="module")
def runs(environments: dict[str, dict[str, str]]) -> dict[str, Run]:
    with pytest.MonkeyPatch.context() as patch:
        for environment in environments.values():
            for name, value in environment.items():
                patch.setenv(name, value)
            for step in ("extract", "validate", "facts", "examples"):
                getattr(steps, step)(AS_OF)
            for model_name in steps.MODEL_NAMES:
                version = steps.train(AS_OF, model_name)["version"]
                # A bank this small may not get through the gate by itself; here a person lets it.
                steps.promote(model_name, version, "the test")
            for step in ("features", "score", "rules", "publish"):
                getattr(steps, step)(AS_OF)
    return {engine: Run(environment) for engine, environment in environments.items()}


@pytest.mark.parametrize("table", TABLES)
def test_a_key_is_unique(runs: dict[str, Run], table: str) -> None:
    rows = runs["duckdb"].read(table)
    assert len({tuple(row[name] for name in TABLES[table]) for row in rows}) == len(rows)


@pytest.mark.parametrize("table", TABLES)
def test_both_engines_give_equal_rows(runs: dict[str, Run], table: str) -> None:
    one, other = runs["duckdb"].read(table), runs["postgresql"].read(table)
    key = TABLES[table]
    one, other = (sorted(rows, key=lambda row: [str(row[name]) for name in key]) for rows in (one, other))
    assert [[row[name] for name in key] for row in one] == [[row[name] for name in key] for row in other]
    wrong = [
        (row[key[0]], name, row[name], twin[name])
        for row, twin in zip(one, other, strict=True)
        for name in row
        if not is_same(row[name], twin[name])
    ]
    assert not wrong, f"{table}: {len(wrong)} values differ, such as {wrong[:5]}"


def is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return bool(one == other)


def test_every_candidate_is_scored_withheld_or_excluded_once(runs: dict[str, Run]) -> None:
    for model_name in steps.MODEL_NAMES:
        rows = [row for row in runs["duckdb"].read("crm.scores") if row["model_name"] == model_name]
        assert {row["status"] for row in rows} <= {"scored", "withheld", "excluded"}
        assert all((row["cause"] is None) == (row["status"] == "scored") for row in rows)
        assert all((row["score"] is None) == (row["status"] != "scored") for row in rows)
        assert len({row["customer_id"] for row in rows}) == len(rows) > 0


def test_reasons_and_their_rest_add_up_to_the_raw_score(runs: dict[str, Run]) -> None:
    total: dict[tuple[str, str], float] = {}
    for reason in runs["duckdb"].read("crm.reasons"):
        key = (reason["model_name"], reason["customer_id"])
        total[key] = total.get(key, 0.0) + reason["shapley"]
    scored = [row for row in runs["duckdb"].read("crm.scores") if row["status"] == "scored"]
    assert len(scored) == len(total) > 0
    for row in scored:
        assert row["base_value"] + total[(row["model_name"], row["customer_id"])] == pytest.approx(
            row["raw_score"], abs=1e-5
        )


def test_what_a_customer_has_of_each_product_adds_up_to_its_card(runs: dict[str, Run]) -> None:
    """Two queries say what is owed and held; a loan repaid by the next one may stand in neither."""
    run = runs["duckdb"]
    kinds = {row["product_id"]: row["kind"] for row in run.read("crm.dim_products")}
    had: dict[str, list[dict[str, Any]]] = {}
    for row in run.read("crm.product_positions"):
        had.setdefault(row["customer_id"], []).append(row)
    cards = [card for card in run.read("crm.customer_cards") if card["product_count"] is not None]
    assert sum(card["loan_balance"] > 0 for card in cards) > 50
    for card in cards:
        rows = had.get(card["customer_id"], [])
        owed = sum(row["amount"] for row in rows if kinds[row["product_id"]] == "loan")
        assert (len(rows), owed) == (card["product_count"], card["loan_balance"]), card["customer_id"]


def test_risk_adjusted_contribution_is_the_sum_of_its_parts_to_the_cent(runs: dict[str, Run]) -> None:
    rows = runs["postgresql"].read("crm.risk_adjusted_contributions")
    whole = [row for row in rows if row["cause"] is None]
    assert sum(row["expected_loss"] > 0 for row in whole) > 5
    assert all((row["risk_adjusted_contribution"] is None) == (row["cause"] is not None) for row in rows)
    for row in whole:
        parts = row["contribution_12m"] + row["provision_12m"] - row["expected_loss"]
        assert row["risk_adjusted_contribution"] == parts
        if row["exposure_amount"]:
            loss = float(row["exposure_amount"]) * row["default_probability_12m"] * row["loss_given_default_ratio"]
            assert float(row["expected_loss"]) == pytest.approx(loss, abs=0.0051)


def test_teams_and_what_they_look_after_add_up_to_the_bank(runs: dict[str, Run]) -> None:
    run = runs["postgresql"]
    customers = {row["customer_id"]: row for row in run.read("crm.dim_customers") if row["relation"] == "customer"}
    teams = run.read("crm.team_skills")
    needed = {
        row["skill"]: sum(one["customer_count"] for one in teams if one["skill"] == row["skill"]) for row in teams
    }
    assert needed["corporate"] == sum(row["kind"] == "company" for row in customers.values()) > 0
    assert needed["retail"] == sum(row["kind"] == "person" for row in customers.values()) > 0
    owing = [
        row for row in run.read("features.customer_positions") if row["as_of"] == AS_OF and row["loan_balance"] > 0
    ]
    assert needed["credit"] == sum(row["customer_id"] in customers for row in owing) > 0
    managers = run.read("crm.manager_skills")
    assert sum(row["manager_count"] for row in teams if row["skill"] == "wealth") == len(managers) > 0
    assert any(row["is_gap"] for row in teams)
    outcomes = run.read("crm.manager_outcomes")
    cared_for = [row for row in run.read("crm.class_measures") if row["manager_id"] and row["customer_id"] in customers]
    assert sum(row["customer_count"] for row in outcomes) == len(cared_for) > 0
    assert sum(row["key_account_count"] for row in outcomes) == sum(row["is_key_account"] for row in cared_for) > 0


def test_every_step_again_changes_nothing_but_the_run_id(runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs["duckdb"]
    for name, value in run.environment.items():
        monkeypatch.setenv(name, value)
    before = {table: run.read(table) for table in TABLES}
    for step in ("extract", "validate", "facts", "features", "examples"):
        getattr(steps, step)(AS_OF)
    versions = [steps.train(AS_OF, model_name)["version"] for model_name in steps.MODEL_NAMES]
    for step in ("score", "rules", "publish"):
        getattr(steps, step)(AS_OF)
    assert versions == ["1", "1"], "the same examples may not make a second version"
    for table, rows in before.items():
        again = [{name: value for name, value in row.items() if name != "run_id"} for row in run.read(table)]
        assert again == [{name: value for name, value in row.items() if name != "run_id"} for row in rows], table
    assert {row["run_id"] for row in run.read("crm.scores")} == {f"{AS_OF}.2"}


def test_the_command_line_answers_from_the_last_run(
    runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in runs["postgresql"].environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["status", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["run"]["as_of"] == AS_OF.isoformat()
    assert {step["step"] for step in status["steps"]} >= {"extract", "validate", "facts", "train", "score", "publish"}
    assert all(step["peak_bytes"] > 0 and step["seconds"] >= 0 for step in status["steps"])
    assert {row["rival"] for row in status["models"]["prospect_growth"]["evaluations"]} >= {"momentum", "logistic"}
    assert main(["top", "--count", "3"]) == 0
    assert "Prospects most likely to grow" in capsys.readouterr().out
    assert main(["top", "--count", "3", "--language", "zh"]) == 0
    assert "最有成长潜力的潜在大客户" in capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["top", "--language", "zh"]) == 0
    assert "…" not in capsys.readouterr().out, "a reason may be folded, never cut"


def test_an_acceptance_on_the_command_line_needs_a_name_and_a_reason(
    runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in runs["postgresql"].environment.items():
        monkeypatch.setenv(name, value)
    publish = ["publish", "--as-of", AS_OF.isoformat()]
    for options in (["--accept-changes"], ["--by", "Li", "--reason", "why"], ["--accept-changes", "--by", "Li"]):
        assert main(publish + options) == 1
        assert "belong together" in capsys.readouterr().err
    assert main([*publish, "--accept-changes", "--by", "Li", "--reason", "a campaign"]) == 0
    with open_warehouse(runs["postgresql"].environment["KCRM_WAREHOUSE_URL"]) as warehouse:
        steps_told = warehouse.read("ledger/last_steps").to_pylist()
    assert [step["run_by"] for step in steps_told if step["step"] == "publish"] == ["Li"]


def test_a_refusal_is_one_sentence_and_exit_code_1(
    runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in runs["duckdb"].environment.items():
        monkeypatch.setenv(name, value)
    assert main(["rules", "--as-of", "2026-12-01"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("kcrm: ")
    assert "kcrm features" in said
    assert "Traceback" not in said
    assert main(["status"]) == 0
    shown = capsys.readouterr().out
    assert "rules as of 2026-12-01 failed: " in shown, "status says what failed, and what its message was"
    assert "kcrm features" in shown
