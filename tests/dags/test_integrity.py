"""Every DAG loads, survives serialization, and carries what whoever is called at night needs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from local_airflow.environment import POOL, PROJECT_ROOT, local_environment
from pipelines.scheduling.failures import log_failure
from pipelines.steps import MODEL_NAMES

NAMES = ("pull_accounts", "score_customers", "train_models")
STEPS = {
    "pull_accounts": ["read_month", "extract", "validate"],
    "score_customers": ["read_month", "facts", "features", "score", "rules", "publish"],
    "train_models": ["read_month", "facts", "examples", "train"],
}
HEAVY = ("pandas", "lightgbm", "great_expectations", "mlflow", "sklearn", "duckdb", "pyarrow")


@pytest.fixture(scope="module", autouse=True)
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in local_environment(tmp_path_factory.mktemp("airflow")).items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def dags(airflow_home: None) -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=PROJECT_ROOT, bundle_path=PROJECT_ROOT, bundle_name="kcrm")
    assert bag.import_errors == {}
    return dict(bag.dags)


def test_the_bundle_holds_one_dag_a_file_of_the_same_name(dags: dict[str, Any]) -> None:
    files = {path.stem: str(path) for path in (PROJECT_ROOT / "dags").glob("*.py")}
    assert {name: dag.fileloc for name, dag in dags.items()} == files
    assert sorted(files) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_tasks_are_the_steps_in_order(dags: dict[str, Any], name: str) -> None:
    order = list(dags[name].task_dict)
    assert order == STEPS[name]
    for before, after in pairwise(order[1:]):
        assert after in dags[name].get_task(before).downstream_task_ids
    assert all(step in dags[name].get_task("read_month").downstream_task_ids for step in order[1:])


@pytest.mark.parametrize("name", NAMES)
def test_a_dag_survives_serialization(dags: dict[str, Any], name: str) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    read = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dags[name]))
    assert (read.dag_id, list(read.task_dict)) == (name, STEPS[name])
    assert read.timetable.partitioned


@pytest.mark.parametrize("name", NAMES)
def test_a_dag_says_what_it_is_for_and_runs_once_at_a_time(dags: dict[str, Any], name: str) -> None:
    dag = dags[name]
    assert dag.doc_md == sys.modules[dag.get_task("read_month").python_callable.__module__].__doc__
    assert {"When", "By hand", "When it fails"} <= set(dag.doc_md.split("**"))
    assert "kcrm" in dag.tags
    assert len(dag.tags) > 1
    assert (dag.max_active_runs, dag.catchup) == (1, False)
    assert dag.dagrun_timeout is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_a_pool_a_timeout_retries_and_a_failure_callback(dags: dict[str, Any], name: str) -> None:
    for task in dags[name].tasks:
        arguments = getattr(task, "partial_kwargs", None) or vars(task)
        assert task.pool == ("default_pool" if task.task_id == "read_month" else POOL)
        assert task.execution_timeout is not None
        assert task.execution_timeout < dags[name].dagrun_timeout
        assert (task.retries, task.retry_delay) == (3, timedelta(minutes=2))
        assert task.retry_policy is not None
        assert log_failure in as_list(arguments["on_failure_callback"])


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def test_assets_hand_over_from_pull_to_the_others(dags: dict[str, Any]) -> None:
    made = {asset.name for asset in dags["pull_accounts"].get_task("validate").outlets}
    assert made == {"kcrm_landing"}
    for consumer in ("score_customers", "train_models"):
        assert {dags[consumer].timetable.asset_condition.name} == made
        assert dags[consumer].is_paused_upon_creation is False
    assert [asset.name for asset in dags["score_customers"].get_task("publish").outlets] == ["kcrm_scores"]


def test_the_month_before_the_first_of_a_month_in_shanghai_is_the_key(dags: dict[str, Any]) -> None:
    timetable = dags["pull_accounts"].timetable
    assert (timetable.run_offset, timetable.key_format) == (-1, "%Y-%m")
    assert (timetable.expression, str(timetable.timezone)) == ("0 6 1 * *", "Asia/Shanghai")
    assert dags["pull_accounts"].start_date is None, "with one, turning the DAG on would pull the last month at once"


def test_training_names_every_model_and_rolls_three_months_up(dags: dict[str, Any]) -> None:
    assert dags["train_models"].get_task("train").op_kwargs_expand_input.value["model_name"] == list(MODEL_NAMES)
    mapper = dags["train_models"].timetable.default_partition_mapper
    assert type(mapper.window).__name__ == "QuarterWindow"


def test_reading_the_dags_imports_nothing_heavy() -> None:
    program = (
        "import runpy, sys; from pathlib import Path; "
        "[runpy.run_path(str(path)) for path in Path('dags').glob('*.py')]; "
        f"print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


def test_no_installed_package_takes_the_names_of_our_rooms() -> None:
    import importlib.metadata

    taken = importlib.metadata.packages_distributions()
    rooms = ("pipelines", "models", "dags", "local_airflow", "demo")
    assert {room: set(taken.get(room, ())) - {"kcrm"} for room in rooms} == {room: set() for room in rooms}
    assert all((PROJECT_ROOT / room).is_dir() for room in rooms)
    assert Path(sys.modules["pipelines"].__path__[0]) == PROJECT_ROOT / "pipelines"
