"""Curves of clips as features of their images."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core import schemas
from sonomics.core.images import write_png
from sonomics.core.tables import read_table, write_table
from sonomics.extract import contrast


def curve(clip: str, peak: float) -> dict[str, object]:
    texts = {name: "" for name, kind in schemas.CURVES.columns.items() if kind == "str"}
    numbers = {name: 1 if kind == "int" else peak for name, kind in schemas.CURVES.columns.items() if kind != "str"}
    return {**texts, **numbers, "clip": clip}


def test_every_image_has_the_curve_of_its_clip(inside: Path) -> None:
    images = ["P1-e1-i1-f0", "P1-e1-i2-f14", "P1-e1-i2-f40", "P1-e1-i3-f7-r1"]
    crops = {name: "" for name, kind in schemas.CROPS.columns.items() if kind == "str"}
    crops |= {name: 1 for name, kind in schemas.CROPS.columns.items() if kind in ("int", "float")}
    write_png(Path("a.png"), np.zeros((4, 4), np.uint8))
    table = pd.DataFrame(
        {**crops, "file": "a.png", "mask": "a.png", "image": [*images, "P1-e1-i9-f0"], "keep": [True] * 4 + [False]}
    )
    write_table(table.astype({"spacing_mm": float}), Path("crops.parquet"), schemas.CROPS)
    curves = [curve("P1-e1-i2", 50.0), curve("P1-e1-i3-r0", 10.0), curve("P1-e1-i3-r1", 30.0)]
    write_table(pd.DataFrame(curves), Path("curves.parquet"), schemas.CURVES)
    settings = json.dumps({"extract": {"families": {"tic": {"kind": "contrast"}}}})
    contrast.main(
        [
            "--settings",
            settings,
            "--family",
            "tic",
            "--crops",
            "crops.parquet",
            "--curves",
            "curves.parquet",
            "--out",
            "features.parquet",
        ]
    )
    features = read_table(Path("features.parquet"), schemas.FEATURES).set_index("image")
    assert list(features.index) == sorted(images)
    np.testing.assert_array_equal(features.loc[images, "tic__peak"], [np.nan, 50, 50, 30])
    names = [name for name in features if name.startswith("tic__")]
    assert names == [f"tic__{name}" for name in contrast.PARAMETERS]
