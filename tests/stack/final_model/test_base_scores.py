"""The scores of base models next to each other."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.stack.final_model.base_scores import join_base_scores, join_given_scores


def test_probabilities_are_stacked_as_log_odds_and_scores_as_they_are():
    about = {"patient": "P", "image": "", "split": "internal", "fold": "all", "case": "1"}
    rows = [("rf", "probability", 0.8), ("sure", "probability", 1.0), ("svm", "score", 0.8)]
    predictions = pd.DataFrame([{**about, "model": name, "kind": kind, "value": value} for name, kind, value in rows])
    found = join_base_scores(predictions, ["rf", "sure", "svm"], "mean", 1e-6).iloc[0]
    assert found["rf"] == pytest.approx(np.log(4))
    assert found["sure"] == pytest.approx(np.log(999))
    assert found["svm"] == 0.8


def test_the_share_of_positives_of_one_fold_is_no_distance():
    about = {"patient": "P", "image": "", "split": "train", "model": "svm"}
    rows = [("0", "a", "score", 0.2), ("1", "b", "probability", 0.2), ("2", "c", "score", -3.0)]
    predictions = pd.DataFrame(
        [{**about, "fold": fold, "case": case, "kind": kind, "value": value} for fold, case, kind, value in rows]
    )
    found = join_base_scores(predictions, ["svm"], "mean", 1e-6)["svm"].to_numpy()
    np.testing.assert_allclose(found, [0.2, np.log(0.25), -3.0])


def test_cases_without_every_base_score_are_left_out():
    about = {"patient": "P", "image": "", "split": "internal", "fold": "all", "kind": "score", "value": 0.5}
    predictions = pd.DataFrame([{**about, "case": case, "model": model} for case, model in ("1a", "1b", "2a")])
    assert join_base_scores(predictions, ["a", "b"], "mean", 1e-6).index.get_level_values("case").tolist() == ["1"]


def test_scores_taken_as_given_stay_probabilities_and_distances_are_refused():
    about = {"patient": "P", "image": "", "split": "internal", "fold": "all", "case": "1"}
    rows = [("rf", "probability", 0.8), ("cnn", "probability", 1.0), ("svm", "score", 0.8)]
    predictions = pd.DataFrame([{**about, "model": name, "kind": kind, "value": value} for name, kind, value in rows])
    assert join_given_scores(predictions, ["rf", "cnn"], "mean", 1e-6).iloc[0].tolist() == [0.8, 1.0]
    with pytest.raises(StudyError, match="svm gives no probabilities"):
        join_given_scores(predictions, ["rf", "svm"], "mean", 1e-6)
