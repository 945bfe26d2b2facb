"""Which regions are recomputed."""

import json

import numpy as np
import pandas as pd
import pytest

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.images import read_grey, read_mask
from sonomics.core.tables import write_table
from sonomics.extract.crops.job import read_job
from sonomics.extract.proof.recompute import choose_regions, prove
from sonomics.kinds.families.texture import Texture
from sonomics.texture.region import compute_features, name_features
from tests.extract.crops_of_chunk import TEXTURE, crop_row

OWN = {**TEXTURE, "kind": "texture", "filters": {"original": {}, "wavelet": {}}}


def job(rows, folder, own=OWN):
    crops = folder / "crops.parquet"
    write_table(pd.DataFrame(rows, columns=list(schemas.CROPS.columns)), crops, schemas.CROPS)
    settings = {"study": {"seed": 1}, "extract": {"families": {"texture": own}}}
    command = ["--settings", json.dumps(settings), "--family", "texture", "--crops", str(crops), "--out", "out.parquet"]
    return read_job("A job.", command, Texture)


def test_drawn_regions_depend_on_the_regions_alone(tmp_path):
    rows = [crop_row(number, tmp_path) for number in range(12)]
    chosen = choose_regions(job(rows, tmp_path), 3)["image"].tolist()
    assert len(set(chosen)) == 3
    others = [row for row in rows if row["image"] in chosen or row["case"] < "P5"]
    assert choose_regions(job(others, tmp_path), 3)["image"].tolist() == chosen
    assert len(choose_regions(job(rows[:2], tmp_path), 3)) == 2


@pytest.mark.parametrize(("classes", "undefined"), [(["gldzm", "glcm"], False), (["gldzm"], False), (["glcm"], True)])
def test_classes_that_pyradiomics_lacks_are_left_out_of_the_proof(classes, undefined, tmp_path):
    this = job([crop_row(number, tmp_path) for number in range(2)], tmp_path, {**OWN, "classes": classes})
    names = name_features(classes, this.family.filters)
    values = np.full((2, len(names)), np.nan)
    for row, crop in enumerate(this.crops.itertuples()):
        pixels, mask = read_grey(crop.file).astype(float), read_mask(crop.mask)
        values[row] = compute_features(pixels, mask, classes, this.family.filters, this.family.bins)
    if undefined:
        values[:] += 1
        with pytest.raises(StudyError, match="by PyRadiomics"):
            prove(this, names, values, 2)
    else:
        assert prove(this, names, values, 2) == []
