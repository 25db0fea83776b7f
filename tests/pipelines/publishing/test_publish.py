"""Publishing turns the CRM to one complete run at once; a rollback turns it back."""

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipelines.errors import PublicationError
from pipelines.features.build import build_features
from pipelines.ledger.runs import Publication, flip_pointer, read_publications, stack_publications
from pipelines.publishing.changes import Acceptance
from pipelines.publishing.publish import publish_run, rollback_run
from pipelines.rules.apply import apply_rules
from pipelines.scoring.score import score_customers
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from tests.pipelines.small_bank import fill_bank

NOVEMBER, DECEMBER = date(2022, 11, 1), date(2022, 12, 1)


@pytest.fixture
def bank(
    filled_warehouse: Callable[[str, Callable[[Warehouse], None]], Warehouse], promote: Callable[[], None]
) -> Warehouse:
    """A bank described as of two months, and champions."""
    promote()
    return filled_warehouse("described in two months", _describe_two_months)


def _describe_two_months(warehouse: Warehouse) -> None:
    fill_bank(warehouse, customers=8, until=DECEMBER)
    build_features(warehouse, NOVEMBER)
    build_features(warehouse, DECEMBER)


def shown(warehouse: Warehouse) -> set[str]:
    """Return the run ids that the CRM's two views show."""
    views = ("select run_id from crm.scores", "select run_id from crm.reasons")
    return {run for view in views for run in warehouse.select(view)["run_id"].to_pylist()}


def states(warehouse: Warehouse) -> dict[str, str]:
    """Return every run's state."""
    rows = warehouse.select("select run_id, state from ops.runs").to_pylist()
    return {row["run_id"]: row["state"] for row in rows}


def rows_of(warehouse: Warehouse, run_id: str) -> int:
    """Return how many scores the run has."""
    found: dict[str, Any] = {r["run_id"]: r for r in warehouse.select("select run_id from crm.scores_v1").to_pylist()}
    return int(run_id in found)


def score(bank: Warehouse, as_of: date, settings: Settings) -> None:
    """Fill the open run of an as_of, as the two steps before publish do."""
    score_customers(bank, as_of, settings)
    apply_rules(bank, as_of, settings.rulebook)


def test_a_run_is_shown_only_once_published(bank: Warehouse, settings: Settings) -> None:
    score(bank, NOVEMBER, settings)
    assert shown(bank) == set()
    assert publish_run(bank, NOVEMBER) == "2022-11-01.1"
    assert shown(bank) == {"2022-11-01.1"}


def test_nothing_open_returns_what_stands_or_is_an_error(bank: Warehouse, settings: Settings) -> None:
    with pytest.raises(PublicationError, match="nothing is scored as of 2022-11-01"):
        publish_run(bank, NOVEMBER)
    score(bank, NOVEMBER, settings)
    assert publish_run(bank, NOVEMBER) == publish_run(bank, NOVEMBER) == "2022-11-01.1"
    assert len(read_publications(bank)) == 1


def test_reruns_keep_the_last_two_runs(bank: Warehouse, settings: Settings) -> None:
    for _ in range(3):
        score(bank, NOVEMBER, settings)
        publish_run(bank, NOVEMBER, runs_kept=2)
    assert states(bank) == {"2022-11-01.1": "dropped", "2022-11-01.2": "superseded", "2022-11-01.3": "published"}
    assert [rows_of(bank, f"2022-11-01.{attempt}") for attempt in (1, 2, 3)] == [0, 1, 1]
    assert shown(bank) == {"2022-11-01.3"}


def test_rollback_goes_back_step_by_step_and_then_refuses(bank: Warehouse, settings: Settings) -> None:
    for as_of in (NOVEMBER, NOVEMBER, DECEMBER):
        score(bank, as_of, settings)
        publish_run(bank, as_of)
    assert rollback_run(bank) == "2022-11-01.2"
    assert shown(bank) == {"2022-11-01.2"}
    assert rollback_run(bank) == "2022-11-01.1"
    with pytest.raises(PublicationError, match="no run to go back to"):
        rollback_run(bank)
    assert shown(bank) == {"2022-11-01.1"}


