"""Which errors are tried again, by the policy of every DAG."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local_airflow.environment import PROJECT_ROOT
from pipelines import errors

REFUSALS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.KcrmError) and not issubclass(kind, ConnectionError)
]


@pytest.fixture(scope="module", params=["pull_accounts", "score_customers", "train_models"])
def policy(request: pytest.FixtureRequest) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    path = Path(PROJECT_ROOT / "dags" / f"{request.param}.py")
    bag = DagBag(dag_folder=path, bundle_path=PROJECT_ROOT, bundle_name="kcrm")
    return bag.dags[request.param].default_args["retry_policy"]


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_what_the_pipeline_refuses_is_not_tried_again(policy: Any, kind: type[Exception]) -> None:
    assert policy.evaluate(kind("no"), 1, 3).action.value == "fail"


@pytest.mark.parametrize("kind", [errors.WarehouseUnreachableError, ConnectionResetError, BrokenPipeError])
def test_a_lost_connection_is_tried_again_after_a_while(policy: Any, kind: type[Exception]) -> None:
    decision = policy.evaluate(kind("gone"), 1, 3)
    assert (decision.action.value, decision.retry_delay) == ("retry", timedelta(minutes=5))


def test_any_other_error_is_tried_as_often_as_the_task_says(policy: Any) -> None:
    assert policy.evaluate(KeyError("x"), 1, 3).action.value == "default"
