"""A measured process: does one job by name and writes how long its clock ran and what it found.

`python -m bench.worker <job> <parameters as JSON> <file of the answer>`, with the warehouse in the environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.clock import Clock
from bench.jobs import load_job


def main(arguments: Sequence[str]) -> int:
    """Do the job; an unknown one is refused."""
    name, parameters, answer = arguments
    clock = Clock()
    found = load_job(name)(clock, **json.loads(parameters))
    Path(answer).write_text(json.dumps({"seconds": clock.seconds, "found": found}, default=str), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
