"""The clinical model as the points of a nomogram."""

from typing import Any

import pandas as pd

from sonomics.core.svg import covering
from sonomics.statistics.regression.nomogram import build_nomogram
from sonomics.train.clinical_model.encoding import is_number


def tabulate_points(state: dict[str, Any]) -> pd.DataFrame:
    """Turn a clinical model into the points of a nomogram, as `build_nomogram` returns them.

    Numbers have marks from the least to the largest of the training rows.
    """
    coefficient_of = dict(zip(state["names"], state["coefficients"], strict=True))
    axes = {}
    for name in state["entered"]:
        encoding = state["encodings"][name]
        if is_number(encoding):
            values = covering(encoding["low"], encoding["high"]) if name in coefficient_of else []
            axes[name] = [(f"{value:g}", value * coefficient_of[name]) for value in values]
        else:
            axes[name] = [(level, coefficient_of.get(f"{name}={level}", 0.0)) for level in encoding["levels"]]
    return build_nomogram({name: marks for name, marks in axes.items() if marks}, state["intercept"])
