"""The errors of the pipeline: each is a sentence that says what, where, expected, got, and what to do."""


class KcrmError(Exception):
    """Anything this pipeline refuses to do; a rerun without a change would be refused again."""


class SettingsError(KcrmError):
    """A setting is missing or makes no sense."""


class QueryError(KcrmError):
    """A named query is missing, or is called with other binds than it asks for."""


class SourceError(KcrmError):
    """A source is unknown, or does not say what the input contract asks."""


class WarehouseError(KcrmError):
    """The warehouse refuses rows or a statement: no rerun would mend it."""


class WarehouseUnreachableError(WarehouseError, ConnectionError):
    """The warehouse does not answer or is locked by another process; a later try may go through."""


class PromiseBroken(KcrmError):  # noqa: N818 - named for what happened, as the suites' own word is promise
    """A landing table breaks a critical promise; nothing downstream may run."""


class NoChampion(KcrmError):  # noqa: N818 - named for what happened
    """A model has no champion in the registry where one is needed, as by the benchmark; `score` goes on without."""


class ModelError(KcrmError):
    """A model cannot be trained or used on the rows given."""


class BrokenSeal(ModelError):  # noqa: N818 - named for what happened
    """A file of a version in the registry is not the one that was registered; it is not loaded."""


class WatermarkError(KcrmError):
    """A step is asked to go on from more than the step before it has dealt with."""


class PublicationError(KcrmError):
    """A run is not complete, or there is nothing to flip to."""


class DecisionError(KcrmError):
    """A person's decision on a class does not fit the run in force, so it is not written."""
