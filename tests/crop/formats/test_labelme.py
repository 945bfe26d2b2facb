"""Shapes of LabelMe."""

import json
from base64 import b64encode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.crop.formats.boxes_on_image import BOX, COLUMNS, CORNERS, OTHER, ROWS, STEM, read, refused


def labelme(tmp_path, shapes):
    file = tmp_path / f"{STEM}.json"
    file.write_text(json.dumps({"imageHeight": ROWS, "imageWidth": COLUMNS, "shapes": shapes}))
    return file


def test_labelme(tmp_path):
    shapes = [
        {"label": "lesion", "shape_type": "polygon", "points": CORNERS},
        {"label": "cyst", "shape_type": "rectangle", "points": [[10, 35], [5, 30]]},
        {"label": "note", "shape_type": "point", "points": [[1, 1]]},
    ]
    file = labelme(tmp_path, shapes)
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert refused(file, label="note") == "outline_label"


def test_labelme_circles(tmp_path):
    found = read(labelme(tmp_path, [{"label": "a", "shape_type": "circle", "points": [[25, 20], [35, 20]]}]))
    assert found.sum() == pytest.approx(np.pi * 100, rel=0.08)
    assert np.allclose(np.argwhere(found).mean(axis=0) + 0.5, [20, 25], atol=0.3)


def test_labelme_masks(tmp_path):
    png = BytesIO()
    Image.fromarray(np.ones((10, 20), bool)).save(png, "PNG")
    shape = {"label": "lesion", "shape_type": "mask", "points": [[15, 10], [34, 19]]}
    shape["mask"] = b64encode(png.getvalue()).decode()
    assert (read(labelme(tmp_path, [shape])) == BOX).all()


@pytest.mark.parametrize(
    "shape",
    [
        {"shape_type": "rotation", "points": CORNERS},
        {"shape_type": "circle", "points": [[1, 1]]},
        {"shape_type": "rectangle", "points": []},
        {"shape_type": "polygon", "points": [[1, 2, 3]]},
        {"shape_type": "mask", "points": [[0, 0], [1, 1]], "mask": "!"},
    ],
)
def test_labelme_shapes_that_are_unknown_or_malformed(tmp_path, shape):
    assert refused(labelme(tmp_path, [{"label": "a", **shape}])) == "outline_unreadable"


def test_labelme_without_the_size_of_its_image_is_of_the_frame(tmp_path):
    shape = {"label": "lesion", "points": CORNERS}
    for size in ({}, {"imageHeight": None, "imageWidth": None}, {"imageHeight": ROWS}):
        (tmp_path / f"{STEM}.json").write_text(json.dumps({"shapes": [shape], **size}))
        assert (read(tmp_path / f"{STEM}.json") == BOX).all()


def test_points_before_the_first_pixel_are_clipped(tmp_path):
    shape = {"label": "a", "shape_type": "polygon", "points": [[-20.5, -15], [20, -15], [20, 10], [-20.5, 10]]}
    found = read(labelme(tmp_path, [shape]))
    assert found[:10, :20].all()
    assert found.sum() == 200


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_labelme_files_that_are_none(tmp_path, content):
    (tmp_path / f"{STEM}.json").write_text(content)
    assert refused(tmp_path / f"{STEM}.json") == "outline_unreadable"
