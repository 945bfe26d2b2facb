"""From images to cases."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from sonomics.core.errors import StudyError
from sonomics.stack.methods.pooling import pool_images, theta_to_log_odds


@pytest.mark.parametrize(("how", "value"), [("mean", 0.5), ("median", 0.5), ("max", 0.8), ("noisy_or", 1 - 0.8 * 0.2)])
def test_images_are_pooled_to_their_case(how, value):
    images = pd.DataFrame(
        {
            "patient": "P1",
            "case": "P1",
            "image": ["P1-E1-1-0", "P1-E1-2-0"],
            "split": "train",
            "fold": "0",
            "model": "rf",
            "kind": "probability",
            "value": [0.2, 0.8],
        }
    )
    assert pool_images(images, how, 1e-6)["value"].tolist() == pytest.approx([value])


def images(*rows: tuple[str, str, float], kind: str = "probability") -> pd.DataFrame:
    cases, names, values = zip(*rows, strict=True)
    about = {"patient": cases, "case": cases, "image": names, "value": values}
    return pd.DataFrame(about).assign(split="train", fold="0", model="cnn", kind=kind)


def test_theta_is_the_mean_of_an_exam_and_a_case_has_the_mean_of_its_exams():
    table = images(("A-1", "A-1-E1-1-0", 0.5), ("A-1", "A-1-E1-2-0", 0.75), ("A-1", "A-1-E2-1-0", 0.0), ("B", "", 0.9))
    pooled = pool_images(table, "theta", 1e-6).set_index("case")["value"]
    assert pooled["A-1"] == pytest.approx(((math.log(2) + math.log(4)) / 2 + 0) / 2)
    assert pooled["B"] == pytest.approx(math.log(10))


@pytest.mark.parametrize(("pool", "value"), [("theta", -math.log(0.01)), ("noisy_or", 1 - 0.01 * 0.5)])
def test_one_certain_image_counts_as_1_minus_eps(pool, value):
    table = images(("A", "A-E1-1-0", 1.0), ("A", "A-E1-2-0", 0.5 if pool == "noisy_or" else 1.0))
    assert pool_images(table, pool, 0.01)["value"].tolist() == pytest.approx([value])


def test_the_log_odds_of_theta_are_those_of_1_minus_exp_of_minus_theta():
    theta = np.array([0.01, 1.0, 5.0])
    np.testing.assert_allclose(theta_to_log_odds(theta), logit(1 - np.exp(-theta)))
    assert np.isfinite(theta_to_log_odds(np.array([0.0]))).all()
    assert np.isnan(theta_to_log_odds(np.array([np.nan]))).all()


@pytest.mark.parametrize("pool", ["theta", "noisy_or"])
def test_distances_are_no_probabilities(pool):
    with pytest.raises(StudyError, match="cnn gives scores of another kind"):
        pool_images(images(("A", "A-E1-1-0", -2.0), kind="score"), pool, 1e-6)
