"""The benchmark's own error."""

from __future__ import annotations

from pipelines.errors import KcrmError


class BenchError(KcrmError):
    """A measurement that would say nothing: a process that failed, or a rival that did other work than we."""
