import numpy as np
import pytest

from sonomics.statistics.regression.logistic import fit_logistic
from sonomics.statistics.regression.multinomial import fit_multinomial, predict_multinomial, with_reference

CLASSES = ["a", "b", "c"]
COUNTS = {0: [10, 6, 4], 1: [5, 9, 12]}


def table():
    x = np.concatenate([np.full(sum(counts), value) for value, counts in COUNTS.items()])
    return x[:, None].astype(float), np.concatenate([np.repeat(CLASSES, counts) for counts in COUNTS.values()])


def test_a_two_by_three_table_by_hand():
    """A binary covariate saturates the model: log odds ratios, and the roots of sums of reciprocal counts."""
    x, y = table()
    fit = fit_multinomial(x, y, CLASSES)
    assert fit.intercepts == pytest.approx([np.log(6 / 10), np.log(4 / 10)])
    assert fit.coefficients[:, 0] == pytest.approx([np.log(9 * 10 / (5 * 6)), np.log(12 * 10 / (5 * 4))])
    assert fit.coefficients_se[:, 0] == pytest.approx(
        [np.sqrt(1 / 10 + 1 / 6 + 1 / 5 + 1 / 9), np.sqrt(1 / 10 + 1 / 4 + 1 / 5 + 1 / 12)]
    )
    assert fit.intercepts_se == pytest.approx([np.sqrt(1 / 10 + 1 / 6), np.sqrt(1 / 10 + 1 / 4)])
    likelihood = sum(n * np.log(n / sum(counts)) for counts in COUNTS.values() for n in counts)
    assert fit.deviance == pytest.approx(-2 * likelihood)
    probabilities = predict_multinomial(*with_reference(fit), [[0.0], [1.0]])
    assert probabilities == pytest.approx(np.array([[0.5, 0.3, 0.2], [5 / 26, 9 / 26, 12 / 26]]))


def test_two_classes_equal_the_logistic_model():
    generator = np.random.default_rng(0)
    x = generator.normal(5, 3, (60, 2))
    y = (x[:, 0] + generator.logistic(0, 3, 60) > 5).astype(int)
    fit = fit_multinomial(x, y, [0, 1])
    logistic = fit_logistic(np.column_stack([np.ones(60), x]), y.astype(float), np.zeros(60))
    assert [fit.intercepts[0], *fit.coefficients[0]] == pytest.approx(logistic.coefficients, rel=1e-8)
    errors = [fit.intercepts_se[0], *fit.coefficients_se[0]]
    assert errors == pytest.approx(np.sqrt(np.diag(logistic.covariance)), rel=1e-8)


def test_a_row_is_scored_by_itself():
    generator = np.random.default_rng(1)
    x, y = generator.normal(size=(50, 4)), np.resize(CLASSES, 50)
    model = with_reference(fit_multinomial(x, y, CLASSES))
    together = predict_multinomial(*model, x)
    alone = np.concatenate([predict_multinomial(*model, x[i : i + 1]) for i in range(50)])
    assert together.tobytes() == alone.tobytes()


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        (np.arange(9.0)[:, None], np.repeat(CLASSES, 3), "separates"),
        (np.ones((9, 1)), np.resize(CLASSES, 9), "constant"),
        (np.column_stack([np.arange(9.0), 2 * np.arange(9.0)]), np.resize(CLASSES, 9), "dependent"),
        (np.arange(9.0)[:, None], np.resize(["a", "b"], 9), "has no row"),
    ],
)
def test_no_fit_is_nan_with_a_reason(x, y, reason):
    fit = fit_multinomial(x, y, CLASSES)
    assert reason in fit.reason
    assert np.isnan([*fit.intercepts, *fit.coefficients.ravel(), *fit.coefficients_se.ravel(), fit.deviance]).all()
    assert np.isnan(predict_multinomial(*with_reference(fit), x)).all()


def test_a_class_with_one_row_is_fitted_or_separable():
    x = np.array([0.0, 1, 2, 3, 4, 5, 6, 7])[:, None]
    inside = fit_multinomial(x, ["a", "b", "a", "c", "b", "a", "b", "a"], CLASSES)
    assert not inside.reason
    assert np.isfinite(inside.coefficients).all()
    assert "separates" in fit_multinomial(x, ["c", "b", "a", "b", "a", "a", "b", "a"], CLASSES).reason


def test_nearly_dependent_columns_are_fitted():
    generator = np.random.default_rng(3)
    x = generator.normal(size=(80, 1))
    twins = np.column_stack([x, x + 1e-5 * generator.normal(size=(80, 1))])
    fit = fit_multinomial(twins, np.array(CLASSES)[generator.integers(0, 3, 80)], CLASSES)
    assert not fit.reason
    assert np.isfinite(fit.coefficients_se).all()


def test_what_is_not_a_class_or_a_number_is_refused():
    with pytest.raises(ValueError, match="not listed"):
        fit_multinomial(np.ones((2, 1)), ["a", "z"], CLASSES)
    with pytest.raises(ValueError, match="NaN"):
        fit_multinomial([[np.nan], [1.0]], ["a", "b"], CLASSES)
    with pytest.raises(ValueError, match="twice"):
        fit_multinomial(np.ones((2, 1)), ["a", "b"], ["a", "a"])
