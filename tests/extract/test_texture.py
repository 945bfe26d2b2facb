import json

import numpy as np
import pandas as pd
import pytest
import pywt
from pydantic import ValidationError

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.core.tables import write_table
from sonomics.extract import mazda, pyradiomics, texture
from sonomics.extract.crops.job import read_job
from sonomics.extract.proof.compare import find_differences
from sonomics.extract.proof.recompute import choose_regions
from sonomics.kinds.families.texture import Texture
from sonomics.kinds.radiomics import Wavelet
from sonomics.texture import filters
from tests.extract.test_pyradiomics import TEXTURE, crop_row, extract

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
    assert features.iloc[0, 6:].notna().all()
    assert features.iloc[1, 6:].isna().all()


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


def job(rows, folder):
    crops = folder / "crops.parquet"
    write_table(pd.DataFrame(rows, columns=list(schemas.CROPS.columns)), crops, schemas.CROPS)
    settings = {"study": {"seed": 1}, "extract": {"families": {"texture": OWN}}}
    command = ["--settings", json.dumps(settings), "--family", "texture", "--crops", str(crops), "--out", "out.parquet"]
    return read_job("A job.", command, Texture)


def test_drawn_regions_depend_on_the_regions_alone(tmp_path):
    rows = [crop_row(number, tmp_path) for number in range(12)]
    chosen = choose_regions(job(rows, tmp_path), 3)["image"].tolist()
    assert len(set(chosen)) == 3
    others = [row for row in rows if row["image"] in chosen or row["case"] < "P5"]
    assert choose_regions(job(others, tmp_path), 3)["image"].tolist() == chosen
    assert len(choose_regions(job(rows[:2], tmp_path), 3)) == 2


def test_what_differs_is_named_on_the_scale_of_its_terms():
    names = ["a_glcm_ClusterShade", "a_glcm_ClusterTendency", "a_glcm_Contrast", "a_glcm_MCC"]
    theirs = np.array([1e-9, 100.0, 5.0, 0.0])
    assert find_differences(names, theirs + np.array([1e-8, 0, 0, 1e-6]), theirs) == []
    assert find_differences(names, theirs + np.array([1e-5, 0, 1e-7, 1e-3]), theirs) == [names[0], names[2], names[3]]
    assert find_differences(names, np.where(theirs == 5, np.nan, theirs), theirs) == [names[2]]
    assert find_differences(names, np.full(4, np.nan), np.full(4, np.nan)) == []
    names, theirs = ["a_firstorder_Median", "a_firstorder_RootMeanSquared"], np.array([1e-6, 20.0])
    assert find_differences(names, theirs + np.array([1e-12, 0]), theirs) == []
    assert find_differences(names, theirs + np.array([1e-7, 0]), theirs) == names[:1]


def test_mazda_has_about_300_features_a_region(tmp_path):
    features, out = extract(mazda, MAZDA, [crop_row(1, tmp_path), crop_row(2, tmp_path)], tmp_path, "mazda")
    assert features.shape == (2, 6 + 299)
    assert "mazda__S(1,0)Correlat" in features
    first = out.read_bytes()
    extract(mazda, MAZDA, [crop_row(1, tmp_path), crop_row(2, tmp_path)], tmp_path, "mazda")
    assert out.read_bytes() == first


def test_mazda_takes_chosen_families_and_bits(tmp_path):
    family = {**MAZDA, "families": ["histogram", "cooccurrence"], "bits": {"cooccurrence": 4}}
    few, _ = extract(mazda, family, [crop_row(1, tmp_path)], tmp_path, "mazda")
    all_of, _ = extract(mazda, MAZDA, [crop_row(1, tmp_path)], tmp_path, "mazda")
    assert few.shape[1] == 6 + 9 + 220
    assert few["mazda__Mean"].item() == all_of["mazda__Mean"].item()
    assert few["mazda__S(1,0)SumAverg"].item() < all_of["mazda__S(1,0)SumAverg"].item() / 2


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
    with pytest.raises(StudyError, match=r"families\.deep: the key pooling is missing"):
        check_params(params)


def test_both_kinds_are_accepted(params):
    params["extract"]["families"]["texture"] = {**OWN, "proof": 2}
    params["extract"]["families"]["mazda"] = {**MAZDA, "bits": {"gradient": 5}, "families": ["gradient"]}
    check_params(params)
