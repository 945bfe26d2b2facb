"""The table of cases: whose labels and which scores count."""

import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.settings.study import Study
from sonomics.evaluate.samples.cases import reference_labels
from tests.evaluate.hand_made import cohort_of, join, predictions_of


def test_training_scores_are_out_of_fold() -> None:
    cohort = cohort_of(["malignant", "benign"], "train")
    rows = predictions_of(cohort, "a", [0.8, 0.2])
    seen = rows.assign(fold="all", value=[1.0, 0.0])
    scored = join(cohort, pd.concat([rows, seen]))
    assert scored["a__probability"].tolist() == [0.8, 0.2]


def test_predictions_that_do_not_fit_the_cohort_stop_the_study() -> None:
    cohort = cohort_of(["malignant", "benign"])
    rows = predictions_of(cohort, "a", [0.8, 0.2])
    with pytest.raises(StudyError, match="two values"):
        join(cohort, pd.concat([rows, rows]))
    with pytest.raises(StudyError, match="not in the cohort"):
        join(cohort.iloc[:1], rows)
    with pytest.raises(StudyError, match="external_1 here and internal"):
        join(cohort, rows.assign(split="external_1"))


def test_out_of_fold_scores_are_compared_with_the_permuted_training_labels() -> None:
    cohort = pd.DataFrame(
        {
            "patient": [f"P{i:02d}" for i in range(20)],
            "case": [f"P{i:02d}" for i in range(20)],
            "split": ["train"] * 16 + ["internal"] * 4,
            "pathology": ["malignant", "benign"] * 10,
        }
    )
    task = {"pathology": {"type": "binary", "column": "pathology", "positive": "malignant"}}
    study = Study.partial({"tasks": task, "seed": 1, "shuffle_labels": False})
    folds = pd.Series(["0", "0", "1", "1"] * 4, index=cohort["patient"][:16])
    true = reference_labels(cohort, "pathology", study, folds)
    permuted = reference_labels(cohort, "pathology", study.model_copy(update={"shuffle_labels": True}), folds)
    assert true.tolist() == [1.0, 0.0] * 10
    assert permuted[:16].sum() == 8
    assert (permuted[:16] == true[:16]).mean() == 0.5
    assert (permuted[16:] == true[16:]).all()
