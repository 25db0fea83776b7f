"""The errors of pydantic as sentences: what, where, got, expected, do this. No secret is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import AfterValidator, ValidationError

from pipelines.errors import SettingsError

_EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text in quotes",
    "date_type": "a date without quotes, such as 2024-05-01",
    "tuple_type": "a list",
    "path_type": "a folder in quotes",
    "model_type": "a table",
    "dict_type": "a table",
    "mapping_type": "a table",
    "greater_than_equal": "{ge:g} or more",
    "less_than_equal": "{le:g} or less",
}


def must(holds: Callable[[Any], object], expected: str) -> AfterValidator:
    """Return a check of a field's value for its annotation; `expected` ends the sentence "expected ..."."""

    def check(value: Any) -> Any:
        if not holds(value):
            raise ValueError(expected)
        return value

    return AfterValidator(check)


def refuse_unknown(given: Iterable[str], known: Collection[str], where: str, kind: str) -> None:
    """Refuse the first name that is not known, with the closest known one; SettingsError."""
    for name in sorted(set(given) - set(known)):
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(sorted(known))}."
        raise SettingsError(f"{where} has an unknown {kind} {name}; {hint} Rename or remove it.")


def describe(error: ValidationError, locate: Callable[[tuple[int | str, ...]], str], secret: Collection[str]) -> str:
    """Return a sentence for each value that was refused; `locate` says where the value of a path of keys is set."""
    details = [one for one in error.errors() if one["type"] != "default_factory_not_called"]
    return " ".join(_describe(one, locate(one["loc"]), bool(secret) and one["loc"][0] in secret) for one in details)


def _describe(detail: Mapping[str, Any], where: str, is_secret: bool) -> str:
    if detail["type"] == "missing":
        return f"{where} is missing. Add it."
    if detail["type"] == "extra_forbidden":
        return f"{where} is an unknown key. Rename or remove it."
    got = "not shown, as it may hold a password" if is_secret else repr(detail["input"])
    if detail["type"] == "value_error":
        expected = str(detail["ctx"]["error"])
    else:
        expected = _EXPECTED.get(detail["type"], detail["msg"].removeprefix("Input should be "))
        expected = expected.format(**detail.get("ctx", {}))
    return f"{where} is {got}; expected {expected}. Correct it."
