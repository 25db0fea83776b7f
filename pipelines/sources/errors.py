"""What a source's engine says of a refusal, fit for a log."""

from __future__ import annotations

import re

from pipelines.errors import SourceError

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class SourceUnreachableError(SourceError, ConnectionError):
    """The source does not answer; a later try may go through."""


def first_line(error: BaseException | None) -> str:
    """Return the first line of an engine's words."""
    return str(error).splitlines()[0].strip() if str(error) else type(error).__name__


def without_values(error: BaseException | None) -> str:
    """Return an engine's words on a value it refused, less the value, which may be a customer's."""
    return _QUOTED.sub("'...'", first_line(error))
