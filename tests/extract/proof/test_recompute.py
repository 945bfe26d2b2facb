"""Which regions are recomputed."""

import json

import pandas as pd

from sonomics.core import schemas
from sonomics.core.tables import write_table
from sonomics.extract.crops.job import read_job
from sonomics.extract.proof.recompute import choose_regions
from sonomics.kinds.families.texture import Texture
from tests.extract.crops_of_chunk import TEXTURE, crop_row

OWN = {**TEXTURE, "kind": "texture", "filters": {"original": {}, "wavelet": {}}}


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
