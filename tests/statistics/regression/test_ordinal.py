import numpy as np
import pytest

from sonomics.statistics.regression.logistic import fit_logistic
from sonomics.statistics.regression.ordinal import fit_ordinal, fit_ordinal_ridge, predict_ordinal

LEVELS = [1, 2, 3, 4]


def simulated(rows=80, seed=0):
    generator = np.random.default_rng(seed)
    x = generator.normal([3, 50], [1, 20], (rows, 2))
    hidden = x[:, 0] - 0.03 * x[:, 1] + generator.logistic(size=rows)
    return x, 1 + np.digitize(hidden, np.quantile(hidden, [0.3, 0.6, 0.8]))


def deviance(parameters, x, y):
    probability = predict_ordinal(parameters[:3], parameters[3:], x)
    return -2 * np.log(probability[np.arange(len(y)), np.asarray(y) - 1]).sum()


def test_two_levels_equal_the_logistic_model():
    x, grade = simulated()
    fit = fit_ordinal(x, grade > 2, [False, True])
    logistic = fit_logistic(np.column_stack([np.ones(80), x]), (grade > 2).astype(float), np.zeros(80))
    assert [-fit.thresholds[0], *fit.coefficients] == pytest.approx(logistic.coefficients, rel=1e-7)
    errors = [fit.thresholds_se[0], *fit.coefficients_se]
    assert errors == pytest.approx(np.sqrt(np.diag(logistic.covariance)), rel=1e-6)


def test_the_fit_is_the_maximum_and_its_errors_are_of_the_curvature_there():
    x, grade = simulated()
    fit = fit_ordinal(x, grade, LEVELS)
    best = np.concatenate([fit.thresholds, fit.coefficients])
    assert deviance(best, x, grade) == pytest.approx(fit.deviance)
    steps = np.diag([1e-3, 1e-3, 1e-3, 1e-3, 1e-5])
    slopes = [(deviance(best + step, x, grade) - deviance(best - step, x, grade)) / 2 / step.sum() for step in steps]
    assert np.array(slopes) * [1, 1, 1, 1, 0.02] == pytest.approx(np.zeros(5), abs=1e-4)
    curvature = np.array(
        [
            [
                (
                    deviance(best + a + b, x, grade)
                    - deviance(best + a - b, x, grade)
                    - deviance(best - a + b, x, grade)
                    + deviance(best - a - b, x, grade)
                )
                / (4 * a.sum() * b.sum())
                for b in steps
            ]
            for a in steps
        ]
    )
    errors = np.sqrt(np.diag(np.linalg.inv(curvature / 2)))
    assert [*fit.thresholds_se, *fit.coefficients_se] == pytest.approx(errors, rel=1e-3)
    assert (np.diff(fit.thresholds) > 0).all()


def test_without_an_effect_the_thresholds_are_the_shares():
    x = np.tile([0.0, 1.0], 20)[:, None]
    fit = fit_ordinal(x, np.repeat([1, 2, 3, 4], [4, 8, 16, 12]), LEVELS)
    assert fit.coefficients == pytest.approx([0.0], abs=1e-9)
    assert fit.thresholds == pytest.approx(np.log([4 / 36, 12 / 28, 28 / 12]))
    assert predict_ordinal(fit.thresholds, fit.coefficients, [[0.0]])[0] == pytest.approx([0.1, 0.2, 0.4, 0.3])


def test_probabilities_add_up_and_a_row_is_scored_by_itself():
    x, grade = simulated()
    fit = fit_ordinal(x, grade, LEVELS)
    together = predict_ordinal(fit.thresholds, fit.coefficients, np.concatenate([x, [[1000.0, 0.0]], [[-1000.0, 0.0]]]))
    assert together.sum(axis=1) == pytest.approx(np.ones(82))
    assert (together >= 0).all()
    alone = np.concatenate([predict_ordinal(fit.thresholds, fit.coefficients, x[i : i + 1]) for i in range(80)])
    assert together[:80].tobytes() == alone.tobytes()


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        (np.arange(8.0)[:, None], np.repeat(LEVELS, 2), "separates"),
        (np.ones((8, 1)), np.resize(LEVELS, 8), "constant"),
        (np.column_stack([np.arange(8.0), np.arange(8.0)]), np.resize(LEVELS, 8), "dependent"),
        (np.arange(8.0)[:, None], np.resize([1, 2, 4], 8), "has no row"),
    ],
)
def test_no_fit_is_nan_with_a_reason(x, y, reason):
    fit = fit_ordinal(x, y, LEVELS)
    assert reason in fit.reason
    assert np.isnan([*fit.thresholds, *fit.coefficients, fit.deviance]).all()


def test_nearly_dependent_columns_are_fitted():
    x, grade = simulated()
    twins = np.column_stack([x, x[:, 0] + 1e-5 * np.random.default_rng(3).normal(size=80)])
    assert not fit_ordinal(twins, grade, LEVELS).reason


def test_a_level_with_one_row_is_fitted():
    x, grade = simulated()
    grade = np.where(grade == 4, 3, grade)
    grade[5] = 4
    assert np.isfinite(fit_ordinal(x, grade, LEVELS).coefficients).all()


def test_two_levels_with_a_penalty_equal_scikit_learns_ridge():
    from sklearn.linear_model import LogisticRegression

    x, grade = simulated()
    code, weights = (grade > 2).astype(int), np.linspace(0.5, 1.5, 80)
    thresholds, coefficients = fit_ordinal_ridge(x, code, 0.3, weights)
    model = LogisticRegression(C=0.3, tol=1e-10, max_iter=10_000).fit(x, code, sample_weight=weights)
    assert coefficients == pytest.approx(model.coef_[0], rel=1e-4)
    assert -thresholds == pytest.approx(model.intercept_, rel=1e-4)


def test_without_a_penalty_the_ridge_is_the_maximum_likelihood_and_weights_are_rows():
    x, grade = simulated()
    plain = fit_ordinal(x, grade, LEVELS)
    thresholds, coefficients = fit_ordinal_ridge(x, grade - 1, 1e9, np.ones(80))
    assert [*thresholds, *coefficients] == pytest.approx([*plain.thresholds, *plain.coefficients], rel=1e-5)
    twice = np.repeat(np.arange(80), np.where(np.arange(80) < 30, 2, 1))
    doubled = fit_ordinal_ridge(x[twice], grade[twice] - 1, 1.0, np.ones(110))
    weighted = fit_ordinal_ridge(x, grade - 1, 1.0, np.where(np.arange(80) < 30, 2.0, 1.0))
    assert np.concatenate(weighted) == pytest.approx(np.concatenate(doubled), rel=1e-6)


def test_separable_classes_and_more_columns_than_rows_have_a_penalised_fit():
    generator = np.random.default_rng(0)
    code = np.repeat([0, 1, 2], 5)
    x = np.column_stack([code, generator.normal(size=(15, 40))])
    thresholds, coefficients = fit_ordinal_ridge(x, code, 1.0, np.ones(15))
    assert np.isfinite([*thresholds, *coefficients]).all()
    assert (predict_ordinal(thresholds, coefficients, x).argmax(axis=1) == code).all()
