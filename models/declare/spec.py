"""What a model is: one frozen declaration with one feature list, which refuses nonsense when created."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from itertools import pairwise
from typing import Any, Literal

from models.errors import ModellingError

UNITS = ("money", "count", "ratio", "months", "days", "share", "flag")
GIVEN_BINDS = ("as_of", "matured_on", "known_before", "horizon_months")
BANDS = ("A", "B", "C", "D", "E")

Direction = Literal[-1, 0, 1]


class SpecError(ModellingError):
    """A declaration of a model that cannot be meant."""


@dataclass(frozen=True)
class Feature:
    """One input of a model; `direction` is +1 when more of it can only raise the score, -1 only lower it, 0 unsure."""

    name: str
    unit: str
    words_en: str
    words_zh: str
    direction: Direction = 0

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise SpecError(f"feature name {self.name!r} is not an identifier; name it as the column is named")
        if self.unit not in UNITS:
            raise SpecError(f"feature {self.name!r} has unit {self.unit!r}; expected one of {', '.join(UNITS)}")
        if not self.words_en or not self.words_zh:
            raise SpecError(f"feature {self.name!r} lacks words; give them in English and in Chinese")
        if self.direction not in (-1, 0, 1):
            raise SpecError(f"feature {self.name!r} has direction {self.direction!r}; expected -1, 0 or 1")


@dataclass(frozen=True)
class TreeParams:
    """How the trees grow: LightGBM's own names, https://lightgbm.readthedocs.io/en/stable/Parameters.html."""

    num_rounds: int = 200
    learning_rate: float = 0.03
    num_leaves: int = 15
    max_depth: int = 5
    min_data_in_leaf: int = 40
    lambda_l1: float = 0.0
    lambda_l2: float = 10.0
    min_gain_to_split: float = 0.0
    feature_fraction: float = 0.5
    feature_fraction_bynode: float = 1.0
    bagging_fraction: float = 0.8
    bagging_freq: int = 1
    path_smooth: float = 0.0
    extra_trees: bool = False
    max_bin: int = 63
    monotone_constraints_method: Literal["basic", "intermediate", "advanced"] = "basic"
    seed: int = 7

    def __post_init__(self) -> None:
        for name in ("num_rounds", "num_leaves", "max_depth", "min_data_in_leaf", "max_bin"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name} is {getattr(self, name)}; expected at least 1")
        for name in ("learning_rate", "feature_fraction", "feature_fraction_bynode", "bagging_fraction"):
            if not 0 < getattr(self, name) <= 1:
                raise SpecError(f"{name} is {getattr(self, name)}; expected above 0 and at most 1")
        for name in ("lambda_l1", "lambda_l2", "min_gain_to_split", "path_smooth", "bagging_freq"):
            if getattr(self, name) < 0:
                raise SpecError(f"{name} is {getattr(self, name)}; expected at least 0")


