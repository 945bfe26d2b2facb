"""What a row of features says it was computed from."""

import numpy as np
import pandas as pd

from sonomics.core.images import write_png
from sonomics.extract.crops.table import hash_inputs, join_identity
from sonomics.kinds.families.pyradiomics import PyRadiomics
from tests.extract.crops_of_chunk import TEXTURE, crop_row

FAMILY = PyRadiomics.partial(TEXTURE)


def test_a_hash_follows_pixels_mask_and_settings_alone(tmp_path):
    crops = pd.DataFrame([crop_row(number, tmp_path) for number in range(3)])
    before = hash_inputs(crops, FAMILY)
    assert len(set(before)) == 3
    assert hash_inputs(crops.assign(view="portal", spacing_mm=9.0)[::-1], FAMILY) == before[::-1]
    write_png(tmp_path / "P0-e1-i1-f0.png", np.zeros((24, 30), np.uint8))
    write_png(tmp_path / "P1-e1-i1-f0.mask.png", np.ones((24, 30), bool))
    after = hash_inputs(crops, FAMILY)
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, False, True]
    other = PyRadiomics.partial({**TEXTURE, "bins": 16})
    assert set(hash_inputs(crops, other)).isdisjoint(after)


def test_identifiers_and_hash_come_before_the_features(tmp_path):
    crops = pd.DataFrame([crop_row(0, tmp_path)])
    row = join_identity(crops, pd.DataFrame({"a": [1.0]}), "texture", FAMILY)
    assert list(row) == ["patient", "case", "image", "reader", "session", "view", "hash", "texture__a"]
    assert row["hash"].tolist() == hash_inputs(crops, FAMILY)
