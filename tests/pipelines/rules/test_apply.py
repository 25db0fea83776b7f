"""Rules write one whole run, again and again the same, and a run without them is not published."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipelines.errors import PublicationError
from pipelines.features.build import build_features
from pipelines.paths import SQL_ROOT
from pipelines.publishing.publish import publish_run
from pipelines.rules.apply import apply_rules, list_unapplied
from pipelines.rules.catalog import list_rules
from pipelines.rules.rulebook import read_rulebook
from pipelines.scoring.score import score_customers
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank

AS_OF = date(2022, 12, 1)


@pytest.fixture
def scored(warehouse: Warehouse, promote: Callable[[], None], settings: Settings) -> Warehouse:
    """A small bank with an open, scored run."""
    fill_bank(warehouse, customers=8, until=AS_OF)
    build_features(warehouse, AS_OF)
    promote()
    score_customers(warehouse, AS_OF, settings)
    return warehouse


def read_all(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every rule's table, in no order that matters."""
    tables = {rule.table: warehouse.select("select * from " + rule.table).to_pylist() for rule in list_rules()}
    return {table: sorted(rows, key=str) for table, rows in tables.items()}


def test_rules_again_change_nothing(scored: Warehouse, settings: Settings) -> None:
    rows = apply_rules(scored, AS_OF, settings.rulebook)
    first = read_all(scored)
    assert apply_rules(scored, AS_OF, settings.rulebook) == rows == sum(len(found) for found in first.values())
    assert read_all(scored) == first
    assert len(first["crm.key_accounts_v1"]) == 8


def test_a_run_without_its_rules_is_not_published(scored: Warehouse, settings: Settings) -> None:
    with pytest.raises(PublicationError, match=r"lacks the rules key_accounts.*kcrm rules --as-of 2022-12-01"):
        publish_run(scored, AS_OF)
    apply_rules(scored, AS_OF, settings.rulebook)
    run_id = publish_run(scored, AS_OF)
    assert list_unapplied(scored, run_id) == []


def test_scores_made_anew_want_their_rules_anew(scored: Warehouse, settings: Settings) -> None:
    apply_rules(scored, AS_OF, settings.rulebook)
    score_customers(scored, AS_OF, settings)
    with pytest.raises(PublicationError, match="lacks the rules"):
        publish_run(scored, AS_OF)


def test_every_query_of_a_rule_has_its_rule() -> None:
    queries = {f"rules/{path.parent.name}/{path.stem}" for path in (SQL_ROOT / "rules").glob("*/*.sql")}
    queries = {query for query in queries if not query.startswith("rules/computed/")}  # what computed tables read
    idle = sorted(queries - {rule.query for rule in list_rules() if not rule.fill})
    assert not idle, (
        f"queries that no run asks; add Rule(<name>, <section>) to list_rules() of pipelines/rules/apply.py: {idle}"
    )


def test_key_accounts_of_another_rule_are_refused(scored: Warehouse, settings: Settings) -> None:
    other = read_rulebook({"key_accounts": {"entry_share": 0.5}}, "kcrm.toml")
    with pytest.raises(PublicationError, match=r"named by \['key_accounts_v3'\].*kcrm features --as-of 2022-12-01"):
        apply_rules(scored, AS_OF, other)


def test_bars_of_another_rule_are_refused_also_where_nobody_is_barred(scored: Warehouse, settings: Settings) -> None:
    other = read_rulebook({"consents": {"is_presumed_of_companies": False}}, "kcrm.toml")
    with pytest.raises(PublicationError, match=r"not to be courted .* named by \['consents_v1'\].*kcrm features"):
        apply_rules(scored, AS_OF, other)


def test_rules_without_an_open_run_are_refused(warehouse: Warehouse, settings: Settings) -> None:
    with pytest.raises(PublicationError, match="no run is open as of 2022-12-01"):
        apply_rules(warehouse, AS_OF, settings.rulebook)


def test_dropped_runs_leave_no_rows(scored: Warehouse, settings: Settings) -> None:
    for _ in range(2):
        score_customers(scored, AS_OF, settings)
        apply_rules(scored, AS_OF, settings.rulebook)
        publish_run(scored, AS_OF, runs_kept=1)
    rows = [row for found in read_all(scored).values() for row in found]
    assert rows
    assert {row["run_id"] for row in rows} == {f"{AS_OF}.2"}
