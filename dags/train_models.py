"""Train both models on every past month whose answer is known by now.

`facts` sums landing per customer and month, `examples` gathers every past as_of whose answer is known, `train` tests
each model out of time against its rivals, registers it, and makes it champion only if it beats them and the champion
in force. A tie keeps the champion; scoring goes on with it.

* **When**: once all three months of a quarter have been pulled and checked; the key `2026-Q2` means as of 2026-07-01.
* **By hand**: trigger it with a partition key (`2026-Q2`, or a month such as `2026-10`) or with the parameter `month`;
  the first champion comes this way.
* **When it fails**: the last line of the failed task says what to do; the champions in force stay.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from airflow.sdk import DAG, PartitionedAssetTimetable, QuarterWindow, RollupMapper, StartOfQuarterMapper, task

from models.declare.catalog import MODELS
from pipelines.scheduling.defaults import CHAMPIONS, KEY_FORMAT, LANDING, START, month_param, task_defaults
from pipelines.scheduling.partition_keys import read_quarter_as_of

with DAG(
    dag_id="train_models",
    description="Landing to champions: a quarter, or a month by hand",
    doc_md=__doc__,
    schedule=PartitionedAssetTimetable(
        assets=LANDING,
        default_partition_mapper=RollupMapper(
            upstream_mapper=StartOfQuarterMapper(input_format=KEY_FORMAT), window=QuarterWindow()
        ),
    ),
    start_date=START,
    catchup=False,
    is_paused_upon_creation=False,  # an event that comes while the consumer is paused is lost
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    tags=["kcrm", "models", "development", "risk"],
    params=month_param("The last month to learn from"),
    default_args=task_defaults(timedelta(hours=4)),
):

    @task(pool="default_pool")
    def read_month(dag_run: Any = None, params: Any = None) -> date:
        """Read the quarter or month of this run: the one place where it is read."""
        return read_quarter_as_of(dag_run.partition_key, params["month"])

    @task
    def facts(as_of: date) -> dict[str, Any]:
        """Sum landing into one row a customer and month."""
        from pipelines import steps

        return steps.facts(as_of)

    @task
    def examples(as_of: date) -> dict[str, Any]:
        """Gather every past as_of whose answer is known by now."""
        from pipelines import steps

        return steps.examples(as_of)

    @task(
        outlets=[CHAMPIONS],
        map_index_template="{{ task.op_kwargs['model_name'] }}",
    )
    def train(as_of: date, model_name: str) -> dict[str, Any]:
        """Test, register and perhaps promote one model."""
        from pipelines import steps

        return steps.train(as_of, model_name)

    as_of = read_month()
    (facts(as_of) >> examples(as_of) >> train.partial(as_of=as_of).expand(model_name=list(MODELS)))
