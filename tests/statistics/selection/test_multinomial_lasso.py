import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from sonomics.statistics.selection.lasso import NoPathError, lasso_path
from sonomics.statistics.selection.multinomial_lasso import (
    multinomial_lambda_path,
    multinomial_lasso_cv,
    multinomial_lasso_path,
)

NAMES = ["cyst", "solid", "mixed", "fat"]


def simulated(rows, columns, classes, seed, strength=1.0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, columns)) + 0.6 * generator.normal(size=(rows, 1))
    use = np.resize(np.arange(columns), classes)
    y = (strength * x[:, use] + generator.gumbel(size=(rows, classes))).argmax(axis=1)
    y[: 2 * classes] = np.arange(2 * classes) % classes
    return x, np.array(NAMES)[y], NAMES[:classes]


def worst_violation(x, y, classes, path, penalty_of):
    """Largest departure from the optimality conditions, on the scale of standardised columns."""
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    indicator = np.array([[label == name for name in classes] for label in y], dtype=float)
    worst = 0.0
    for step, penalty in enumerate(path.lambdas):
        linear = path.intercepts[step] + x @ path.coefficients[step].T
        residual = (softmax(linear, axis=1) - indicator) / len(y)
        slopes, coefficients = residual.T @ scaled, path.coefficients[step] * x.std(axis=0)
        worst = max(worst, np.abs(residual.sum(axis=0)).max(), penalty_of(slopes, coefficients, penalty).max())
    return worst


def separate(slopes, coefficients, penalty):
    moved = np.abs(slopes + penalty * np.sign(coefficients))
    return np.where(coefficients != 0, moved, np.maximum(np.abs(slopes) - penalty, 0))


def grouped(slopes, coefficients, penalty):
    length = np.linalg.norm(coefficients, axis=0)
    inside = np.linalg.norm(slopes + penalty * coefficients / np.where(length > 0, length, 1), axis=0)
    return np.where(length > 0, inside, np.maximum(np.linalg.norm(slopes, axis=0) - penalty, 0))


@settings(max_examples=10)
@given(
    st.integers(30, 60),
    st.integers(2, 12),
    st.integers(2, 4),
    st.integers(0, 500),
    st.sampled_from([("separate", separate), ("grouped", grouped)]),
)
def test_every_solution_meets_the_optimality_conditions(rows, columns, classes, seed, grouping):
    x, y, names = simulated(rows, columns, classes, seed)
    lambdas = multinomial_lambda_path(x, y, names, 40, grouping=grouping[0])[:12]
    path = multinomial_lasso_path(x, y, names, lambdas, grouping=grouping[0], precision=1e-14)
    assert worst_violation(x, y, names, path, grouping[1]) < 2e-6
    assert (np.diff(path.explained) >= -1e-7).all()
    assert np.abs(path.coefficients[0]).max() < 1e-12
    assert (path.coefficients[1] != 0).any()
    assert path.intercepts.sum(axis=1) == pytest.approx(np.zeros(12), abs=1e-9)


def test_two_classes_equal_the_binomial_lasso():
    x, y, names = simulated(80, 6, 2, seed=1)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    lambdas = [0.1, 0.05, 0.02, 0.01]
    binomial = lasso_path(scaled, y == names[1], lambdas)
    path = multinomial_lasso_path(scaled, y, names, lambdas, precision=1e-14)
    assert path.coefficients[:, 1] - path.coefficients[:, 0] == pytest.approx(binomial.coefficients, abs=1e-5)
    assert path.coefficients[:, 1] == pytest.approx(-path.coefficients[:, 0], abs=1e-12)
    assert path.intercepts[:, 1] - path.intercepts[:, 0] == pytest.approx(binomial.intercepts, abs=1e-5)
    together = multinomial_lasso_path(scaled, y, names, np.sqrt(2) * np.array(lambdas), 1.0, "grouped", 1e-14)
    assert together.coefficients[:, 1] - together.coefficients[:, 0] == pytest.approx(binomial.coefficients, abs=1e-5)


def test_a_single_column_of_an_odd_number_of_classes_has_a_zero_at_its_median():
    x, y, names = simulated(60, 4, 3, seed=2)
    path = multinomial_lasso_path(x, y, names, [0.05, 0.01])
    assert np.median(path.coefficients, axis=1) == pytest.approx(np.zeros((2, 4)), abs=1e-12)


