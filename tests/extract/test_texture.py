"""The table of texture features of one chunk, its proof, and the settings of families."""

import numpy as np
import pandas as pd
import pytest
import pywt
from pydantic import ValidationError

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.extract import pyradiomics, texture
from sonomics.kinds.radiomics import Wavelet
from sonomics.texture import filters
from tests.extract.crops_of_chunk import TEXTURE, crop_row, extract

OWN = {**TEXTURE, "kind": "texture", "filters": {"original": {}, "wavelet": {}}}


MAZDA = {"kind": "mazda", "normalisation": "sigma", "resample_mm": None}


def test_texture_is_pyradiomics_table(tmp_path):
    rows = [crop_row(1, tmp_path), crop_row(2, tmp_path, keep=False), crop_row(3, tmp_path)]
    ours, _ = extract(texture, OWN, rows, tmp_path)
    theirs, _ = extract(pyradiomics, OWN, rows, tmp_path)
    assert list(ours) == list(theirs)
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9, atol=1e-9)


def test_resampling_without_a_spacing_is_undefined(tmp_path):
    rows = [crop_row(1, tmp_path, spacing=0.2), crop_row(2, tmp_path, spacing=np.nan)]
    features, _ = extract(texture, {**OWN, "resample_mm": 0.1}, rows, tmp_path)
    assert features.iloc[0, 7:].notna().all()
    assert features.iloc[1, 7:].isna().all()


def test_a_value_that_pyradiomics_does_not_give_stops_the_study(tmp_path, monkeypatch):
    exact = texture.compute_features

    def altered(*arguments, **named):
        values = exact(*arguments, **named)
        values[-1] *= 1 + 1e-6
        return values

    monkeypatch.setattr(texture, "compute_features", altered)
    with pytest.raises(StudyError, match=r"P1.*wavelet_HH_glcm_SumSquares.*1 of"):
        extract(texture, OWN, [crop_row(1, tmp_path)], tmp_path)
    extract(texture, {**OWN, "proof": 0}, [crop_row(1, tmp_path)], tmp_path)


def test_a_filter_that_pyradiomics_does_not_have_stops_the_study(tmp_path, monkeypatch):
    exact = filters.FILTERS["wavelet"]

    def another(pixels, settings, spacing):
        return exact(pixels, Wavelet(wavelet="haar"), spacing)

    monkeypatch.setitem(filters.FILTERS, "wavelet", another)
    with pytest.raises(StudyError, match=r"P1.*wavelet_L"):
        extract(texture, OWN, [crop_row(1, tmp_path)], tmp_path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"force2D": True}, "force2D"),
        ({"classes": ["shape"]}, "'shape'"),
        ({"classes": []}, "[] is empty"),
        ({"filters": {}}, "filters"),
        ({"bins": 1}, "bins"),
        ({"bins": 5000}, "5000 is not at most 256"),
        ({"proof": -1}, "proof"),
        ({"filters": {"wavelet": {"wavelet": "coif99"}}}, "'coif99'"),
        ({"filters": {"log": {"sigma": [0]}}}, "a width above 0"),
        ({"filters": {"gabor": {}}}, "unknown key gabor"),
    ],
)
def test_harmful_settings_stop_the_study_with_one_message(params, change, says):
    params["extract"]["families"]["texture"] = {**OWN, **change}
    with pytest.raises(StudyError, match="texture") as stopped:
        check_params(params)
    assert says in str(stopped.value)


def test_every_discrete_wavelet_is_accepted_and_no_other():
    assert [name for name in pywt.wavelist() if accepted(name)] == pywt.wavelist(kind="discrete")


def accepted(name):
    try:
        return Wavelet.model_validate({"wavelet": name}).wavelet == name
    except ValidationError:
        return False


def test_layers_need_a_pooling(params):
    params["extract"]["families"]["deep"]["layers"] = ["layer3"]
    params["extract"]["families"]["deep"].pop("pooling", None)
    with pytest.raises(StudyError, match=r"families\.deep: the key pooling is missing"):
        check_params(params)


def test_both_kinds_are_accepted(params):
    params["extract"]["families"]["texture"] = {**OWN, "proof": 2}
    params["extract"]["families"]["mazda"] = {**MAZDA, "bits": {"gradient": 5}, "families": ["gradient"]}
    check_params(params)
