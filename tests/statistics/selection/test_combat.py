import numpy as np
import pytest

from sonomics.statistics.selection.combat import apply_combat, fit_combat


def scanners(shift=(0.0, 1.5, -0.7), scale=(1.0, 2.0, 0.6), rows=(30, 25, 40), features=12, seed=0):
    random = np.random.default_rng(seed)
    batches = np.repeat(["a", "b", "c"], rows)
    places = np.repeat([0, 1, 2], rows)
    level, spread = random.normal(0, 10, features), random.uniform(0.5, 5, features)
    own_shift = np.array(shift)[:, None] + random.normal(0, 0.2, (3, features)) * (np.array(shift) != 0)[:, None]
    noise = random.normal(size=(len(batches), features)) * np.array(scale)[places, None]
    return level + spread * (own_shift[places] + noise), batches


def by_loops(values, batches, reference):
    """The equations of Johnson et al. (2007), one feature and one batch at a time, as their R code runs them."""
    names = sorted(set(batches))
    rows, features = values.shape
    adjusted = values.copy()
    grand, pooled = np.zeros(features), np.zeros(features)
    for g in range(features):
        mean = {name: values[batches == name, g].mean() for name in names}
        if reference:
            grand[g] = mean[reference]
            pooled[g] = np.mean([(y - mean[reference]) ** 2 for y in values[batches == reference, g]])
        else:
            grand[g] = sum(mean[name] * (batches == name).sum() for name in names) / rows
            pooled[g] = np.mean([(values[i, g] - mean[batches[i]]) ** 2 for i in range(rows)])
    standard = (values - grand) / np.sqrt(pooled)
    for name in names:
        if name == reference:
            continue
        inside = standard[batches == name]
        n = len(inside)
        gamma = [inside[:, g].mean() for g in range(features)]
        delta = [sum((y - gamma[g]) ** 2 for y in inside[:, g]) / (n - 1) for g in range(features)]
        gamma_bar = sum(gamma) / features
        tau2 = sum((value - gamma_bar) ** 2 for value in gamma) / (features - 1)
        m = sum(delta) / features
        s2 = sum((value - m) ** 2 for value in delta) / (features - 1)
        a, b = (2 * s2 + m**2) / s2, (m * s2 + m**3) / s2
        for g in range(features):
            gamma_star, delta_star = gamma[g], delta[g]
            for _ in range(2000):
                gamma_star = (n * tau2 * gamma[g] + delta_star * gamma_bar) / (n * tau2 + delta_star)
                delta_star = (b + 0.5 * sum((y - gamma_star) ** 2 for y in inside[:, g])) / (n / 2 + a - 1)
            moved = (inside[:, g] - gamma_star) / np.sqrt(delta_star)
            adjusted[batches == name, g] = moved * np.sqrt(pooled[g]) + grand[g]
    return adjusted


@pytest.mark.parametrize("reference", [None, "b"])
def test_adjusted_values_are_those_of_the_published_equations(reference):
    values, batches = scanners(rows=(8, 6, 9), features=4)
    fitted = fit_combat(values, batches, reference)
    np.testing.assert_allclose(apply_combat(fitted, values, batches), by_loops(values, batches, reference), rtol=1e-8)


def test_means_and_variances_of_the_scanners_become_alike():
    values, batches = scanners(rows=(200, 150, 250))
    adjusted = apply_combat(fit_combat(values, batches), values, batches)

    def apart(of):
        means = np.array([of[batches == name].mean(axis=0) for name in "abc"]) / of.std(axis=0)
        spreads = np.array([of[batches == name].std(axis=0) for name in "abc"])
        return np.ptp(means, axis=0).max(), (spreads.max(axis=0) / spreads.min(axis=0)).max()

    assert apart(values)[0] > 0.8
    assert apart(values)[1] > 2.5
    assert apart(adjusted)[0] < 0.15
    assert apart(adjusted)[1] < 1.35


