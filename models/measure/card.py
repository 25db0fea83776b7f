"""The model card: what a reader must know of one trained version before trusting it, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.declare.examples import Examples
from models.declare.spec import ModelSpec
from models.learn.calibration import Calibration
from models.learn.choice import Choice, Figure
from models.measure.evaluation import DIFFERENCE, DIFFERENCE_WITHIN, SPLITS, Evaluation

_SPLIT_WORDS = {"test": "the scored population", "test_all": "all eligible customers"}


@dataclass(frozen=True)
class Training:
    """How one version came about."""

    trained_as_of: date
    tested_as_ofs: tuple[date, ...]
    fingerprint: str
    calibration: Calibration
    choice: Choice


def write_card(spec: ModelSpec, examples: Examples, training: Training, evaluations: Iterable[Evaluation]) -> str:
    """Write the card of one version."""
    found = tuple(evaluations)
    head = (_describe(spec), _describe_rows(examples, training), _describe_choice(training.choice))
    parts = [*head, *(_tabulate(split, found) for split in SPLITS)]
    return (
        "\n\n".join([*parts, _describe_calibration(spec, training.calibration), _LIMITS, _list_features(spec)]) + "\n"
    )


def _describe(spec: ModelSpec) -> str:
    return (
        f"# {spec.name}\n\nForesees, within {spec.horizon_months} months: {spec.foresees_en} ({spec.foresees_zh}).\n\n"
        f"Label {spec.label_version}, query `{spec.label_query}`; population, query `{spec.population_query}`.\n"
        "A weighted sum of the ways of learning below, deterministic, and monotone where a direction is declared."
    )


def _describe_rows(examples: Examples, training: Training) -> str:
    as_ofs, tested = examples.list_as_ofs(), training.tested_as_ofs
    return (
        f"## Rows\n\nTrained as of {training.trained_as_of} on {len(examples)} examples, {int(examples.label.sum())} "
        f"of them events, {int(examples.is_scored.sum())} of the scored population, as_ofs {as_ofs[0]} to "
        f"{as_ofs[-1]}.\nTested out of time on {len(tested)} as_ofs, {tested[0]} to {tested[-1]}; each fit saw only "
        f"answers known on the morning of its test.\nFingerprint of the examples: `{training.fingerprint}`."
    )


_EVIDENCE = {
    "later_months": "later months of the same examples, as far ahead as the label's horizon",
    "other_customers": "customers left out in turn, as later months hold too few events",
    "none": "nothing, as there are too few events: these are the defaults",
}


def _describe_choice(choice: Choice) -> str:
    head = (
        f"## Learning\n\nThe weights rest on {_EVIDENCE[choice.evidence]}: {choice.row_count} rows, "
        f"{choice.event_count} events, none of them of the test below when that was predicted.\n\n"
        "| way of learning | ROC AUC | within months | less than the best by | weight |\n|---|---|---|---|---|\n"
    )
    best = choice.figures[0]
    return head + "\n".join(_line_of_choice(figure, best) for figure in choice.figures)


def _line_of_choice(figure: Figure, best: Figure) -> str:
    less = f"{best.value - figure.value:.4f} (error {figure.error:.4f})"
    return f"| {figure.name} | {figure.pooled:.4f} | {figure.within:.4f} | {less} | {figure.weight:.2f} |"


def _tabulate(split: str, found: tuple[Evaluation, ...]) -> str:
    rows = [e for e in found if e.split == split]
    if not rows:
        return f"## On {_SPLIT_WORDS[split]}\n\nNo row was tested."
    size = f"{rows[0].row_count} rows, {rows[0].event_count} events; 95 % intervals by customer."
    head = f"## On {_SPLIT_WORDS[split]}\n\n{size}\n\n| whose | metric | value | interval |\n|---|---|---|---|\n"
    return head + "\n".join(_line(e) for e in rows)


def _line(e: Evaluation) -> str:
    whose = f"model less {e.rival}" if e.metric in (DIFFERENCE, DIFFERENCE_WITHIN) else e.rival
    return f"| {whose} | {e.metric} | {e.value:.4f} | {e.lower:.4f} to {e.upper:.4f} |"


def _describe_calibration(spec: ModelSpec, calibration: Calibration) -> str:
    cuts = ", ".join(f"{band} from {cut:.0%}" for band, cut in zip("ABCD", spec.band_cuts, strict=True))
    return (
        f"## Calibration and bands\n\nProbability = 1 / (1 + exp(-({calibration.slope:.6g} x raw + "
        f"{calibration.intercept:.6g}))), fitted on {calibration.row_count} rows with {calibration.event_count} events "
        f"({calibration.rows_used}).\nBands {spec.band_version}: {cuts}, E below."
    )


def _list_features(spec: ModelSpec) -> str:
    signs = {1: "raises", -1: "lowers", 0: ""}
    rows = "\n".join(
        f"| {f.name} | {f.unit} | {f.words_en} | {f.words_zh} | {signs[f.direction]} |" for f in spec.features
    )
    return f"## Features\n\n| name | unit | English | Chinese | more of it only |\n|---|---|---|---|---|\n{rows}"


_LIMITS = (
    "## Limits\n\nThe score orders customers for a banker's attention; it grants and refuses nothing by itself. "
    "Reasons say what moved the score, not what causes the outcome. A month unlike those tested (a crisis, "
    "a new product, another reporting rule) is outside of what these numbers promise. Customers with little history "
    "are withheld, not scored."
)
