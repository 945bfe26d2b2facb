"""The table of cases: the cohort next to the labels and to the values that every model gives."""

import pandas as pd

from sonomics.core.cohort import training_outcomes
from sonomics.core.errors import StudyError
from sonomics.core.settings.study import Study
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.core.tasks import task_outcomes
from sonomics.evaluate.samples.predictions import case_rows, rows_out_of_sample
from sonomics.evaluate.samples.splits import sort_splits

SIMULATED_RISK = "sim_risk"


def reference_labels(cohort: pd.DataFrame, task: str, study: Study, folds: pd.Series) -> pd.Series:
    """Return the labels that scores are compared with.

    They are the true ones, except for the training cases of a run whose training labels were permuted: compared with
    the permuted labels, a leak from the fold left out shows as an AUC above 0.5; compared with the true ones it would
    not.

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
    return reference_outcomes(cohort, task, study, folds)[LABEL]


def reference_outcomes(cohort: pd.DataFrame, task: str, study: Study, folds: pd.Series) -> pd.DataFrame:
    """Return the outcomes that predictions are compared with, as `reference_labels` does, of any kind of task."""
    known = training_outcomes(cohort, task, study, folds)
    return known.combine_first(task_outcomes(cohort, study.tasks[task]))


def value_column(model: str, kind: str) -> str:
    """Return the name of the column that holds one kind of value ("probability" or "score") of one model."""
    return f"{model}__{kind}"


def join_scores(
    cohort: pd.DataFrame,
    labels: pd.Series,
    predictions: pd.DataFrame,
    simulated_risk: pd.Series | None = None,
    apart: str = "",
) -> pd.DataFrame:
    """Join labels, outcomes and scores to one row per case.

    Parameters
    ----------
    cohort : DataFrame
        Unmasked, one row per case.
    labels : Series of float
        From `reference_labels`.
    predictions : DataFrame
        Schema PREDICTIONS, of one task and variant; those of cases out of sample count.
    simulated_risk : Series of float, optional
        The risk that the simulator drew, indexed by case.
    apart : str
        The column of the predictions that tells values of one kind apart, `class` or `horizon`: its values end the
        names of columns, `__<value>`; "" where a case has one value of a kind.

    Returns
    -------
    DataFrame
        The cohort's columns, `label` (1, 0, NaN unknown), `<model>__probability` and `<model>__score` (NaN where the
        case has none) and, of a simulated study, `sim_risk`; one row per case of the cohort, sorted by split and case.

    Raises
    ------
    StudyError
        When a case has two values of a kind from one model, is not in the cohort, or is in another split there.
    """
    used = case_rows(rows_out_of_sample(predictions))
    _check_predictions(used, cohort, apart)
    columns = [value_column(model, kind) for model, kind in zip(used["model"], used["kind"], strict=True)]
    if apart:
        columns = [_add_ending(column, value) for column, value in zip(columns, used[apart], strict=True)]
    wide = used.assign(column=columns).pivot_table(index="case", columns="column", values="value")
    cases = cohort.merge(wide, how="left", left_on="case", right_index=True)
    cases["label"] = cases["case"].map(labels)
    if simulated_risk is not None:
        cases[SIMULATED_RISK] = cases["case"].map(simulated_risk)
    cases["rank"] = cases["split"].map(sort_splits(cases["split"]).index)
    return cases.sort_values(["rank", "case"], ignore_index=True).drop(columns="rank")


def _add_ending(column: str, value: str | float) -> str:
    if isinstance(value, str):
        return f"{column}__{value}"
    return column if pd.isna(value) else f"{column}__{value:g}"


def _check_predictions(used: pd.DataFrame, cohort: pd.DataFrame, apart: str) -> None:
    repeated = used[used.duplicated(["model", "kind", "case", *([apart] if apart else [])])]
    for row in repeated.itertuples():
        rule = f"the model {row.model} gives the case two values of kind {row.kind}"
        raise StudyError(f"predictions, case {row.case}", rule, "keep one row per case, model, kind and fold")
    split = cohort.set_index("case")["split"]
    for row in used[~used["case"].isin(split.index)].itertuples():
        fix = "list it, or remove its rows"
        raise StudyError(f"predictions, case {row.case}", "the case is not in the cohort", fix)
    for row in used[used["split"] != used["case"].map(split)].itertuples():
        rule = f"its split is {row.split} here and {split[row.case]} in the cohort"
        raise StudyError(f"predictions, case {row.case}", rule, "run the stack phase again")
