"""The KCRM_* variables of the environment: an empty one counts as unset, an unknown one is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from pipelines.errors import SettingsError

_PREFIX = "KCRM_"
_PLACES = ("CONFIG", "VAR", "SOURCE", "SOURCES", "SOURCE_URL", "WAREHOUSE_URL", "MLFLOW_URI")
_OF_OTHERS = ("REAL_DATA", "CONFIG_FILE", "SOURCE_FOLDER", "SOURCES_FOLDER")  # of the tests and docker-compose.yml


def read_variables(environment: Mapping[str, str], tunable: Collection[str]) -> dict[str, str]:
    """Return the KCRM_* variables that are not empty; one of an unknown name is refused with the closest known name.

    Values are not part of the error, because a URL may hold a password.
    """
    known = [_PREFIX + name for name in (*_PLACES, *_OF_OTHERS, *(name.upper() for name in tunable))]
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(sorted(known))}."
            raise SettingsError(f"the environment has an unknown variable {name}; {hint} Rename or unset it.")
    return {name: value for name, value in environment.items() if name in known and value.strip()}