def test_a_run_that_went_on_from_a_run_that_stands_no_more_is_refused(bank: Warehouse, settings: Settings) -> None:
    score(bank, NOVEMBER, settings)
    publish_run(bank, NOVEMBER)
    score(bank, DECEMBER, settings)
    score(bank, NOVEMBER, settings)
    publish_run(bank, NOVEMBER)
    with pytest.raises(PublicationError, match=r"2022-11-01\.1.*is now 2022-11-01\.2.*kcrm rules --as-of 2022-12-01"):
        publish_run(bank, DECEMBER)
    assert shown(bank) == {"2022-11-01.2"}
    apply_rules(bank, DECEMBER, settings.rulebook)
    assert publish_run(bank, DECEMBER) == "2022-12-01.1"


def test_a_rollback_to_a_run_without_rules_says_so(
    bank: Warehouse, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A run of before an upgrade has scores and no rows of the rules that came with it."""
    for as_of in (NOVEMBER, DECEMBER):
        score(bank, as_of, settings)
        publish_run(bank, as_of)
    with bank.transaction():
        bank.run("delete from ops.run_rules where run_id = '2022-11-01.1' and rule in ('tiers', 'pareto')")
    rollback_run(bank)
    assert "run 2022-11-01.1 has no rows of 2 rules, so their views are empty: pareto, tiers." in caplog.text
    assert "kcrm features --as-of 2022-11-01" in caplog.text


def test_a_rollback_to_a_run_with_its_rules_warns_of_nothing(
    bank: Warehouse, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for as_of in (NOVEMBER, DECEMBER):
        score(bank, as_of, settings)
        publish_run(bank, as_of)
    rollback_run(bank)
    assert "views are empty" not in caplog.text


def test_a_run_taken_back_is_not_published_again_by_itself(bank: Warehouse, settings: Settings) -> None:
    for as_of in (NOVEMBER, DECEMBER):
        score(bank, as_of, settings)
        publish_run(bank, as_of)
    rollback_run(bank)
    with pytest.raises(PublicationError, match="2022-12-01 was taken back by a rollback"):
        publish_run(bank, DECEMBER)
    score(bank, DECEMBER, settings)
    assert publish_run(bank, DECEMBER) == "2022-12-01.2"
    assert shown(bank) == {"2022-12-01.2"}
    assert publish_run(bank, NOVEMBER) == "2022-11-01.1", "an older as_of that stands is returned, and not shown"
    assert shown(bank) == {"2022-12-01.2"}


def test_a_backfill_is_kept_and_never_shown(
    bank: Warehouse, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for as_of in (DECEMBER, NOVEMBER):
        score(bank, as_of, settings)
        with caplog.at_level(logging.WARNING):
            publish_run(bank, as_of)
    assert "does not turn it back" in caplog.text
    assert shown(bank) == {"2022-12-01.1"}
    assert states(bank) == {"2022-12-01.1": "published", "2022-11-01.1": "kept"}


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("delete from crm.scores_v1 where model_name = 'prospect_growth'", "prospect_growth has no row"),
        ("delete from crm.scores_v1 where customer_id = 'C001'", "expected"),
        ("delete from crm.reasons_v1 where place = 1 and model_name = 'prospect_growth'", "scored rows whose reasons"),
        ("update crm.scores_v1 set status = 'lost' where customer_id = 'C001'", "of a known status"),
    ],
)
def test_an_incomplete_run_is_refused(bank: Warehouse, settings: Settings, damage: str, told: str) -> None:
    score(bank, NOVEMBER, settings)
    with bank.transaction():
        bank.run(damage)
    with pytest.raises(PublicationError, match=f"not complete.*{told}"):
        publish_run(bank, NOVEMBER)
    assert shown(bank) == set()
    assert states(bank) == {"2022-11-01.1": "open"}


def test_a_run_whose_population_has_changed_since_is_refused(bank: Warehouse, settings: Settings) -> None:
    """Somebody took consent back between score and publish: as many candidates, and one may not be scored."""
    score(bank, NOVEMBER, settings)
    with bank.transaction():
        bank.run(
            "insert into features.marketing_exclusions select s.customer_id, s.as_of, 'consent_refused' "
            "from crm.scores_v1 as s where s.model_name = 'prospect_growth' and s.status = 'scored' and s.rank = 1"
        )
    with pytest.raises(PublicationError, match="prospect_growth says of 1 customers what its population says no more"):
        publish_run(bank, NOVEMBER)
    assert shown(bank) == set()
    score(bank, NOVEMBER, settings)
    assert publish_run(bank, NOVEMBER) == "2022-11-01.1"


def test_of_two_publishers_one_is_refused(bank: Warehouse, settings: Settings) -> None:
    score(bank, NOVEMBER, settings)
    read_before = read_publications(bank)
    publish_run(bank, NOVEMBER)
    with pytest.raises(PublicationError, match="another publisher came first"):
        flip_pointer(bank, read_before, "2022-11-01.1", NOVEMBER, "publish")


def test_what_stands_after_rollbacks() -> None:
    flips = [("a", "publish"), ("b", "publish"), ("a", "rollback"), ("c", "publish")]
    history = [
        Publication(place, run, NOVEMBER, action, "published") for place, (run, action) in enumerate(flips, start=1)
    ]
    assert [flip.run_id for flip in stack_publications(history)] == ["a", "c"]


MARCH, APRIL = date(2023, 3, 1), date(2023, 4, 1)


def _describe_after_a_year(warehouse: Warehouse) -> None:
    fill_bank(warehouse, customers=40, until=APRIL)
    build_features(warehouse, MARCH)
    build_features(warehouse, APRIL)


@pytest.fixture
def bank_after_a_year(
    filled_warehouse: Callable[[str, Callable[[Warehouse], None]], Warehouse], promote: Callable[[], None]
) -> Warehouse:
    """A bank with more than a year of history, so that a run out of bounds is refused."""
    promote()
    return filled_warehouse("described after a year", _describe_after_a_year)


def lengthen_list(bank: Warehouse, run_id: str) -> None:
    """Put fifty more names on the list of whom to grow."""
    with bank.transaction():
        bank.run(
            "insert into crm.care_lists_v1 (run_id, customer_id, as_of, list, reason, place, rule_version) "
            "select '"
            + run_id
            + "', k.customer_id || cast(n.place as varchar(9)), k.as_of, 'grow', 'growing', 99, 'v' "
            "from (select 1 as place union all select 2 as place) as n cross join crm.key_accounts_v1 as k "
            "where k.run_id = '" + run_id + "'"
        )


def test_a_run_out_of_bounds_is_refused_until_a_person_lets_it_through(
    bank_after_a_year: Warehouse, settings: Settings
) -> None:
    bank = bank_after_a_year
    for as_of in (MARCH, APRIL):
        score(bank, as_of, settings)
        if as_of == MARCH:
            publish_run(bank, as_of)
    lengthen_list(bank, "2023-04-01.1")
    with pytest.raises(PublicationError, match=r"run 2023-04-01\.1 is out of bounds.*customers on the list grow is"):
        publish_run(bank, APRIL)
    assert shown(bank) == {"2023-03-01.1"}
    assert states(bank) == {"2023-03-01.1": "published", "2023-04-01.1": "open"}
    assert {row["run_id"] for row in bank.select("select run_id from ops.run_measures").to_pylist()} == {"2023-03-01.1"}
    assert publish_run(bank, APRIL, acceptance=Acceptance("Li", "a campaign")) == "2023-04-01.1"
    assert shown(bank) == {"2023-04-01.1"}
    told = bank.select("select run_id, accepted_by, reason from ops.publication_acceptances").to_pylist()
    assert told == [{"run_id": "2023-04-01.1", "accepted_by": "Li", "reason": "a campaign"}]


def test_an_acceptance_of_a_run_within_bounds_is_not_kept(bank: Warehouse, settings: Settings) -> None:
    score(bank, NOVEMBER, settings)
    publish_run(bank, NOVEMBER, acceptance=Acceptance("Li", "to be sure"))
    assert bank.select("select run_id from ops.publication_acceptances").num_rows == 0


def test_a_backfill_out_of_bounds_is_kept_with_a_warning(
    bank_after_a_year: Warehouse, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    bank = bank_after_a_year
    score(bank, APRIL, settings)
    publish_run(bank, APRIL)
    score(bank, MARCH, settings)
    with bank.transaction():
        bank.run("update crm.scores_v1 set status = 'withheld', cause = 'stale_events' where run_id = '2023-03-01.1'")
    publish_run(bank, MARCH)
    assert "run 2023-03-01.1: no customer is scored by any model (cause stale_events)" in caplog.text
    assert states(bank) == {"2023-03-01.1": "kept", "2023-04-01.1": "published"}


def test_the_figures_of_a_run_go_with_its_rows(bank: Warehouse, settings: Settings) -> None:
    for _ in range(3):
        score(bank, NOVEMBER, settings)
        publish_run(bank, NOVEMBER, runs_kept=2)
    kept = {row["run_id"] for row in bank.select("select run_id from ops.run_measures").to_pylist()}
    assert kept == {"2022-11-01.2", "2022-11-01.3"}
