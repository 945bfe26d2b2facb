"""Features of a network."""

import numpy as np
import pytest

from sonomics.extract import deep
from sonomics.extract.deep import read_ahead
from tests.extract.crops_of_chunk import crop_row, extract


def test_deep_features_come_from_the_same_random_network_in_every_chunk(tmp_path):
    family = {"kind": "deep", "architecture": "test_resnet", "weights": "none", "size": 32, "batch": 2}
    rows = [crop_row(number, tmp_path) for number in (1, 2, 3)]
    together, _ = extract(deep, family, rows, tmp_path, "deep")
    alone, _ = extract(deep, family, rows[2:], tmp_path, "deep")
    values = together.filter(like="deep__d")
    assert values.shape[0] == 3
    assert (values.std() > 1e-4).any()
    np.testing.assert_allclose(alone.filter(like="deep__d").iloc[0], values.iloc[2], rtol=1e-5, atol=1e-6)
    nothing, _ = extract(deep, family, [crop_row(1, tmp_path, keep=False)], tmp_path, "deep")
    assert dict(nothing.dtypes) == dict(together.dtypes)


def test_layers_of_a_network_have_columns_of_their_own_and_batches_change_nothing(tmp_path):
    family = {"kind": "deep", "architecture": "test_resnet", "weights": "none", "size": 64, "batch": 2}
    chosen = {**family, "layers": ["layer2", "layer4"], "pooling": "avgmax"}
    rows = [crop_row(number, tmp_path) for number in range(5)]
    features, _ = extract(deep, chosen, rows, tmp_path, "deep")
    values = features.iloc[:, 7:]
    assert values.columns[0] == "deep__layer2_avgmax_000"
    assert values.columns.str.startswith(("deep__layer2_avgmax_", "deep__layer4_avgmax_")).all()
    whole, _ = extract(deep, {**chosen, "batch": 64}, rows, tmp_path, "deep")
    np.testing.assert_allclose(whole.iloc[:, 7:], values, rtol=1e-4, atol=1e-6)
    own, _ = extract(deep, family, rows, tmp_path, "deep")
    last = values.filter(like="layer4").iloc[:, : own.shape[1] - 7]
    np.testing.assert_allclose(own.iloc[:, 7:], last, rtol=1e-4, atol=1e-6)


def test_an_unreadable_crop_stops_the_reading_ahead(tmp_path):
    files = [crop_row(number, tmp_path)["file"] for number in range(3)]
    assert [len(batch) for batch in read_ahead(files, 32, 2)] == [2, 1]
    assert list(read_ahead([], 32, 2)) == []
    with pytest.raises(FileNotFoundError):
        list(read_ahead([*files, "absent.png"], 32, 2))
