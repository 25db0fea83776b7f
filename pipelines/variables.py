"""The KCRM_* variables of the environment: an empty one counts as unset, an unknown one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from pipelines.setting_errors import refuse_unknown

PREFIX = "KCRM_"
_OTHERS = (  # the file; read by tests; the three of docker-compose.yml
    "KCRM_CONFIG",
    "KCRM_REAL_DATA",
    "KCRM_CONFIG_FILE",
    "KCRM_SOURCE_FOLDER",
    "KCRM_SOURCES_FOLDER",
)


class _Variables(EnvSettingsSource):
    """The variables of a given environment in place of the process's own."""

    def __init__(self, fields: type[BaseSettings], environment: Mapping[str, str]) -> None:
        self._environment = environment
        super().__init__(fields)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._environment.items() if value.strip()}

    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:
        """Read the text as the field's type; what cannot be read stays text, which the model refuses by its name."""
        try:
            return None if value is None else TypeAdapter[Any](field.annotation or str).validate_strings(value)
        except ValidationError:
            return value


def read_variables(fields: type[BaseSettings], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of each field that has a variable, KCRM_<FIELD>; SettingsError for an unknown KCRM_* name."""
    known = [*_OTHERS, *(PREFIX + name.upper() for name in fields.model_fields)]
    given = [name for name in environment if name.startswith(PREFIX)]
    refuse_unknown(given, known, "the environment", "variable")
    return _Variables(fields, environment)()
