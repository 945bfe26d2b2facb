import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.selection.lasso import lambda_path, lasso_path, lasso_path_cv


@pytest.fixture(scope="module")
def radiomics(oracle):
    table = oracle.table("features")
    names = [column for column in table if column.startswith("x")]
    train, test = table[table["set"] == "train"], table[table["set"] == "test"]
    mean, sd = train[names].mean(), train[names].std(ddof=0)
    standardised = [((part[names] - mean) / sd).to_numpy() for part in (train, test)]
    return names, train, test, *standardised


def simulated(rows, columns, seed, strength=1.0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, columns)) + 0.7 * generator.normal(size=(rows, 1))
    y = (generator.random(rows) < expit(strength * x[:, :3].sum(axis=1))).astype(int)
    y[:2] = [0, 1]
    return (x - x.mean(axis=0)) / x.std(axis=0), y


def worst_violation(x, y, lambdas, intercepts, coefficients):
    """Largest departure from the optimality conditions of the penalised likelihood, over the path."""
    residual = expit(intercepts[:, None] + coefficients @ x.T) - y
    gradient = residual @ x / len(y)
    penalty = lambdas[:, None]
    outside = np.abs(gradient) - penalty
    inside = np.where(coefficients != 0, np.abs(gradient + penalty * np.sign(coefficients)), 0)
    return max(outside.max(), inside.max(), np.abs(residual.mean(axis=1)).max())


@pytest.mark.parametrize("name", ["lambda_0.2", "lambda_0.1", "lambda_0.05", "lambda_0.02"])
def test_single_penalties_equal_glmnet(oracle, radiomics, name):
    names, train, _, x, _ = radiomics
    expected = oracle[f"features.lasso.{name}"]
    path = lasso_path(x, train["y"], [expected["lambda"]])
    got = {feature: value for feature, value in zip(names, path.coefficients[0], strict=True) if value != 0}
    assert got.keys() == expected["coef"].keys()
    oracle.check(f"features.lasso.{name}", {"intercept": path.intercepts[0], "coef": got})


def test_cross_validation_equals_glmnet(oracle, radiomics):
    names, train, test, x, x_test = radiomics
    key = "features.lasso.cv10"
    got = lasso_path_cv(x, train["y"], train["fold"], lambdas=oracle[f"{key}.lambda_grid"])
    oracle.check(key, {"mean_deviance": got.deviance_mean, "se_deviance": got.deviance_se})
    for rule, index in (("min", got.index_min), ("1se", got.index_1se)):
        coefficients = {name: value for name, value in zip(names, got.coefficients[index], strict=True) if value != 0}
        assert coefficients.keys() == oracle[f"{key}.coef_{rule}"].keys()
        oracle.check(
            key,
            {
                f"lambda_{rule}": got.lambdas[index],
                f"intercept_{rule}": got.intercepts[index],
                f"coef_{rule}": coefficients,
            },
        )
    scores = [got.intercepts[got.index_min] + part @ got.coefficients[got.index_min] for part in (x, x_test)]
    oracle.check(key, {"auc_train": auc(train["y"], scores[0]), "auc_test": auc(test["y"], scores[1])})


@settings(max_examples=15)
@given(st.integers(12, 40), st.integers(1, 60), st.integers(0, 1000), st.sampled_from([0.0, 1.0, 4.0]))
def test_every_solution_meets_the_optimality_conditions(rows, columns, seed, strength):
    x, y = simulated(rows, columns, seed, strength)
    path = lasso_path(x, y, lambda_path(x, y, 30))
    fitted = np.concatenate([[True], path.explained[:-1] <= 0.999])
    assert worst_violation(x, y, *(part[fitted] for part in path[:3])) < 1e-7
    assert (np.diff(path.explained) >= -1e-9).all()


def test_twin_and_dependent_columns_are_solved():
    x, y = simulated(30, 5, seed=3)
    x = np.column_stack([x, x[:, 0], -x[:, 1], (x[:, 2] + x[:, 3]) / 2])
    path = lasso_path(x, y, lambda_path(x, y, 40))
    assert worst_violation(x, y, *path[:3]) < 1e-7


