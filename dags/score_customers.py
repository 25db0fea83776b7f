"""Score every customer for a month, and publish the scores to the CRM.

`facts` sums landing per customer and month, `features` describes each customer as of the day, `score` asks both
champions (prospects likely to grow, key accounts near distress) and writes scores with their reasons, `rules` says who
is key, what each customer brings, in which class it stands and who must act, `publish` turns the CRM to the new run in
one step. Until `publish` is done the CRM reads the run before; if anything fails, it goes on reading it.

* **When**: as soon as `pull_accounts` has checked a month; the partition key is handed on as it is.
* **By hand**: trigger it with a partition key such as `2026-10` or with the parameter `month`. Scoring a month again
  replaces its run without a gap; an older month than the published one never turns the CRM back.
* **When it fails**: the last line of the failed task says what to do. A model without a champion fails nothing: its
  customers are withheld (cause `no_champion`) until `train_models` has promoted one.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from airflow.sdk import DAG, PartitionedAssetTimetable, task

from pipelines.scheduling.defaults import CHAMPIONS, LANDING, SCORES, START, month_param, task_defaults
from pipelines.scheduling.partition_keys import read_as_of

with DAG(
    dag_id="score_customers",
    description="Landing to published scores: one month",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(assets=LANDING),
    start_date=START,
    catchup=False,
    is_paused_upon_creation=False,  # an event that comes while the consumer is paused is lost
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=8),
    tags=["kcrm", "development", "maintenance", "risk"],
    params=month_param("The month to score"),
    default_args=task_defaults(timedelta(hours=2)),
):

    @task(pool="default_pool")
    def read_month(dag_run: Any = None, params: Any = None) -> date:
        """Read the month of this run: the one place where it is read."""
        return read_as_of(dag_run.partition_key, params["month"])

    @task
    def facts(as_of: date) -> dict[str, Any]:
        """Sum landing into one row a customer and month."""
        from pipelines import steps

        return steps.facts(as_of)

    @task
    def features(as_of: date) -> dict[str, Any]:
        """Describe every customer as of the day."""
        from pipelines import steps

        return steps.features(as_of)

    @task(inlets=[CHAMPIONS])
    def score(as_of: date) -> dict[str, Any]:
        """Ask both champions, and say why."""
        from pipelines import steps

        return steps.score(as_of)

    @task
    def rules(as_of: date) -> dict[str, Any]:
        """Fill what the CRM reads beside the scores."""
        from pipelines import steps

        return steps.rules(as_of)

    @task(outlets=[SCORES])
    def publish(as_of: date) -> dict[str, Any]:
        """Turn the CRM to the new run."""
        from pipelines import steps

        return steps.publish(as_of)

    as_of = read_month()
    facts(as_of) >> features(as_of) >> score(as_of) >> rules(as_of) >> publish(as_of)
