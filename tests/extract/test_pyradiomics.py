"""The table of features of one chunk, by PyRadiomics."""

import numpy as np
import pytest

from sonomics.extract import pyradiomics
from tests.extract.crops_of_chunk import TEXTURE, crop_row, extract


def test_one_row_a_kept_crop_with_the_family_before_every_feature(tmp_path):
    rows = [crop_row(1, tmp_path), crop_row(2, tmp_path, keep=False), crop_row(3, tmp_path)]
    features, _ = extract(pyradiomics, TEXTURE, rows, tmp_path)
    assert list(features["case"]) == ["P1", "P3"]
    assert features.shape[1] == 7 + 18 + 9 + 24
    assert features["texture__original_shape2D_PixelSurface"].tolist() == [16 * 20] * 2
    values = features.iloc[:, 7:]
    assert np.isfinite(values.to_numpy()).all()


def test_same_bytes_again(tmp_path):
    rows = [crop_row(1, tmp_path)]
    _, out = extract(pyradiomics, TEXTURE, rows, tmp_path)
    first = out.read_bytes()
    extract(pyradiomics, TEXTURE, rows, tmp_path)
    assert out.read_bytes() == first


def test_chunk_without_a_kept_crop_has_the_columns_of_the_others(tmp_path):
    full, _ = extract(pyradiomics, TEXTURE, [crop_row(1, tmp_path)], tmp_path)
    empty, _ = extract(pyradiomics, TEXTURE, [crop_row(1, tmp_path, keep=False)], tmp_path)
    assert len(empty) == 0
    assert dict(empty.dtypes) == dict(full.dtypes)


def test_resampling_measures_in_mm_and_needs_the_spacing(tmp_path):
    rows = [crop_row(1, tmp_path, spacing=0.2), crop_row(2, tmp_path, spacing=np.nan)]
    features, _ = extract(pyradiomics, {**TEXTURE, "resample_mm": 0.1}, rows, tmp_path)
    known, unknown = features.iloc[0, 7:], features.iloc[1, 7:]
    assert known["texture__original_shape2D_PixelSurface"] == pytest.approx(16 * 20 * 0.2**2, rel=0.02)
    assert unknown.isna().all()
