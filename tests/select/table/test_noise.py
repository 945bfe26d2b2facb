import numpy as np
import pandas as pd

from sonomics.core.files import read_json
from sonomics.core.schemas import FEATURES, SELECTED
from sonomics.core.tables import read_table
from sonomics.select.table.noise import sample_noise
from tests.select.features import features
from tests.select.study import choose


def test_noise_has_the_shape_and_the_gaps_of_the_features():
    measured = features()
    measured.loc[3, "t__x"] = np.nan
    noise = sample_noise(measured, seed=1)
    assert list(noise.columns) == list(measured.columns)
    pd.testing.assert_frame_equal(noise[list(FEATURES.columns)], measured[list(FEATURES.columns)])
    assert noise["t__x"].isna().tolist() == measured["t__x"].isna().tolist()
    assert not np.allclose(noise["t__x"].dropna(), measured["t__x"].dropna())


def test_noise_depends_on_the_image_the_family_and_the_seed_alone():
    measured = features()
    noise = sample_noise(measured, seed=1)
    pd.testing.assert_frame_equal(sample_noise(measured.iloc[5:], seed=1), noise.iloc[5:])
    other = sample_noise(measured.rename(columns={"t__x": "u__x"}), seed=1)
    assert not np.allclose(other["u__x"], noise["t__x"])
    assert not np.allclose(sample_noise(measured, seed=2)["t__x"], noise["t__x"])
    by_reader = [rows["t__x"].tolist() for _, rows in noise.groupby("reader")]
    assert by_reader[0] == by_reader[1]


def test_a_study_of_noise_finds_no_feature_that_the_measured_one_finds(study):
    steps = [{"step": "u_test", "below": 0.001}]
    choose("all", steps=steps)
    assert read_json(study / "chosen/all/state.json")["kept"]
    choose("all", steps=steps, features="noise")
    assert read_json(study / "chosen/all/state.json")["kept"] == []
    assert len(read_table(study / "chosen/all/features.parquet", SELECTED)) == 30
