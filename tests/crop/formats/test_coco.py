"""Annotations in COCO's format."""

import json

import numpy as np
import pytest

from sonomics.crop.formats.coco import read_coco
from sonomics.crop.outlines.refusals import RefusedError
from tests.crop.formats.boxes_on_image import BOX, COLUMNS, CORNERS, OTHER, ROWS, STEM, read, refused


def coco(tmp_path, *segmentations, images=(f"images/{STEM}.jpg",), **changes):
    annotations = [
        {"image_id": 7, "category_id": 1 + number, "bbox": [15, 10, 20, 10], "segmentation": segmentation, **changes}
        for number, segmentation in enumerate(segmentations)
    ]
    content = {
        "images": [
            {"id": 7 + number, "file_name": name, "height": ROWS, "width": COLUMNS}
            for number, name in enumerate(images)
        ],
        "categories": [{"id": 1, "name": "lesion"}, {"id": 2, "name": "cyst"}],
        "annotations": annotations,
    }
    file = tmp_path / "all.coco.json"
    file.write_text(json.dumps(content))
    return file


def runs(mask, order):
    values = mask.ravel(order=order).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], values]))) if values[0] == 0 else None
    return np.diff(np.concatenate([[0], edges, [values.size]])).tolist()


def compressed(counts):
    text = ""
    for position, count in enumerate(counts):
        number = count - (counts[position - 2] if position > 2 else 0)
        more = True
        while more:
            bits = number & 0x1F
            number >>= 5
            more = number != (-1 if bits & 0x10 else 0)
            text += chr((bits | (0x20 if more else 0)) + 48)
    return text


@pytest.mark.parametrize(
    "segmentation",
    [
        [[number for corner in CORNERS for number in corner]],
        [],
        {"size": [ROWS, COLUMNS], "counts": runs(BOX, "F")},
        {"size": [ROWS, COLUMNS], "counts": compressed(runs(BOX, "F"))},
    ],
)
def test_coco_polygons_boxes_and_run_lengths(tmp_path, segmentation):
    file = coco(tmp_path, segmentation)
    assert (read(file) == BOX).all()
    assert (read(file, label="lesion") == BOX).all()
    assert refused(file, label="cyst") == "outline_label"


def test_coco_files_of_several_annotations(tmp_path):
    box = [number for corner in CORNERS for number in corner]
    other = [5, 30, 10, 30, 10, 35, 5, 35]
    file = coco(tmp_path, [box], [other])
    assert (read(file) == BOX | OTHER).all()
    assert (read(file, label="cyst") == OTHER).all()
    assert (read(coco(tmp_path, [box, other]), label="lesion") == BOX | OTHER).all()


def test_an_image_that_is_listed_but_not_outlined_has_no_drawing(tmp_path):
    assert read_coco(coco(tmp_path)) == {}


def test_an_image_that_a_file_outlines_twice_is_refused(tmp_path):
    file = coco(tmp_path, [], images=("a/x.png", "b/x.png"))
    content = json.loads(file.read_text())
    content["annotations"].append({**content["annotations"][0], "image_id": 8})
    file.write_text(json.dumps(content))
    with pytest.raises(RefusedError, match="image_outlined_twice"):
        read_coco(file)


@pytest.mark.parametrize(
    "segmentation",
    [
        {"size": [ROWS, COLUMNS], "counts": [3, 4]},
        {"size": [ROWS, COLUMNS], "counts": [-5, ROWS * COLUMNS + 5]},
        {"counts": [0, ROWS * COLUMNS]},
        [[1, 2, 3]],
        [[]],
    ],
)
def test_malformed_coco_annotations_set_their_image_aside(tmp_path, segmentation):
    assert refused(coco(tmp_path, segmentation)) == "outline_unreadable"


def test_a_coco_annotation_without_polygon_and_box(tmp_path):
    assert refused(coco(tmp_path, [], bbox=[])) == "outline_unreadable"


def test_run_lengths_of_another_size_than_the_image(tmp_path):
    assert refused(coco(tmp_path, {"size": [COLUMNS, ROWS], "counts": runs(BOX.T, "F")})) == "outline_size"
