"""Tables that break naive selections: a stated result, or a stated stop."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.schemas import FEATURES, SELECTED
from sonomics.core.tables import read_table, write_table
from sonomics.select.selection.fit import apply_selection
from tests.select.features import STEPS, fit, table
from tests.select.study import choose

LASSO = STEPS[-1]
EVERY = {
    "usual": STEPS,
    "t_test": [{"step": "t_test", "below": 0.05, "correction": "bh"}, LASSO],
    "mrmr": [{"step": "mrmr", "count": 5}, {"step": "elastic_net", "folds": 3, "rule": "1se", "mixing": 0.5}],
    "recursive_elimination": [{"step": "recursive_elimination", "count": 5, "share": 0.5}, LASSO],
    "boruta": [{"step": "boruta", "rounds": 15, "trees": 25, "tentative": "keep"}, LASSO],
}
LABEL_AWARE = [
    {"step": "u_test", "below": 0.05},
    {"step": "t_test", "below": 0.05},
    {"step": "correlation", "above": 0.6, "drop": "larger_p"},
    {"step": "mrmr", "count": 3},
    {"step": "recursive_elimination", "count": 3},
    {"step": "boruta", "rounds": 2, "trees": 5},
    LASSO,
    {"step": "elastic_net", "folds": 3, "rule": "min", "mixing": 0.5},
]


def wide(rows: int = 20, columns: int = 300) -> tuple[pd.DataFrame, pd.Series]:
    """Many more features than cases."""
    random = np.random.default_rng(3)
    small, labels = table(rows)
    noise = pd.DataFrame(random.normal(size=(rows, columns)), small.index, [f"t__wide{i}" for i in range(columns)])
    return pd.concat([small, noise], axis=1), labels


@pytest.mark.parametrize("steps", EVERY.values(), ids=EVERY)
def test_more_features_than_cases(steps):
    rows, labels = wide()
    state = fit(rows, labels, {}, steps, seed=1)
    assert 0 < len(state["kept"]) < 20
    assert np.isfinite(apply_selection(state, rows).to_numpy()).all()


@pytest.mark.parametrize("steps", EVERY.values(), ids=EVERY)
def test_separable_classes_give_finite_coefficients(steps):
    rows, labels = table()
    rows = rows.filter(like="noise").assign(t__label=labels)
    state = fit(rows, labels, {}, steps, seed=1)
    assert "t__label" in state["kept"]
    assert np.isfinite(list(state["coefficients"].values())).all()
    assert np.isfinite([state["intercept"], state["penalty"]]).all()


@pytest.mark.parametrize("steps", EVERY.values(), ids=EVERY)
def test_constant_and_undefined_features_go_first_and_are_counted(steps):
    rows, labels = table()
    state = fit(rows, labels, {}, steps, seed=1)
    assert state["steps"][0] == {"step": "defined", "in": 15, "out": 13, "note": ""}
    assert not {"t__constant", "t__undefined"} & set(state["kept"])


@pytest.mark.parametrize("steps", EVERY.values(), ids=EVERY)
def test_single_gaps_are_filled_with_the_training_median(steps):
    rows, labels = table()
    holed = rows.mask(np.random.default_rng(2).random(rows.shape) < 0.1)
    state = fit(holed, labels, {}, steps, seed=1)
    assert state["kept"]
    assert np.isfinite(apply_selection(state, holed).to_numpy()).all()


@pytest.mark.parametrize("step", LABEL_AWARE, ids=[step["step"] for step in LABEL_AWARE])
def test_a_fold_of_one_class_keeps_nothing_and_says_why(step):
    rows, _ = table()
    state = fit(rows, pd.Series(1.0, index=rows.index), {}, [step, step], seed=1)
    assert state["kept"] == []
    why, then = (count["note"] for count in state["steps"][1:])
    assert why.startswith("not estimable")
    assert then == "not applied: no feature is left"


@pytest.mark.parametrize("steps", EVERY.values(), ids=EVERY)
def test_a_feature_that_varies_by_rounding_alone_is_constant(steps):
    rows, labels = table()
    rows = rows.assign(t__rounded=np.where(labels == 1, 1.0, np.nextafter(1.0, 0.0)), t__constant=0.1 + 1e-16)
    state = fit(rows, labels, {}, steps, seed=1)
    assert state["steps"][0]["out"] == 13
    assert "t__rounded" not in state["kept"]


@pytest.mark.parametrize("step", LABEL_AWARE[-2:], ids=["lasso", "elastic_net"])
def test_features_that_do_not_vary_with_the_labels_have_no_path(step):
    rows, _ = table()
    labels = pd.Series(np.arange(40) // 2 % 2.0, index=rows.index)
    balanced = pd.DataFrame({"t__x": np.arange(40) % 2.0}, rows.index)
    state = fit(balanced, labels, {}, [step], seed=1)
    assert state["kept"] == []
    assert state["steps"][-1]["note"] == "not estimable: no feature varies with the outcome"


def test_a_reader_who_outlined_nobody_stops_the_study(study):
    features = read_table(study / "features.parquet", FEATURES)
    write_table(features.assign(reader="reader_9"), study / "features.parquet", FEATURES)
    with pytest.raises(StudyError, match=r"no training case .* outlines of r1, session 1"):
        choose("all")


def test_cases_without_an_outline_are_left_out_of_the_fit(study):
    features = read_table(study / "features.parquet", FEATURES)
    write_table(features.iloc[3:], study / "features.parquet", FEATURES)
    choose("all")
    assert read_json(study / "chosen/all/state.json")["rows"] == 21
    assert len(read_table(study / "chosen/all/features.parquet", SELECTED)) == 27
