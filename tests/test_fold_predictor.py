"""A whole study in which the models of the folds score the cases outside training."""

import numpy as np
import pandas as pd
import pytest
import yaml

from sonomics.core.schemas import ATTRIBUTIONS, MAPS, PREDICTIONS, TRAIN
from sonomics.core.tables import read_table
from tests.conftest import Study, copy_study

pytestmark = pytest.mark.ci


@pytest.fixture(scope="module")
def by_folds(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The smoke study, with a clinical model, each of whose models scores test cases by its folds."""
    study = copy_study("smoke", tmp_path_factory.mktemp("folds") / "study")
    params = yaml.safe_load((study.path / "params.yaml").read_text())
    params["train"]["models"]["clinic"] = {"kind": "clinical", "columns": ["age", "size_mm"], "enter": 1.0}
    params["stack"]["models"]["clinical"] = {"of": ["clinic"]}
    for model in params["train"]["models"].values():
        model["predictor"] = "folds"
    params["study"]["variants"] = {"main": {}}
    # Every fold finds features, so that each has a model to explain.
    params["select"]["steps"]["binary"] = [{"step": "icc", "above": 0.75}, {"step": "correlation", "above": 0.6}]
    (study.path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    study.run("--cores", "2", "--", "results/report.html")
    return study


def test_what_scored_a_test_case_is_what_is_explained_and_drawn(by_folds: Study) -> None:
    results = by_folds.path / "results/train/main"
    for model, table in (("rf", ATTRIBUTIONS), ("cnn", MAPS)):
        file = "attributions.parquet" if model == "rf" else "maps.parquet"
        rows = read_table(results / model / "recurrence/all" / file, table)
        assert set(rows.loc[rows["split"] != TRAIN, "fold"]) == {"all"}
        assert "all" not in set(rows.loc[rows["split"] == TRAIN, "fold"])
    maps = read_table(results / "cnn/recurrence/all/maps.parquet", MAPS)
    shown = maps[maps["split"] != TRAIN].set_index("image")["value"]
    scored = [read_table(results / f"cnn/recurrence/{fold}/predictions.parquet", PREDICTIONS) for fold in ("0", "1")]
    means = pd.concat(scored).groupby("image")["value"].mean()
    np.testing.assert_allclose(shown, means[shown.index])


def test_the_page_says_what_scored_test_cases(by_folds: Study) -> None:
    page = (by_folds.path / "results/report.html").read_text()
    assert "all others by the mean of the models of the folds" in page
    assert (
        page.count("Of clinic the model of all training cases is shown") == 2 * 2
    )  # of two tasks, the ratios and the nomogram
