"""Principal components of the training rows, applied to any rows."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.select.selection.fit import apply_selection
from sonomics.select.steps import pca
from tests.select.features import fit


@pytest.fixture
def rows() -> pd.DataFrame:
    """Sixty patients, twelve features of four sources, some values undefined."""
    chance = np.random.default_rng(4)
    values = chance.normal(size=(60, 4)) @ chance.normal(size=(4, 12)) * 10 + chance.normal(size=(60, 12)) + 5
    values[3, 2] = values[50, 7] = np.nan
    names = [f"grey__deep__d{number:03d}" for number in range(12)]
    index = pd.MultiIndex.from_tuples(
        [(f"P{n:02d}", f"P{n:02d}", "") for n in range(60)], names=["patient", "case", "image"]
    )
    return pd.DataFrame(values, index=index, columns=names)


def test_components_are_those_of_scikit_learn(rows: pd.DataFrame) -> None:
    change = pca.fit(rows[:40], 3, None)
    median = rows[:40].median()
    scaler = StandardScaler().fit(rows[:40].fillna(median))
    theirs = PCA(3).fit(scaler.transform(rows[:40].fillna(median)))
    expected = theirs.transform(scaler.transform(rows.fillna(median)))
    ours = pca.apply(json.loads(json.dumps(change)), rows)
    assert list(ours.columns) == ["deep__pc001", "deep__pc002", "deep__pc003"]
    signs = np.sign((expected * ours.to_numpy()).sum(axis=0))
    np.testing.assert_allclose(ours, expected * signs, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(change["explained"], theirs.explained_variance_ratio_, rtol=1e-9)
    loadings = np.array(change["loadings"])
    assert (loadings[np.arange(3), np.abs(loadings).argmax(axis=1)] > 0).all()


@pytest.mark.parametrize(("variance", "count"), [(0.3, 1), (0.99, 8), (1.0, 12)])
def test_a_share_of_the_variance_is_reached_with_the_fewest(rows: pd.DataFrame, variance: float, count: int) -> None:
    explained = np.array(pca.fit(rows, None, variance)["explained"])
    assert explained.sum() >= variance - 1e-9
    assert explained[:-1].sum() < variance
    assert abs(len(explained) - count) <= 4


def test_there_are_no_more_components_than_rows_carry(rows: pd.DataFrame) -> None:
    assert len(pca.fit(rows.iloc[10:15], 10, None)["components"]) == 4
    doubled = rows.assign(copy__deep__x=rows.iloc[:, 0], other__deep__y=-rows.iloc[:, 1])
    assert len(pca.fit(doubled.iloc[4:40], None, 1.0)["components"]) == 12


def state_of(rows: pd.DataFrame, steps: list[dict]) -> dict:
    labels = pd.Series((np.arange(40) % 2).astype(float), index=rows.index[:40])
    shifted = rows[:40] + 3 * labels.to_numpy()[:, None] * np.r_[np.zeros(6), np.ones(6)] * 10
    return fit(shifted, labels, {}, steps, seed=1)


def test_later_steps_choose_among_components(rows: pd.DataFrame) -> None:
    state = json.loads(
        json.dumps(state_of(rows, [{"step": "pca", "components": 4}, {"step": "u_test", "below": 0.01}]))
    )
    assert 0 < len(state["kept"]) < 4
    assert [(step["in"], step["out"]) for step in state["steps"][1:2]] == [(12, 4)]
    applied = apply_selection(state, rows)
    assert list(applied.columns) == state["kept"]
    assert np.isfinite(applied.to_numpy()).all()


def test_only_training_rows_shape_the_components(rows: pd.DataFrame) -> None:
    steps = [{"step": "pca", "variance": 0.9}]
    changed = rows.copy()
    changed.iloc[40:] = 1e6
    assert json.dumps(state_of(rows, steps)) == json.dumps(state_of(changed, steps))
    wild = apply_selection(state_of(rows, steps), changed)
    pd.testing.assert_frame_equal(wild[:40], apply_selection(state_of(rows, steps), rows)[:40])


def test_no_feature_left_is_said(rows: pd.DataFrame) -> None:
    steps = [{"step": "u_test", "below": 0.0}, {"step": "pca", "components": 2}]
    assert state_of(rows, steps)["steps"][-1] == {
        "step": "pca",
        "in": 0,
        "out": 0,
        "note": "not applied: no feature is left",
    }


def test_components_are_counted_or_weighed_not_both(params: dict) -> None:
    params["select"]["steps"] = [{"step": "pca", "components": 8, "variance": 0.9}]
    with pytest.raises(StudyError):
        check_params(params)
