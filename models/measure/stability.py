"""How far one month's scores are from another's: population stability index, rank correlation and mean move."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2, rankdata

from models.declare.examples import FloatArray

GROUPS = 10
_SIGNIFICANCE = 0.999


def compute_psi(before: FloatArray, now: FloatArray) -> float:
    """Return the population stability index over the deciles of `before` (0: the same; no unit).

    Half a customer is added to each group, so that an empty one gives a finite number. Both arrays hold scores of
    shape (customers,), not empty.
    """
    edges = np.quantile(before, np.linspace(0, 1, GROUPS + 1)[1:-1])
    share_before, share_now = (_count_shares(edges, scores) for scores in (before, now))
    return float(((share_now - share_before) * np.log(share_now / share_before)).sum())


def find_critical_psi(count_before: int, count_now: int) -> float:
    """Return the index that two samples of one distribution pass once in a thousand times.

    PSI is about chi-squared with groups - 1 degrees of freedom, times (1 / n + 1 / m) (Yurdakul 2018,
    https://scholarworks.wmich.edu/dissertations/3208), so that a small bank's index may be larger.
    """
    return float(chi2.ppf(_SIGNIFICANCE, GROUPS - 1)) * (1 / count_before + 1 / count_now)


def correlate_ranks(before: FloatArray, now: FloatArray) -> float:
    """Return Spearman's rank correlation of the same customers' scores, 1 where either has one value only."""
    ranks = [rankdata(scores) for scores in (before, now)]
    if any(np.ptp(one) == 0 for one in ranks):
        return 1.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def measure_top_kept(before: FloatArray, now: FloatArray) -> tuple[float, int]:
    """Return the share of the best tenth before that is in the best tenth now, and how many that tenth are.

    Both arrays are of the same customers; of equal scores the earlier row stands first.
    """
    count = len(before) // GROUPS
    tops = [set(np.argsort(-scores, kind="stable")[:count].tolist()) for scores in (before, now)]
    return (len(tops[0] & tops[1]) / count if count else 1.0), count


def _count_shares(edges: FloatArray, scores: FloatArray) -> FloatArray:
    counts = np.bincount(np.searchsorted(edges, scores, side="right"), minlength=GROUPS)
    shares: FloatArray = (counts + 0.5) / (counts.sum() + 0.5 * GROUPS)
    return shares
