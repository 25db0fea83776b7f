"""The jobs that a measured process can be asked for, by name; each is imported only by the process that does it.

So the memory of a step is the step's, and not that of every library of the benchmark.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bench.errors import BenchError

JOBS: Mapping[str, str] = MappingProxyType(
    {
        "write_bank": "bench.our_steps",
        "run_step": "bench.our_steps",
        "promote": "bench.our_steps",
        "validate": "bench.our_steps",
        "describe": "bench.our_steps",
        "learn": "bench.our_models",
        "score": "bench.our_models",
        "explain": "bench.our_models",
        "keep_run": "bench.publishing",
        "publish": "bench.publishing",
        "load_in_bulk": "bench.publishing",
        "ask_once": "bench.rival_queries",
        "describe_naively": "bench.rival_queries",
        "describe_by_pandas": "bench.rival_queries",
        "keep_flows": "bench.rival_queries",
        "learn_bare": "bench.rival_models",
        "predict_bare": "bench.rival_models",
        "contribute": "bench.rival_models",
    }
)


def load_job(name: str) -> Callable[..., dict[str, Any]]:
    """Return the function of a job: called with a clock and its parameters, it gives what it found."""
    if name not in JOBS:
        raise BenchError(f"bench has no job {name!r}; it has {', '.join(sorted(JOBS))}. Name one of these.")
    job: Callable[..., dict[str, Any]] = getattr(importlib.import_module(JOBS[name]), name)
    return job