def test_values_without_a_scanner_effect_hardly_move():
    values, batches = scanners(shift=(0, 0, 0), scale=(1, 1, 1), rows=(200, 200, 200))
    adjusted = apply_combat(fit_combat(values, batches), values, batches)
    assert (np.abs(adjusted - values) / values.std(axis=0)).max() < 0.25


def test_the_reference_and_what_is_unknown_stay_as_they_are():
    values, batches = scanners()
    fitted = fit_combat(values, batches, "c")
    adjusted = apply_combat(fitted, values, batches)
    np.testing.assert_allclose(adjusted[batches == "c"], values[batches == "c"], rtol=1e-12)
    new = values[:5]
    assert (apply_combat(fitted, new, np.array(["new"] * 5)) == new).all()


def test_estimates_are_frozen_and_row_by_row():
    values, batches = scanners()
    fitted = fit_combat(values, batches)
    together = apply_combat(fitted, values, batches)
    alone = np.vstack([apply_combat(fitted, values[[row]], batches[[row]]) for row in range(len(values))])
    assert (together == alone).all()


def test_small_numbers_and_flat_features():
    values, batches = scanners(rows=(5, 5, 5), features=3)
    values[:, 0] = 4.0
    values[batches == "b", 1] = 7.0
    adjusted = apply_combat(fit_combat(values, batches), values, batches)
    assert np.isfinite(adjusted).all()
    assert (adjusted[:, 0] == 4).all()
    alone = fit_combat(values[:, 2:], batches)
    only = apply_combat(alone, values[:, 2:], batches)
    assert np.ptp([only[batches == name].mean() for name in "abc"]) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("reference", [None, "b"])
@pytest.mark.parametrize("levels", [(4.0, 7.0, 5.0), (0.1, 0.3, 0.7)], ids=["exact", "rounded"])
def test_a_feature_that_only_tells_scanners_apart_is_left_alone_and_spoils_no_other(levels, reference):
    values, batches = scanners(rows=(7, 9, 11), features=4)
    fitted = fit_combat(values, batches, reference)
    marker = np.array(levels)[np.repeat([0, 1, 2], (7, 9, 11))]
    beside = fit_combat(np.column_stack([values, marker]), batches, reference)
    assert beside.sd[-1] == 0
    for alone, together in zip(fitted[1:], beside[1:], strict=True):
        np.testing.assert_array_equal(alone, together[..., :-1])
    assert (apply_combat(beside, np.column_stack([values, marker]), batches)[:, -1] == marker).all()


@pytest.mark.parametrize("level", [7.0, 0.1], ids=["exact", "rounded"])
def test_a_scanner_in_which_the_only_feature_is_flat_moves_it_without_scaling(level):
    values, batches = scanners(rows=(7, 9, 11), features=1)
    values[batches == "b"] = level
    fitted = fit_combat(values, batches)
    assert fitted.scale[1] == 1
    moved = apply_combat(fitted, np.array([[level], [level + 1]]), np.array(["b", "b"]))
    assert moved[1] - moved[0] == pytest.approx(1)


def test_a_scanner_with_one_row_has_no_estimate():
    values, batches = scanners()
    batches = batches.copy()
    batches[0] = "lonely"
    assert fit_combat(values, batches).batches == ["a", "b", "c"]
    with pytest.raises(ValueError, match="2 rows of lonely"):
        fit_combat(values, batches, "lonely")


def test_a_reference_that_does_not_vary_is_refused():
    values, batches = scanners()
    values[batches == "b"] = values[batches == "b"][0]
    assert fit_combat(values, batches).batches == ["a", "b", "c"]
    with pytest.raises(ValueError, match="2 rows of b differ"):
        fit_combat(values, batches, "b")


def test_missing_values_stay_missing():
    values, batches = scanners()
    fitted = fit_combat(values, batches)
    holed = values.copy()
    holed[3, 2] = np.nan
    adjusted = apply_combat(fitted, holed, batches)
    assert np.isnan(adjusted).sum() == 1
    assert np.isnan(adjusted[3, 2])