@dataclass(frozen=True)
class ModelSpec:
    """One model: its population, its label, its features, how it learns and when it may score.

    `population_query` and `label_query` are named queries, such as `learning/labels_prospect_growth`. The label query
    receives what it reads of GIVEN_BINDS and, by name, each of `label_binds`: pairs such as
    ("least_amount", 5000), the numbers that define the label; a new number needs a new `label_version`.
    `feeds` are the landing tables whose silence would read as a decline: while one is stale, nothing is scored. The
    first stale one is the cause. `title_en` and `title_zh` head the model's table in `kcrm top`; empty: the name.
    `momentum_feature` with `momentum_sign` is the simple rival.
    `trees_of_many`, if given, grow in place of `trees` where there are `many_customers` or more to learn from: rows of
    one customer resemble each other, so it is the number of customers that says how freely trees may grow.
    `outside_weight` is the training weight of an eligible row outside the scored population.
    `band_cuts` are the lowest calibrated scores of bands A, B, C and D; what is below the last is E.
    `min_events` is the number of events, and of non-events, below which nothing is fitted;
    `min_calibration_events` that below which a calibration looks for a wider set of rows.
    """

    name: str
    foresees_en: str
    foresees_zh: str
    label_version: str
    population_query: str
    label_query: str
    features: tuple[Feature, ...]
    momentum_feature: str
    momentum_sign: Literal[-1, 1]
    band_cuts: tuple[float, float, float, float]
    band_version: str
    horizon_months: int = 6
    feeds: tuple[str, ...] = ()
    label_binds: tuple[tuple[str, float], ...] = ()
    title_en: str = ""
    title_zh: str = ""
    trees: TreeParams = TreeParams()
    trees_of_many: TreeParams | None = None
    many_customers: int = 1000
    outside_weight: float = 1.0
    min_events: int = 20
    min_calibration_events: int = 40

    def __post_init__(self) -> None:
        _refuse_bad_words(self)
        _refuse_bad_features(self)
        _refuse_bad_label_binds(self)
        _refuse_bad_numbers(self)
        _refuse_bad_bands(self.name, self.band_cuts)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns that the model reads, in the order it reads them."""
        return tuple(feature.name for feature in self.features)

    @property
    def directions(self) -> tuple[int, ...]:
        """The monotone constraint of every feature, in the order of the features."""
        return tuple(feature.direction for feature in self.features)


def declare_directions(
    features: Sequence[Feature], *, increasing: Iterable[str] = (), decreasing: Iterable[str] = ()
) -> tuple[Feature, ...]:
    """Return the features with the sure signs set; a name that is no feature, or named in both, is refused."""
    up, down = frozenset(increasing), frozenset(decreasing)
    unknown = sorted((up | down) - {feature.name for feature in features})
    if unknown:
        raise SpecError(f"a direction names unknown features: {', '.join(unknown)}; declare them or drop the direction")
    if up & down:
        raise SpecError(f"features with two directions: {', '.join(sorted(up & down))}; keep one")
    return tuple(replace(f, direction=1 if f.name in up else -1 if f.name in down else 0) for f in features)


def spec_to_dict(spec: ModelSpec) -> dict[str, Any]:
    """Return the spec as plain values that JSON can hold."""
    return asdict(spec)


def spec_from_dict(values: Mapping[str, Any]) -> ModelSpec:
    """Return the spec that `spec_to_dict` wrote; an unknown entry is refused, as is a missing one without a default.

    A version stored before an entry existed has that entry's default: it was made without it.
    """
    needed = {field.name for field in fields(ModelSpec) if field.default is MISSING}
    unknown, missing = set(values) - {field.name for field in fields(ModelSpec)}, needed - set(values)
    if unknown or missing:
        raise SpecError(f"a stored spec has unknown entries {sorted(unknown)} and lacks {sorted(missing)}; train again")
    built = dict(values)
    built["features"] = tuple(Feature(**feature) for feature in values["features"])
    for name in ("trees", "trees_of_many"):
        if values.get(name) is not None:
            built[name] = TreeParams(**values[name])
    built["band_cuts"] = tuple(values["band_cuts"])
    built["feeds"] = tuple(values.get("feeds", ()))
    built["label_binds"] = tuple((name, number) for name, number in values.get("label_binds", ()))
    return ModelSpec(**built)


def _refuse_bad_words(spec: ModelSpec) -> None:
    for field in ("name", "foresees_en", "foresees_zh", "label_version", "population_query", "label_query"):
        if not getattr(spec, field):
            raise SpecError(f"model {spec.name!r} has an empty {field}; state it")
    if not spec.name.isidentifier():
        raise SpecError(f"model name {spec.name!r} is not an identifier; it names tables and queries")
    if not spec.band_version:
        raise SpecError(f"model {spec.name!r} has an empty band_version; cuts move only under a new version")


def _refuse_bad_features(spec: ModelSpec) -> None:
    names = [feature.name for feature in spec.features]
    if not names:
        raise SpecError(f"model {spec.name!r} has no features; declare at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpecError(f"model {spec.name!r} names features twice: {', '.join(twice)}")
    if spec.momentum_feature not in names:
        raise SpecError(f"model {spec.name!r} has the unknown momentum feature {spec.momentum_feature!r}")
    if spec.momentum_sign not in (-1, 1):
        raise SpecError(f"model {spec.name!r} has momentum sign {spec.momentum_sign!r}; expected -1 or 1")


def _refuse_bad_label_binds(spec: ModelSpec) -> None:
    names = [name for name, _ in spec.label_binds]
    wrong = [name for name in names if not name.isidentifier() or name in GIVEN_BINDS or names.count(name) > 1]
    if wrong:
        raise SpecError(
            f"model {spec.name!r} has label_binds {wrong}; expected identifiers, each once, other than "
            f"{', '.join(GIVEN_BINDS)}, which a label query receives from the step"
        )


def _refuse_bad_numbers(spec: ModelSpec) -> None:
    for field in ("horizon_months", "min_events", "min_calibration_events", "many_customers"):
        if getattr(spec, field) < 1:
            raise SpecError(f"model {spec.name!r} has {field} {getattr(spec, field)}; expected at least 1")
    if not 0 < spec.outside_weight <= 1:
        raise SpecError(f"model {spec.name!r} has outside_weight {spec.outside_weight}; expected above 0, at most 1")


def _refuse_bad_bands(name: str, cuts: tuple[float, ...]) -> None:
    if len(cuts) != len(BANDS) - 1:
        raise SpecError(f"model {name!r} has {len(cuts)} band cuts; expected {len(BANDS) - 1}, for bands A to D")
    if not all(0 < cut < 1 for cut in cuts) or any(left <= right for left, right in pairwise(cuts)):
        raise SpecError(f"model {name!r} has band cuts {cuts}; expected falling numbers between 0 and 1")
