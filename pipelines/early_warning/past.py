"""The past of key accounts: what was foreseen of each at the time, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models.classes.lead_time import Panel, find_events
from models.declare.examples import Examples, FloatArray, arrange_examples
from models.declare.spec import ModelSpec
from models.measure.training import predict_honestly
from pipelines.errors import ModelError
from pipelines.features.build import describe_as_ofs
from pipelines.learning.populations import read_population
from pipelines.learning.specs import named_errors
from pipelines.learning.train import choose_protocol, read_examples
from pipelines.ledger.watermarks import refuse_stale
from pipelines.settings import Settings, add_months
from pipelines.warehouse import Warehouse

FEWEST_JUDGED = 3


@dataclass(frozen=True)
class Past:
    """Scores by learner, the months scored, and all outcomes, with the months to choose on and to evaluate on."""

    scores: Mapping[str, pd.DataFrame]
    months: tuple[date, ...]
    customers: pd.Index[str]
    chosen: Panel
    evaluated: Panel


def read_past(warehouse: Warehouse, spec: ModelSpec, as_of: date, settings: Settings) -> Past:
    """Read the test months of a model: scores out of time, and the fate of key accounts up to `as_of`.

    The first months, one more than the horizon, are to choose on, and know nothing of the fate after them. Months not
    yet described are described, as `kcrm examples` would. ModelError with too few months or events.
    """
    frame = read_examples(warehouse, spec, as_of, spec.feature_names, settings.train_customers)
    with named_errors(spec.name):
        examples = arrange_examples(frame, spec.feature_names)
        tested, calibrated = predict_honestly(spec, examples, choose_protocol(settings))
    months = tuple(tested.rows.list_as_ofs())
    half = spec.horizon_months + 1  # from here on it is known how the first alerts ended
    if len(months) < half + FEWEST_JUDGED:
        raise ModelError(
            f"lead times need {half + FEWEST_JUDGED} scored months or more, to choose an edge on the first {half} and "
            f"to evaluate it on the others; as of {as_of} there are {len(months)}. Set test_months higher, or wait for "
            "more history."
        )
    after = (add_months(months[-1], ahead) for ahead in range(1, spec.horizon_months + 1))
    every = [*months, *(month for month in after if month <= as_of)]
    refuse_stale(warehouse, "facts", as_of)
    describe_as_ofs(warehouse, every, settings.rulebook)
    fates = {month: read_population(warehouse, spec, month).to_pandas() for month in every}
    customers = pd.Index(sorted(_list_keys(fates.values()) & set(frame["customer_id"])))
    panel = _arrange(warehouse, fates, customers)
    scores = {name: _tell(tested.rows, told, fates, months) for name, told in calibrated.items()}
    past = Past(scores, months, customers, panel.until(half).between(0, half), panel.between(half, len(months)))
    refuse_eventless(past, spec.horizon_months)
    return past


def refuse_eventless(past: Past, horizon: int) -> None:
    """Refuse a past in which no key account came into distress where an edge is chosen, or where it is evaluated."""
    counts = [int(find_events(part, horizon).sum()) for part in (past.chosen, past.evaluated)]
    if not all(counts):
        raise ModelError(
            f"{counts[0]} key accounts came into distress in the months to choose on and "
            f"{counts[1]} in those to evaluate ({past.months[0]} to {past.months[-1]}); lead "
            "times need some in both. Wait for more history."
        )


def _list_keys(fates: Iterable[pd.DataFrame]) -> set[str]:
    return {one for fate in fates for one in fate.loc[fate["is_scored_population"], "customer_id"]}


def _arrange(warehouse: Warehouse, fates: Mapping[date, pd.DataFrame], customers: pd.Index[str]) -> Panel:
    shape = (len(customers), len(fates))
    is_key, is_distressed, owed = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool), np.zeros(shape)
    for step, (month, fate) in enumerate(fates.items()):
        place = customers.get_indexer(pd.Index(fate["customer_id"]))
        is_known = place >= 0
        is_key[place[is_known & fate["is_scored_population"].to_numpy(dtype=bool)], step] = True
        is_distressed[place[is_known & (fate["cause"] == "already_in_distress").to_numpy()], step] = True
        debts = warehouse.read("early_warning/exposures", as_of=month).to_pandas()
        place = customers.get_indexer(pd.Index(debts["customer_id"]))
        owed[place[place >= 0], step] = debts["loan_balance"].to_numpy()[place >= 0]
    return Panel(is_key, is_distressed, owed, 0, len(fates), len(fates) - 1)


def _tell(
    rows: Examples, probability: FloatArray, fates: Mapping[date, pd.DataFrame], months: Sequence[date]
) -> pd.DataFrame:
    """Return the rows of scores: of key accounts, each with its change since the month before, and who has none."""
    told = pd.DataFrame({"as_of": rows.as_of.astype("datetime64[D]").tolist(), "customer_id": rows.customer_id})
    told["score"], told["status"], told["cause"] = probability, "scored", None
    step = told["as_of"].map({month: place for place, month in enumerate(months)})
    before = pd.Series(probability, index=pd.MultiIndex.from_arrays([told["customer_id"], step + 1]))
    told["trend"] = told["score"] - before.reindex(pd.MultiIndex.from_arrays([told["customer_id"], step])).to_numpy()
    others = [_list_unscored(fates[month], month) for month in months]
    return pd.concat([told[rows.is_scored], *others], ignore_index=True)


def _list_unscored(fate: pd.DataFrame, month: date) -> pd.DataFrame:
    unscored = fate[fate["is_scored_population"] & (fate["status"] != "eligible")]
    return unscored[["customer_id", "status", "cause"]].assign(as_of=month, score=np.nan, trend=np.nan)
