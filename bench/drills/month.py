"""`python -m bench.drills.month AS_OF STEP...`: the steps of a month in one process, up to one that refuses."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from datetime import date

from pipelines.errors import KcrmError
from pipelines.steps import STEPS


def main(arguments: Sequence[str]) -> int:
    """Run the steps in order until one refuses to go on; print {stopped_at, words} as JSON."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    as_of = date.fromisoformat(arguments[0])
    answer = {"stopped_at": "", "words": ""}
    for name in arguments[1:]:
        try:
            STEPS[name](as_of)
        except KcrmError as refused:
            answer = {"stopped_at": name, "words": f"{type(refused).__name__}: {refused}"}
            break
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