def test_the_path_starts_where_the_first_feature_enters():
    x, y = simulated(40, 10, seed=1)
    lambdas = lambda_path(x, y, 50)
    path = lasso_path(x, y, lambdas)
    assert (path.coefficients[0] == 0).all()
    assert path.intercepts[0] == pytest.approx(np.log(y.mean() / (1 - y.mean())))
    assert (path.coefficients[1] != 0).sum() == 1
    assert lambdas[-1] / lambdas[0] == pytest.approx(1e-4)
    assert np.diff(np.log(lambdas)) == pytest.approx(np.log(1e-4) / 49)
    wide, outcome = simulated(20, 30, seed=1)
    ends = lambda_path(wide, outcome)[[0, -1]]
    assert ends[1] / ends[0] == pytest.approx(1e-2)


def test_separable_classes_end_the_path_and_stay_finite():
    y = np.repeat([0, 1], 15)
    x = np.column_stack([y + np.linspace(-0.3, 0.3, 30), np.tile([-1.0, 1.0], 15)])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    got = lasso_path_cv(x, y, np.arange(30) % 5)
    assert len(got.lambdas) < 100
    assert np.isfinite(got.coefficients).all()
    assert np.isfinite(got.deviance_mean).all()


def test_the_order_of_rows_and_fold_names_does_not_matter():
    x, y = simulated(40, 15, seed=5)
    folds = np.arange(40) % 4
    order = np.random.default_rng(0).permutation(40)
    one = lasso_path_cv(x, y, folds, n_lambda=30)
    other = lasso_path_cv(x[order], y[order], np.array(["d", "a", "c", "b"])[folds[order]], n_lambda=30)
    assert (one.index_min, one.index_1se) == (other.index_min, other.index_1se)
    assert other.deviance_mean == pytest.approx(one.deviance_mean, abs=1e-6)
    assert one.index_1se <= one.index_min
    assert one.deviance_mean[one.index_1se] <= one.deviance_mean[one.index_min] + one.deviance_se[one.index_min]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y, f: (x, np.zeros_like(y), f), "one class"),
        (lambda x, y, f: (np.where(x == x[3, 1], np.nan, x), y, f), "NaN"),
        (lambda x, y, f: (0 * x, y, f), "no feature varies"),
        (lambda x, y, f: (x[:, :0], y, f), "one column"),
        (lambda x, y, f: (x, y, 0 * f), "two folds"),
        (lambda x, y, f: (x, y, y), "one class"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, message):
    x, y = simulated(20, 4, seed=2)
    with pytest.raises(ValueError, match=message):
        lasso_path_cv(*change(x, y, np.arange(20) % 4))


@pytest.mark.parametrize("lambdas", [[0.1, 0.2], [0.1, 0.0], []])
def test_penalties_that_make_no_path_are_refused(lambdas):
    x, y = simulated(20, 4, seed=2)
    with pytest.raises(ValueError, match="descending"):
        lasso_path(x, y, lambdas)


@pytest.mark.parametrize("mixing", [0.2, 0.7])
def test_elastic_net_solutions_meet_their_optimality_conditions(mixing):
    x, y = simulated(60, 90, seed=4)
    lambdas = lambda_path(x, y, 30, mixing)
    path = lasso_path(x, y, lambdas, mixing)
    residual = expit(path.intercepts[:, None] + path.coefficients @ x.T) - y
    gradient = residual @ x / len(y) + (1 - mixing) * lambdas[:, None] * path.coefficients
    penalty = mixing * lambdas[:, None]
    solved = path.explained < 0.999
    inside = np.where(path.coefficients != 0, np.abs(gradient + penalty * np.sign(path.coefficients)), 0)
    assert inside[solved].max() < 1e-7
    assert (np.abs(gradient) - penalty)[solved].max() < 1e-7
    assert not path.coefficients[0].any()
    assert path.coefficients[1].any()


def test_elastic_net_equals_scikit_learns():
    from sklearn.linear_model import LogisticRegression

    x, y = simulated(80, 12, seed=1)
    penalty, mixing = 0.05, 0.5
    ours = lasso_path(x, y, [penalty], mixing)
    theirs = LogisticRegression(
        C=1 / (penalty * len(y)), l1_ratio=mixing, solver="saga", tol=1e-10, max_iter=100_000
    ).fit(x, y)
    assert ours.coefficients[0] == pytest.approx(theirs.coef_[0], abs=1e-6)


def test_the_share_of_the_l1_penalty_is_checked():
    x, y = simulated(20, 3, seed=1)
    with pytest.raises(ValueError, match="share"):
        lasso_path(x, y, [0.1], 0.0)
