import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json, write_json
from sonomics.select.selection.fit import apply_selection
from sonomics.statistics.selection.combat import apply_combat, fit_combat
from tests.select.features import fit, resample

COMBAT = {"step": "combat", "by": "device"}
LASSO = {"step": "lasso", "folds": 3, "rule": "min"}


def two_scanners(n: int = 60, apart: float = 5.0, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """A feature that tells but is drowned by the scanner, and noise with the same scanner effect."""
    random = np.random.default_rng(seed)
    label = np.arange(n) % 2.0
    second = np.arange(n) % 4 >= 2
    names = [f"P{i:03d}" for i in range(n)]
    index = pd.MultiIndex.from_arrays(
        [names, names, [""] * n, np.where(second, "new", "old"), ["c"] * n],
        names=["patient", "case", "image", "device", "centre"],
    )
    columns = {"t__tells": label + random.normal(0, 0.4, n)}
    columns |= {f"t__noise{i}": random.normal(size=n) for i in range(5)}
    rows = pd.DataFrame(columns, index=index)
    rows[second] = rows[second] * 2 + apart
    return rows, pd.Series(label, index=index)


def test_the_scanner_no_longer_hides_what_tells():
    rows, labels = two_scanners()
    step = {"step": "u_test", "below": 0.001}
    assert fit(rows, labels, {}, [step], seed=1)["kept"] == []
    state = fit(rows, labels, {}, [COMBAT, step], seed=1)
    assert state["kept"] == ["t__tells"]
    assert state["steps"][1] == {"step": "combat", "in": 6, "out": 6, "note": "device: new (30 rows), old (30 rows)"}


def test_other_rows_get_the_frozen_estimates_of_the_training_rows(tmp_path):
    rows, labels = two_scanners()
    train, test = rows.iloc[:40], rows.iloc[40:].copy()
    state = fit(train, labels.iloc[:40], {}, [COMBAT], seed=1)
    write_json(tmp_path / "state.json", state)
    values = apply_selection(read_json(tmp_path / "state.json"), test)
    fitted = fit_combat(train.to_numpy(), train.index.get_level_values("device").to_numpy(dtype=str))
    harmonised = [
        apply_combat(fitted, part.to_numpy(), part.index.get_level_values("device")) for part in (train, test)
    ]
    expected = (harmonised[1] - harmonised[0].mean(axis=0)) / harmonised[0].std(axis=0)
    np.testing.assert_allclose(values.to_numpy(), expected)
    np.testing.assert_allclose(apply_selection(state, test.iloc[[3]]), values.iloc[[3]])


def test_the_label_is_no_covariate():
    rows, labels = two_scanners()
    changes = [fit(rows, given, {}, [COMBAT], seed=1)["changes"] for given in (labels, 1 - labels)]
    assert changes[0] == changes[1]


def test_an_unseen_scanner_is_refused_unless_there_is_a_reference():
    rows, labels = two_scanners()
    other = rows.rename(index={"new": "unseen"}, level="device")
    with pytest.raises(StudyError, match="30 rows are of a device with fewer than 2 training rows"):
        apply_selection(fit(rows, labels, {}, [COMBAT], seed=1), other)
    state = fit(rows, labels, {}, [{**COMBAT, "reference": "old"}], seed=1)
    as_old = rows.rename(index={"new": "old"}, level="device")
    pd.testing.assert_frame_equal(apply_selection(state, other).reset_index("device", drop=True),
                                  apply_selection(state, as_old).reset_index("device", drop=True))  # fmt: skip
    assert not np.allclose(apply_selection(state, rows), apply_selection(state, other))


def test_a_reference_that_training_lacks_stops_the_study():
    rows, labels = two_scanners()
    with pytest.raises(StudyError, match="2 training rows of newest"):
        fit(rows, labels, {}, [{**COMBAT, "reference": "newest"}], seed=1)


def test_repeats_are_harmonised_like_the_rows_they_repeat():
    rows, labels = two_scanners()
    steps = [COMBAT, {"step": "icc", "above": 0.99}]
    kept = fit(rows, labels, {"reader_2/1": (rows, rows)}, steps, seed=1)["kept"]
    assert kept == list(rows)


@pytest.mark.parametrize("reference", [None, "old"])
@pytest.mark.parametrize("levels", [(1.0, 2.0), (0.1, 0.3)], ids=["exact", "rounded"])
def test_a_feature_that_is_constant_inside_scanners_goes(levels, reference):
    rows, labels = two_scanners()
    rows["t__marker"] = np.where(rows.index.get_level_values("device") == "new", *levels)
    step = COMBAT if reference is None else {**COMBAT, "reference": reference}
    state = fit(rows, labels, {}, [step], seed=1)
    assert state["kept"] == [name for name in rows if name != "t__marker"]
    assert np.isfinite(apply_selection(state, rows).to_numpy()).all()


def test_undefined_values_stay_undefined_until_they_are_imputed():
    rows, labels = two_scanners()
    rows.iloc[0, 0] = np.nan
    state = fit(rows, labels, {}, [COMBAT], seed=1)
    filled = apply_selection(state, rows)["t__tells"].iloc[0]
    assert filled == pytest.approx((state["median"]["t__tells"] - state["mean"]["t__tells"]) / state["sd"]["t__tells"])


def test_resamples_that_lack_a_scanner_do_not_count():
    rows, labels = two_scanners(20)
    index = rows.index.to_frame()
    index["device"] = ["rare"] * 2 + ["old"] * 18
    rows.index = labels.index = pd.MultiIndex.from_frame(index)
    found = resample(rows, labels, {}, [{**COMBAT, "reference": "rare"}], seed=1, resamples=10)
    assert found is not None
    assert (found == 1).all()


def test_state_is_json():
    rows, labels = two_scanners()
    json.dumps(fit(rows, labels, {}, [COMBAT, LASSO], seed=1), allow_nan=False)
