import numpy as np
import pytest

from sonomics.extract import lexicon
from sonomics.texture.lexicon.region import NAMES
from tests.extract.crops_of_chunk import crop_row, extract

LEXICON = {"kind": "lexicon", "resample_mm": None}


def test_one_row_a_kept_crop(tmp_path):
    rows = [crop_row(1, tmp_path), crop_row(2, tmp_path, keep=False), crop_row(3, tmp_path)]
    features, _ = extract(lexicon, LEXICON, rows, tmp_path, "words")
    assert list(features["case"]) == ["P1", "P3"]
    assert list(features.columns[7:]) == [f"words__{name}" for name in NAMES]
    assert np.isfinite(features["words__echo_ratio"]).all()


def test_diameter_is_in_mm_after_resampling(tmp_path):
    rows = [crop_row(1, tmp_path, spacing=0.2), crop_row(2, tmp_path, spacing=np.nan)]
    features, _ = extract(lexicon, {**LEXICON, "resample_mm": 0.1}, rows, tmp_path, "words")
    assert features["words__diameter"].iloc[0] == pytest.approx(2 * np.sqrt(16 * 20 / np.pi) * 0.2, rel=0.02)
    assert np.isnan(features.iloc[1, 7:].astype(float)).all()
