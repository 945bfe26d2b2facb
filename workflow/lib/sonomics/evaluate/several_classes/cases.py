"""The table of cases of a task of several classes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.evaluate.samples.cases import value_column
from sonomics.evaluate.samples.models import PROBABILITY, Model

TRUE, DECIDED = "true", "decided"


def class_column(model: str, name: str, kind: str = PROBABILITY) -> str:
    """Return the name of the column that holds one kind of value of one class by one model."""
    return f"{value_column(model, kind)}__{name}"


def decide_classes(cases: pd.DataFrame, models: Sequence[Model], classes: Sequence[str]) -> pd.DataFrame:
    """Add to the cases the true class in words, and the decision of every model with its probability.

    Parameters
    ----------
    cases : DataFrame
        With `label` (the place of the class) and `<model>__probability__<class>` of every class.
    models : sequence of Model
    classes : sequence of str

    Returns
    -------
    DataFrame
        With `true`, `<model>__decided` (the class of the largest probability, or the one that exceeds its cutoff most,
        of equal ones the first; "" without all probabilities) and `<model>__probability` (of that class).
    """
    known = cases["label"].notna()
    words = np.array([*classes, ""], dtype=object)
    decided = {TRUE: words[np.where(known, cases["label"].fillna(0), len(classes)).astype(int)]}
    for model in models:
        probabilities = read_probabilities(cases, model.name, classes)
        is_scored = np.asarray(np.isfinite(probabilities).all(axis=1))
        places = model.decide(np.where(is_scored[:, None], probabilities, 0.0))
        decided[f"{model.name}__{DECIDED}"] = words[np.where(is_scored, places, len(classes))]
        decided[value_column(model.name, PROBABILITY)] = np.where(
            is_scored, probabilities[np.arange(len(cases)), places], np.nan
        )
    return cases.assign(**decided)


def read_probabilities(cases: pd.DataFrame, model: str, classes: Sequence[str]) -> NDArray[np.float64]:
    """Return the probabilities of all classes, (cases, classes), NaN where a case has none."""
    columns = [class_column(model, name) for name in classes]
    return cases.reindex(columns=columns).to_numpy(dtype=np.float64)
