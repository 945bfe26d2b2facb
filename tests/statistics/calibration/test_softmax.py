"""The conditional logit of several classes."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from sonomics.statistics.calibration.softmax import fit_softmax


def sample(n: int = 120, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    codes = random.integers(classes, size=n)
    scores = random.normal(size=(n, 2, classes))
    scores[np.arange(n), 0, codes] += 1.5
    return scores, codes


def test_the_fit_is_the_minimum_of_the_penalised_likelihood():
    scores, codes = sample()

    def loss(weights: np.ndarray) -> float:
        linear = np.einsum("m,nmk->nk", weights[:2], scores) + weights[2:]
        return -log_softmax(linear, axis=1)[np.arange(len(codes)), codes].sum() + weights @ weights / 2

    found = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-9}).x
    fitted = fit_softmax(scores, codes)
    np.testing.assert_allclose(fitted.slopes, found[:2], atol=1e-5)
    np.testing.assert_allclose(fitted.intercepts, found[2:] - found[2:].mean(), atol=1e-5)
    assert fitted.slopes[0] > 5 * abs(fitted.slopes[1])


def test_scores_that_say_nothing_give_the_shares_of_the_classes():
    codes = np.array([0] * 300 + [1] * 200 + [2] * 100)
    fitted = fit_softmax(np.zeros((600, 1, 3)), codes, ridge=1e-6)
    np.testing.assert_allclose(softmax(fitted.intercepts), [0.5, 1 / 3, 1 / 6], atol=1e-4)


def test_separable_and_absent_classes_have_a_finite_fit():
    scores = np.eye(3)[[0, 1, 0, 1]][:, None] * 10
    fitted = fit_softmax(scores, np.array([0, 1, 0, 1]))
    assert np.isfinite(fitted.slopes).all()
    assert fitted.slopes[0] > 0


@pytest.mark.parametrize(
    ("scores", "codes", "ridge"),
    [
        (np.zeros((2, 3)), [0, 1], 1.0),
        (np.zeros((0, 1, 3)), [], 1.0),
        (np.full((2, 1, 3), np.nan), [0, 1], 1.0),
        (np.zeros((2, 1, 3)), [0, 1], 0.0),
    ],
)
def test_what_cannot_be_fitted_is_refused(scores, codes, ridge):
    with pytest.raises(ValueError, match=r"expected|finite"):
        fit_softmax(scores, codes, ridge)
