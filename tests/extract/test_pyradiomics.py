import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.images import write_png
from sonomics.core.tables import read_table, write_table
from sonomics.extract import pyradiomics, summarise
from sonomics.extract.crops import resample
from sonomics.texture.phantom import compute_phantom

TEXTURE = {
    "kind": "pyradiomics",
    "bins": 32,
    "classes": ["firstorder", "shape2D", "glcm"],
    "filters": {"original": {}},
    "resample_mm": None,
}


def crop_row(number, folder, *, keep=True, spacing=0.2):
    generator = np.random.default_rng(number)
    mask = np.zeros((24, 30), bool)
    mask[4:20, 5:25] = True
    pixels = generator.integers(0, 256, mask.shape).astype(np.uint8)
    image = f"P{number}-e1-i1-f0"
    file, outline = folder / f"{image}.png", folder / f"{image}.mask.png"
    write_png(file, pixels)
    write_png(outline, mask)
    row = {"patient": f"P{number}", "case": f"P{number}", "image": image, "reader": "reader_1", "session": "1"}
    row |= {"view": "grey", "file": str(file), "mask": str(outline), "spacing_mm": spacing, "rows": 24, "columns": 30}
    return {**row, "outline_pixels": int(mask.sum()), "keep": keep, "reason": "" if keep else "no_outline"}


def extract(job, family, rows, folder, name="texture"):
    crops, out = folder / "crops.parquet", folder / "main" / name / "0.parquet"
    write_table(pd.DataFrame(rows, columns=list(schemas.CROPS.columns)), crops, schemas.CROPS)
    settings = {"study": {"seed": 1}, "extract": {"families": {name: family}}}
    job.main(["--settings", json.dumps(settings), "--family", name, "--crops", str(crops), "--out", str(out)])
    return read_table(out, schemas.FEATURES), out


def test_one_row_a_kept_crop_with_the_family_before_every_feature(tmp_path):
    rows = [crop_row(1, tmp_path), crop_row(2, tmp_path, keep=False), crop_row(3, tmp_path)]
    features, _ = extract(pyradiomics, TEXTURE, rows, tmp_path)
    assert list(features["case"]) == ["P1", "P3"]
    assert features.shape[1] == 6 + 18 + 9 + 24
    assert features["texture__original_shape2D_PixelSurface"].tolist() == [16 * 20] * 2
    values = features.iloc[:, 6:]
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
    known, unknown = features.iloc[0, 6:], features.iloc[1, 6:]
    assert known["texture__original_shape2D_PixelSurface"] == pytest.approx(16 * 20 * 0.2**2, rel=0.02)
    assert unknown.isna().all()


def test_resampling_keeps_area_and_brightness():
    pixels = np.full((20, 30), 100, np.uint8)
    mask = np.zeros(pixels.shape, bool)
    mask[4:16, 6:24] = True
    smaller, inside = resample.resample(pixels, mask, 0.5)
    assert smaller.shape == inside.shape == (10, 15)
    assert (smaller == 100).all()
    assert inside.sum() == mask.sum() / 4


def test_summary_counts_what_is_undefined_by_hand(tmp_path):
    identity = {"patient": "P1", "case": "P1", "reader": "reader_1", "session": "1", "view": "grey"}
    rows = [
        {**identity, "image": "P1-e1-i1-f0", "texture__a": 1.0, "texture__b": np.nan, "texture__c": 5.0},
        {**identity, "image": "P1-e1-i2-f0", "texture__a": 2.0, "texture__b": np.nan, "texture__c": 5.0},
        {**identity, "image": "P1-e1-i3-f0", "texture__a": np.nan, "texture__b": 7.0, "texture__c": 5.0},
    ]
    paths = []
    for number, row in enumerate(rows):
        paths.append(tmp_path / "main" / "texture" / f"{number}.parquet")
        write_table(pd.DataFrame([row]), paths[-1], schemas.FEATURES)
    metrics = tmp_path / "extract.json"
    summarise.main(
        [
            *("--settings", json.dumps({"extract": {"families": {"texture": {"kind": "texture"}}}})),
            *(option for path in paths for option in ("--features", "main", "texture", path.stem, str(path))),
            *("--phantom", str(tmp_path / "phantom.csv"), "--metrics", str(metrics)),
        ]
    )
    phantom = pd.read_csv(tmp_path / "phantom.csv")
    assert set(phantom["engine"]) == {"texture"}
    assert phantom["agrees"].all()
    assert json.loads(metrics.read_text()) == {
        "main": {
            "texture": {
                "regions": 3,
                "cases": 1,
                "features": 3,
                "undefined_values": 3,
                "undefined_by_feature": {"texture__a": 1, "texture__b": 2},
                "constant_features": 2,
            }
        }
    }


def test_deep_features_come_from_the_same_random_network_in_every_chunk(tmp_path):
    from sonomics.extract import deep

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


def test_an_engine_that_misses_the_phantom_stops_the_study(monkeypatch):
    wrong = compute_phantom(["mazda"])
    wrong.loc[2, ["value", "agrees"]] = [9.0, False]
    monkeypatch.setattr(summarise, "compute_phantom", lambda engines: wrong)
    with pytest.raises(StudyError, match=r"mazda.*phantom is 9.*verify texture"):
        summarise.check_phantom(["mazda"])


def test_layers_of_a_network_have_columns_of_their_own_and_batches_change_nothing(tmp_path):
    from sonomics.extract import deep

    family = {"kind": "deep", "architecture": "test_resnet", "weights": "none", "size": 64, "batch": 2}
    chosen = {**family, "layers": ["layer2", "layer4"], "pooling": "avgmax"}
    rows = [crop_row(number, tmp_path) for number in range(5)]
    features, _ = extract(deep, chosen, rows, tmp_path, "deep")
    values = features.iloc[:, 6:]
    assert values.columns[0] == "deep__layer2_avgmax_000"
    assert values.columns.str.startswith(("deep__layer2_avgmax_", "deep__layer4_avgmax_")).all()
    whole, _ = extract(deep, {**chosen, "batch": 64}, rows, tmp_path, "deep")
    np.testing.assert_allclose(whole.iloc[:, 6:], values, rtol=1e-4, atol=1e-6)
    own, _ = extract(deep, family, rows, tmp_path, "deep")
    last = values.filter(like="layer4").iloc[:, : own.shape[1] - 6]
    np.testing.assert_allclose(own.iloc[:, 6:], last, rtol=1e-4, atol=1e-6)


def test_an_unreadable_crop_stops_the_reading_ahead(tmp_path):
    from sonomics.extract.deep import read_ahead

    files = [crop_row(number, tmp_path)["file"] for number in range(3)]
    assert [len(batch) for batch in read_ahead(files, 32, 2)] == [2, 1]
    assert list(read_ahead([], 32, 2)) == []
    with pytest.raises(FileNotFoundError):
        list(read_ahead([*files, "absent.png"], 32, 2))