def test_a_grouped_column_is_taken_for_all_classes_or_for_none():
    x, y, names = simulated(60, 8, 4, seed=5)
    path = multinomial_lasso_path(x, y, names, [0.3, 0.15, 0.1], grouping="grouped")
    used = path.coefficients != 0
    assert (used.all(axis=1) == used.any(axis=1)).all()
    assert 0 < used[-1].any(axis=0).sum() < 8


def test_a_constant_column_has_no_coefficient_and_units_do_not_matter():
    x, y, names = simulated(60, 3, 3, seed=3)
    with_constant = np.column_stack([x, np.full(60, 7.0)])
    for grouping in ("separate", "grouped"):
        path = multinomial_lasso_path(with_constant, y, names, [0.05], grouping=grouping)
        assert (path.coefficients[:, :, 3] == 0).all()
        plain = multinomial_lasso_path(x, y, names, [0.05], grouping=grouping)
        other = multinomial_lasso_path(x * [1, 100, 1] + [0, 5, 0], y, names, [0.05], grouping=grouping)
        assert path.coefficients[:, :, :3] == pytest.approx(plain.coefficients, abs=1e-12)
        assert other.coefficients[:, :, 1] * 100 == pytest.approx(plain.coefficients[:, :, 1], abs=1e-9)


def test_separable_classes_end_the_path_and_stay_finite():
    y = np.repeat(NAMES[:3], 12)
    x = np.column_stack([np.repeat([0.0, 5.0, 10.0], 12), np.tile([-1.0, 1.0], 18)])
    x = x + np.random.default_rng(0).normal(0, 0.1, x.shape)
    for grouping in ("separate", "grouped"):
        got = multinomial_lasso_cv(x, y, NAMES[:3], np.arange(36) % 4, n_lambda=40, grouping=grouping)
        assert np.isfinite(got.coefficients).all()
        assert np.isfinite(got.deviance_mean).all()


def test_the_order_of_rows_and_fold_names_does_not_matter():
    x, y, names = simulated(60, 5, 3, seed=7)
    folds, order = np.arange(60) % 4, np.random.default_rng(0).permutation(60)
    lambdas = [0.1, 0.05, 0.02]
    one = multinomial_lasso_cv(x, y, names, folds, lambdas=lambdas, precision=1e-13)
    named = np.array(["d", "a", "c", "b"])[folds[order]]
    other = multinomial_lasso_cv(x[order], y[order], names, named, lambdas=lambdas, precision=1e-13)
    assert other.deviance_mean == pytest.approx(one.deviance_mean, abs=1e-6)
    assert one.index_1se <= one.index_min
    again = multinomial_lasso_cv(x, y, names, folds, lambdas=lambdas, precision=1e-13)
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))


def test_a_class_with_one_row_is_fitted_on_and_cannot_be_held_out():
    x, y, names = simulated(40, 3, 2, seed=1)
    y = np.where(np.arange(40) == 0, "fat", y)
    path = multinomial_lasso_path(x, y, [*names, "fat"], [0.05])
    assert np.isfinite(path.coefficients).all()
    with pytest.raises(ValueError, match="no row to fit on of class fat"):
        multinomial_lasso_cv(x, y, [*names, "fat"], np.arange(40) % 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.repeat("cyst", 40)}, "no row to fit on of class solid"),
        ({"y": np.repeat("other", 40)}, "not listed"),
        ({"classes": ["cyst"], "y": np.repeat("cyst", 40)}, "fewer than two classes"),
        ({"x": np.full((40, 3), np.nan)}, "NaN or infinite"),
        ({"x": np.zeros((40, 0))}, "at least one column"),
        ({"lambdas": [0.1, 0.2]}, "descending"),
        ({"lambdas": [0.1, -0.2]}, "positive"),
        ({"mixing": 0.0}, r"in \(0, 1\]"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, message):
    x, y, classes = simulated(40, 3, 2, seed=1)
    with pytest.raises(ValueError, match=message):
        multinomial_lasso_path(**({"x": x, "y": y, "classes": classes, "lambdas": [0.1]} | change))


def test_without_a_column_that_varies_there_is_no_path():
    y = np.resize(NAMES[:3], 30)
    with pytest.raises(NoPathError):
        multinomial_lambda_path(np.ones((30, 2)), y, NAMES[:3])
    with pytest.raises(ValueError, match="two folds"):
        multinomial_lasso_cv(np.arange(60.0).reshape(30, 2), y, NAMES[:3], np.zeros(30))
