"""Scored samples: which cases of a split count, for what."""

import numpy as np
import pandas as pd
import pytest

from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import Samples, build_samples, shared_cases

NAN = float("nan")
# A model whose cutoff applies to a score, and one that gives probabilities alone.
SCORES, PROBABILITIES = Model("s", 2.0, "score", "youden"), Model("p", 0.5, "probability", "youden")


@pytest.fixture
def samples() -> Samples:
    cases = pd.DataFrame(
        {
            "case": list("abcdef"),
            "patient": list("qqrsuv"),
            "split": ["train"] * 2 + ["internal"] * 4,
            "label": [1.0, 0.0, 1.0, NAN, 0.0, 1.0],
            "s__score": [3.0, 1.0, 4.0, 2.0, NAN, 1.0],
            "s__probability": [0.9, 0.2, NAN, 0.6, 0.1, 0.4],
            "p__probability": [0.8, 0.3, 0.7, 0.5, 0.2, NAN],
            "time": [5.0, 6.0, 7.0, 8.0, 9.0, NAN],
            "event": [1.0, 0.0, 1.0, 0.0, 1.0, 0.0],
        }
    )
    return build_samples(cases, [SCORES, PROBABILITIES])


def test_a_case_is_analysed_with_a_known_label_and_a_value(samples: Samples) -> None:
    sample = samples.at(SCORES, "internal")
    assert sample.n == 4
    assert sample.analysed.cases.tolist() == ["c", "f"]
    assert sample.analysed.positives == 2
    assert sample.analysed.called.tolist() == [True, False]


def test_a_case_is_followed_with_time_and_value_whether_its_label_is_known_or_not(samples: Samples) -> None:
    followed = samples.at(SCORES, "internal").followed
    assert followed.cases.tolist() == ["c", "d"]
    assert (followed.time.tolist(), followed.event.tolist()) == ([7, 8], [1, 0])


def test_by_probability_a_cutoff_of_the_score_is_none(samples: Samples) -> None:
    sample = samples.at(SCORES, "internal").by_probability
    assert sample.analysed.cases.tolist() == ["e", "f"]
    assert np.isnan(sample.model.cutoff)
    assert not sample.called.any()
    other = samples.at(PROBABILITIES, "internal").by_probability
    assert other.model.cutoff == 0.5
    assert other.called.tolist() == [True, True, False, False]


def test_the_score_of_a_model_without_scores_is_its_value(samples: Samples) -> None:
    sample = samples.at(PROBABILITIES, "train")
    assert sample.score.tolist() == sample.value.tolist() == [0.8, 0.3]
    assert samples.at(SCORES, "train").score.tolist() == [3, 1]


def test_shared_cases_are_labelled_and_scored_by_both(samples: Samples) -> None:
    a, b = shared_cases(samples.at(SCORES, "internal"), samples.at(PROBABILITIES, "internal"))
    assert a.cases.tolist() == b.cases.tolist() == ["c"]
    assert (a.value.tolist(), b.value.tolist()) == ([4], [0.7])


def test_a_patient_with_several_cases_is_seen(samples: Samples) -> None:
    assert not samples.training(SCORES).has_independent_cases
    assert samples.at(SCORES, "internal").has_independent_cases


def test_samples_go_model_by_model_and_a_missing_training_set_has_no_case(samples: Samples) -> None:
    assert [(sample.model.name, sample.split) for sample in samples] == [
        ("s", "train"), ("s", "internal"), ("p", "train"), ("p", "internal"),
    ]  # fmt: skip
    tests = build_samples(samples.cases[samples.cases["split"] == "internal"], [SCORES])
    assert tests.splits == ["internal"]
    assert tests.training(SCORES).n == 0
    assert tests.best_possible == {}


def test_the_simulated_risk_is_taken_for_a_model(samples: Samples) -> None:
    risk = [1.0, 0.0, 2.0, 1.0, NAN, 0.5]
    best = build_samples(samples.cases.assign(sim_risk=risk), [SCORES]).best_possible["internal"]
    assert best.analysed.cases.tolist() == ["c", "f"]
    assert best.analysed.value.tolist() == [2, 0.5]
