"""The table of MaZda's features of one chunk."""

from sonomics.extract import mazda
from tests.extract.crops_of_chunk import crop_row, extract

MAZDA = {"kind": "mazda", "normalisation": "sigma", "resample_mm": None}


def test_mazda_has_about_300_features_a_region(tmp_path):
    features, out = extract(mazda, MAZDA, [crop_row(1, tmp_path), crop_row(2, tmp_path)], tmp_path, "mazda")
    assert features.shape == (2, 7 + 299)
    assert "mazda__S(1,0)Correlat" in features
    first = out.read_bytes()
    extract(mazda, MAZDA, [crop_row(1, tmp_path), crop_row(2, tmp_path)], tmp_path, "mazda")
    assert out.read_bytes() == first


def test_mazda_takes_chosen_families_and_bits(tmp_path):
    family = {**MAZDA, "families": ["histogram", "cooccurrence"], "bits": {"cooccurrence": 4}}
    few, _ = extract(mazda, family, [crop_row(1, tmp_path)], tmp_path, "mazda")
    all_of, _ = extract(mazda, MAZDA, [crop_row(1, tmp_path)], tmp_path, "mazda")
    assert few.shape[1] == 7 + 9 + 220
    assert few["mazda__Mean"].item() == all_of["mazda__Mean"].item()
    assert few["mazda__S(1,0)SumAverg"].item() < all_of["mazda__S(1,0)SumAverg"].item() / 2
