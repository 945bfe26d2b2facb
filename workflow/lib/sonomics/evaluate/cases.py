"""Cases beside their labels and scores: what every table and figure of the evaluation starts from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.cohort import training_labels
from sonomics.core.errors import StudyError
from sonomics.core.folds import mark_unseen
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.study import Study
from sonomics.core.tasks import task_labels

PROBABILITY = "probability"
SCORE = "score"
PLANTED = "sim_risk"
BEST_POSSIBLE = "best_possible"


@dataclass(frozen=True)
class Model:
    """A model with the threshold that was frozen on the training set.

    Attributes
    ----------
    name : str
    cutoff : float
        Positive at or above it; NaN when it was not estimable.
    on : str
        What the cutoff applies to and the ROC curve is drawn from: "probability" or "score".
    rule : str
        How the cutoff was chosen.
    developed : bool
        Whether it was developed in this study; else it comes from elsewhere.
    """

    name: str
    cutoff: float
    on: str
    rule: str
    developed: bool = True

    @property
    def judged(self) -> str:
        """The column of `scored_cases` that the cutoff applies to."""
        return column(self.name, self.on)


def model_from(name: str, threshold: Mapping[str, Any]) -> Model:
    """Make a model from its `thresholds.json`, where a cutoff that was not estimable is null."""
    cutoff = threshold["cutoff"]
    return Model(name, float("nan") if cutoff is None else float(cutoff), threshold["on"], threshold["rule"])


def column(model: str, kind: str) -> str:
    """Name the column that holds one kind of value of one model."""
    return f"{model}__{kind}"


def ordered_splits(splits: Sequence[str]) -> list[str]:
    """Order splits as they are read: training, internal, external 1, 2 ..., prospective."""

    def rank(split: str) -> tuple[int, int]:
        stem, _, number = split.partition("_")
        return [TRAIN, "internal", "external", "prospective"].index(stem), int(number or 0)

    return sorted(set(splits), key=rank)


def split_title(split: str) -> str:
    """Name a split for people."""
    stem, _, number = split.partition("_")
    titles = {TRAIN: "Training (out of fold)", "internal": "Internal test", "prospective": "Prospective test"}
    return titles.get(stem, f"External test {number}")


def labels_of(cohort: pd.DataFrame, task: str, study: Study, folds: pd.Series) -> pd.Series:
    """Return the labels that scores are held against.

    They are the true ones, but for the training cases of a run whose training labels were dealt out at random: held
    against the dealt labels, a leak from the fold left out shows as an AUC above 0.5; held against the true ones it
    would not.

    Parameters
    ----------
    cohort : DataFrame
        Unmasked.
    task : str
    study : Study
        With `tasks`, `seed` and `shuffle_labels`.
    folds : Series
        From `read_folds`.

    Returns
    -------
    Series of float, indexed by case
        1, 0, NaN unknown.
    """
    return training_labels(cohort, task, study, folds).combine_first(task_labels(cohort, study.tasks[task]))


def scored_cases(
    cohort: pd.DataFrame, labels: pd.Series, predictions: pd.DataFrame, planted: pd.Series | None = None
) -> pd.DataFrame:
    """Put labels, outcomes and scores side by side.

    Parameters
    ----------
    cohort : DataFrame
        Unmasked, one row a case.
    labels : Series of float
        From `labels_of`.
    predictions : DataFrame
        Schema PREDICTIONS, rows of cases, one task and variant. Of a training case the out-of-fold rows count, of any
        other the rows of the model fitted on the whole training set (fold `all`).
    planted : Series of float, optional
        The simulator's risk, indexed by case.

    Returns
    -------
    DataFrame
        The cohort's columns, `label` (1, 0, NaN unknown), `<model>__probability` and `<model>__score` (NaN where the
        case has none) and, of a simulated study, `sim_risk`; one row a case of the cohort, sorted by split and case.

    Raises
    ------
    StudyError
        When a case has two values of a kind from one model, is not in the cohort, or stands in another split there.
    """
    used = predictions[mark_unseen(predictions) & (predictions["image"] == "")]
    _check_predictions(used, cohort)
    named = used.assign(column=[column(model, kind) for model, kind in zip(used["model"], used["kind"], strict=True)])
    wide = named.pivot_table(index="case", columns="column", values="value")
    cases = cohort.merge(wide, how="left", left_on="case", right_index=True)
    cases["label"] = cases["case"].map(labels)
    if planted is not None:
        cases[PLANTED] = cases["case"].map(planted)
    splits = ordered_splits(list(cases["split"]))
    cases["rank"] = cases["split"].map(splits.index)
    return cases.sort_values(["rank", "case"], ignore_index=True).drop(columns="rank")


def values_of(cases: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Return one column as floats, NaN throughout when no case has it (a model without probabilities)."""
    if name not in cases:
        return np.full(len(cases), np.nan)
    return cases[name].to_numpy(dtype=np.float64)


def analysed(cases: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Keep the cases that have a known label and every value named."""
    known = cases["label"].notna().to_numpy()
    for name in names:
        known &= ~np.isnan(values_of(cases, name))
    return cases[known]


def count_splits(cases: pd.DataFrame, primary: Model) -> pd.DataFrame:
    """Count per split the cases listed, scored, of unknown label, analysed and positive.

    Returns
    -------
    DataFrame
        `split, title, patients, cases, unscored, unknown_label, analysed, positives`; unscored means without a value of
        the primary model, and a case that is both unscored and unknown counts in both.
    """
    rows = []
    for split, inside in cases.groupby("split", sort=False):
        used = analysed(inside, primary.judged)
        rows.append(
            {
                "split": split,
                "title": split_title(str(split)),
                "patients": inside["patient"].nunique(),
                "cases": len(inside),
                "unscored": int(np.isnan(values_of(inside, primary.judged)).sum()),
                "unknown_label": int(inside["label"].isna().sum()),
                "analysed": len(used),
                "positives": int(used["label"].sum()),
            }
        )
    return pd.DataFrame(rows)


def _check_predictions(used: pd.DataFrame, cohort: pd.DataFrame) -> None:
    where = "predictions"
    twice = used[used.duplicated(["model", "kind", "case"])]
    for row in twice.itertuples():
        rule = f"the model {row.model} gives the case two values of kind {row.kind}"
        raise StudyError(f"{where}, case {row.case}", rule, "keep one row a case, model, kind and fold")
    split = cohort.set_index("case")["split"]
    for row in used[~used["case"].isin(split.index)].itertuples():
        raise StudyError(f"{where}, case {row.case}", "the case is not in the cohort", "list it, or remove its rows")
    for row in used[used["split"] != used["case"].map(split)].itertuples():
        rule = f"its split is {row.split} here and {split[row.case]} in the cohort"
        raise StudyError(f"{where}, case {row.case}", rule, "run the stack phase again")
