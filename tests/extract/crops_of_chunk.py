"""Crops of one chunk, and a job run on them, for tests of the jobs that extract features."""

import json

import numpy as np
import pandas as pd

from sonomics.core import schemas
from sonomics.core.images import write_png
from sonomics.core.tables import read_table, write_table

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
