"""Regions that no feature can be taken of end as undefined values, never as an error or a lost row."""

import numpy as np
import pytest

from sonomics.core.images import write_png
from sonomics.extract import mazda, pyradiomics, texture
from tests.extract.crops_of_chunk import TEXTURE, crop_row, extract

KINDS = {
    "pyradiomics": (pyradiomics, TEXTURE),
    "texture": (texture, {**TEXTURE, "kind": "texture"}),
    "mazda": (mazda, {"kind": "mazda", "normalisation": "sigma", "resample_mm": None}),
}
SHAPE = (24, 30)


def regions() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Pixels and mask of a plain region and of odd ones."""
    noise = np.random.default_rng(0).integers(1, 256, SHAPE).astype(np.uint8)
    dot, edge, whole = (np.zeros(SHAPE, bool) for _ in range(3))
    dot[10, 10] = True
    edge[:, :9] = True
    whole[:] = True
    return {
        "plain": (noise, np.pad(np.ones((16, 20), bool), ((4, 4), (5, 5)))),
        "empty": (noise, np.zeros(SHAPE, bool)),
        "dot": (noise, dot),
        "edge": (noise, edge),
        "whole": (noise, whole),
        "constant": (np.full(SHAPE, 77, np.uint8), np.pad(np.ones((16, 20), bool), ((4, 4), (5, 5)))),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_odd_regions_are_rows_with_undefined_values(tmp_path, kind):
    job, family = KINDS[kind]
    rows = []
    for number, (pixels, mask) in enumerate(regions().values(), start=1):
        row = crop_row(number, tmp_path)
        write_png(tmp_path / f"{row['image']}.png", pixels)
        write_png(tmp_path / f"{row['image']}.mask.png", mask)
        rows.append({**row, "outline_pixels": int(mask.sum())})
    features, _ = extract(job, family, rows, tmp_path)
    values = dict(zip(regions(), features.iloc[:, 7:].to_numpy(), strict=True))
    assert not np.isinf(features.iloc[:, 7:].to_numpy()).any()
    share = {name: np.isfinite(of).mean() for name, of in values.items()}
    assert share["empty"] == 0
    assert share["plain"] > 0.9
    assert share["edge"] > 0.9
    assert share["whole"] > 0.9
    assert share["dot"] < 0.5
    assert share["constant"] < 0.6


def test_resampling_a_dot_away_leaves_a_row_without_values(tmp_path):
    row = crop_row(1, tmp_path, spacing=0.1)
    pixels, mask = regions()["dot"]
    write_png(tmp_path / f"{row['image']}.png", pixels)
    write_png(tmp_path / f"{row['image']}.mask.png", mask)
    features, _ = extract(pyradiomics, {**TEXTURE, "resample_mm": 1.0}, [row], tmp_path)
    assert len(features) == 1
    assert features.iloc[0, 7:].isna().all()
