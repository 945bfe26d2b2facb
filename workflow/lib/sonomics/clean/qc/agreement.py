"""Measure the agreement of the readers of the QC labels."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from sonomics.clean.qc.labels import BLANK
from sonomics.statistics.agreement.kappa import cohen_kappa


def measure_agreement(labels: pd.DataFrame, heads: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Measure the readers' agreement on each head; "undeterminable" counts as an answer.

    Parameters
    ----------
    labels : DataFrame
        Table QC_LABELS: `image`, `reader`, and one column per head.
    heads : sequence of str

    Returns
    -------
    dict
        Head to `readers`, `read_by_several` (images), `kappa` (Light's: the mean of Cohen's over all pairs of readers
        who answered the same images; NaN when not estimable) and `pairs`: what `measure_pair_agreement` gives.

    References
    ----------
    Light RJ, Psychol Bull 1971; Cohen J, Educ Psychol Meas 1960.
    """
    return {head: _measure_head(labels[labels[head] != BLANK], head) for head in heads}


def measure_pair_agreement(first: "pd.Series[str]", second: "pd.Series[str]") -> dict[str, Any]:
    """Estimate Cohen's kappa of two readers on the images that both answered.

    Returns
    -------
    dict
        `images`, `agree` (share of the same answer), `kappa`, `lower`, `upper` (95 %), and `reason` where they are NaN.
    """
    both = first.index.intersection(second.index)
    if both.empty:
        undefined = float("nan")
        missing = {"agree": undefined, "kappa": undefined, "lower": undefined, "upper": undefined}
        return {"images": 0, **missing, "reason": "no image in common"}
    one, two = first[both], second[both]
    kappa = cohen_kappa(one.to_numpy(), two.to_numpy())
    same = float((one == two).mean())
    bounds = {"kappa": kappa.estimate, "lower": kappa.lower, "upper": kappa.upper}
    return {"images": len(both), "agree": same, **bounds, "reason": kappa.reason}


def _measure_head(answered: pd.DataFrame, head: str) -> dict[str, Any]:
    of_reader = {str(reader): rows.set_index("image")[head] for reader, rows in answered.groupby("reader")}
    pairs = {
        f"{one}, {two}": measure_pair_agreement(of_reader[one], of_reader[two])
        for one, two in combinations(of_reader, 2)
    }
    kappas = pd.Series([pair["kappa"] for pair in pairs.values()], dtype=float)
    return {
        "readers": len(of_reader),
        "read_by_several": int((answered["image"].value_counts() > 1).sum()),
        "kappa": float(kappas.mean()),
        "pairs": pairs,
    }
