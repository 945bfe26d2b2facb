"""ROC curves of several classes: each against the rest, and every pair, with Hand and Till's M."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.several_classes.cases import read_probabilities
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables, concatenate
from sonomics.evaluate.tables.entries import BOOTSTRAP
from sonomics.statistics.discrimination.roc_curve import roc_curve
from sonomics.statistics.estimates import Floats
from sonomics.statistics.resampling.class_auc_bootstrap import PAIR, REST, bootstrap_class_aucs, condition_on_pair

AREAS = "model split measure first second estimate lower upper n method reason"
CURVES = "model split measure first second cutoff fpr tpr"


def class_roc_tables(context: Context) -> Tables:
    """Make the tables of ROC curves of several classes.

    Returns
    -------
    dict
        `task_aucs`: `AREAS`, the measures of `bootstrap_class_aucs` with intervals of resampled patients, for every
        model and set. `task_roc`: `CURVES`, of the primary model: `rest` (`first` against all others, by its
        probability) and `pair` (`first` against `second`, by the probability of the first given that it is one of the
        two). A class that does not occur has no curve.
    """
    areas, curves = [], []
    for sample in context.samples:
        used = sample.analysed
        if not used.n:
            continue
        probabilities = read_probabilities(used.rows, sample.model.name, context.classes)
        areas += _list_areas(context, used, probabilities)
        if sample.model is context.primary:
            curves += _list_curves(used, probabilities, context.classes)
    return {"task_aucs": pd.DataFrame(areas, columns=AREAS.split()), "task_roc": concatenate(curves, CURVES.split())}


def _list_areas(context: Context, used: Scored, probabilities: Floats) -> list[dict[str, Any]]:
    sampling, names = context.sampling, [*context.classes, ""]
    seed = seed_for(sampling.seed, "class_aucs", used.model.name, used.split)
    table = bootstrap_class_aucs(used.y, probabilities, used.clusters, sampling.resamples, seed, sampling.level)
    rows = []
    for row in table.to_dict("records"):
        places = [place for place in (row["first"], row["second"]) if place >= 0]
        n = int(np.isin(used.y, places).sum()) if len(places) == 2 else used.n
        skipped = f", {row['skipped']} resamples undefined" if row["skipped"] else ""
        of_row: dict[str, Any] = {"model": used.model.name, "split": used.split, "n": n}
        of_row |= {name: row[name] for name in ("measure", "estimate", "lower", "upper", "reason")}
        of_row |= {"first": names[row["first"]], "second": names[row["second"]], "method": f"{BOOTSTRAP}{skipped}"}
        rows.append(of_row)
    return rows


def _list_curves(used: Scored, probabilities: Floats, classes: list[str]) -> list[pd.DataFrame]:
    curves = []
    for place, name in enumerate(classes):
        curves.append(_draw(used, used.y == place, probabilities[:, place], REST, name, ""))
    for first, second in combinations(range(len(classes)), 2):
        of_pair = np.isin(used.y, [first, second])
        value = condition_on_pair(probabilities[of_pair], first, second)
        curves.append(_draw(used, used.y[of_pair] == first, value, PAIR, classes[first], classes[second]))
    return [curve for curve in curves if len(curve)]


def _draw(used: Scored, positive: Any, value: Floats, measure: str, first: str, second: str) -> pd.DataFrame:
    if len(np.unique(positive)) < 2:
        return pd.DataFrame()
    curve = roc_curve(positive, value)
    names = {"model": used.model.name, "split": used.split, "measure": measure, "first": first, "second": second}
    return pd.DataFrame(
        {**names, "cutoff": curve.cutoff, "fpr": curve.false_positive_rate, "tpr": curve.true_positive_rate}
    )
