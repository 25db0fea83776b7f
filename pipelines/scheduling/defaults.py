"""What every DAG declares alike: start, retries, failure callback, assets and the parameter `month`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, ExceptionRetryPolicy, Param, RetryAction, RetryRule

from pipelines.errors import KcrmError
from pipelines.scheduling.failures import log_failure

ZONE = "Asia/Shanghai"
START = datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONE))
KEY_FORMAT = "%Y-%m"

LANDING = Asset(name="kcrm_landing", uri="warehouse://kcrm/landing")
CHAMPIONS = Asset(name="kcrm_champions", uri="registry://kcrm/champions")
SCORES = Asset(name="kcrm_scores", uri="warehouse://kcrm/crm/scores")


def task_defaults(execution_timeout: timedelta) -> dict[str, Any]:
    """Return the default_args of a DAG: a lost connection is tried again, what the pipeline refuses is not."""
    return {
        "owner": "kcrm",
        "pool": "warehouse",
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "retry_policy": ExceptionRetryPolicy(
            rules=[
                RetryRule(ConnectionError, RetryAction.RETRY, timedelta(minutes=5), "a lost connection may come back"),
                RetryRule(KcrmError, RetryAction.FAIL, reason="a rerun without a change would be refused again"),
            ]
        ),
        "execution_timeout": execution_timeout,
        "on_failure_callback": log_failure,
    }


def month_param(purpose: str) -> dict[str, Param]:
    """Return the parameter `month` of a run without a partition key; `purpose` begins its description."""
    return {
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
            description=f"{purpose}, YYYY-MM, when the run has no partition key.",
        )
    }
