"""Pull a month of account data into the warehouse and check it.

`extract` brings the source's new rows into `landing` and adds nothing twice; `validate` holds every landing table to
its promises. Rows that break one go to `ops.quarantine`; a table that breaks a critical one stops the run here, and
nothing downstream starts.

* **When**: 06:00 in Shanghai on the first day of a month, for the month before. The month is the partition key:
  `2026-10` is October's data, as of 2026-11-01.
* **By hand**: trigger it with a partition key, on any day and as often as you like; scoring of that month follows.
  With the parameter `month` instead, only this DAG runs.
* **When it fails**: the last line of the failed task says what to do. A lost connection is tried again by itself,
  a broken promise is not.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from airflow.sdk import DAG, CronPartitionTimetable, task

from pipelines.scheduling.defaults import KEY_FORMAT, LANDING, ZONE, month_param, task_defaults
from pipelines.scheduling.partition_keys import read_as_of

with DAG(
    dag_id="pull_accounts",
    description="Source to landing, checked: one month",
    doc_md=__doc__,
    schedule=CronPartitionTimetable("0 6 1 * *", timezone=ZONE, run_offset=-1, key_format=KEY_FORMAT),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=8),
    tags=["kcrm", "landing"],
    params=month_param("The month to pull"),
    default_args=task_defaults(timedelta(hours=2)),
):

    @task(pool="default_pool")
    def read_month(dag_run: Any = None, params: Any = None) -> date:
        """Read the month of this run: the one place where it is read."""
        return read_as_of(dag_run.partition_key, params["month"])

    @task
    def extract(as_of: date) -> dict[str, Any]:
        """Append what the source has and landing has not."""
        from pipelines import steps

        return steps.extract(as_of)

    @task(outlets=[LANDING])
    def validate(as_of: date) -> dict[str, Any]:
        """Hold landing to its promises; quarantine rows, or stop the run."""
        from pipelines import steps

        return steps.validate(as_of)

    as_of = read_month()
    extract(as_of) >> validate(as_of)
