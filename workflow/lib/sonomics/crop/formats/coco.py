"""COCO: one JSON for many images."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sonomics.crop.outlines.drawings import MALFORMED, Drawing, Shape, combine_by_image
from sonomics.crop.outlines.rasterise import Mask, decode_run_lengths, fill_box, fill_polygon
from sonomics.crop.outlines.refusals import RefusedError

LONGEST = 60  # bits of a run


def read_coco(file: Path) -> dict[str, Drawing]:
    """Read the polygons, run lengths or, without either, the boxes of every image.

    Raises
    ------
    RefusedError
        `outline_unreadable` when the file is not a valid COCO file.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        names = {category["id"]: str(category["name"]) for category in content.get("categories", [])}
        shapes: dict[Any, list[Shape]] = {image["id"]: [] for image in content["images"]}
        for annotation in content["annotations"]:
            label = names.get(annotation.get("category_id"), "")
            shapes[annotation["image_id"]].append(Shape(label, partial(_fill, annotation)))
        listed = [
            (image["file_name"], shapes[image["id"]], int(image["height"]), int(image["width"]))
            for image in content["images"]
        ]
    except (AttributeError, *MALFORMED):
        raise RefusedError("outline_unreadable") from None
    return combine_by_image(listed)


def _fill(annotation: dict[str, Any], rows: int, columns: int) -> Mask:
    outline = annotation.get("segmentation")
    if isinstance(outline, dict):
        if outline["size"] != [rows, columns]:
            raise RefusedError("outline_size")
        counts = outline["counts"]
        return decode_run_lengths(decompress(counts) if isinstance(counts, str) else counts, rows, columns, order="F")
    if outline:
        return np.asarray(np.logical_or.reduce([fill_polygon(polygon, rows, columns) for polygon in outline]))
    left, top, width, height = annotation["bbox"]
    return fill_box(left, top, width, height, rows, columns)


def decompress(text: str) -> list[int]:
    """Decompress COCO's run lengths.

    Numbers are in base 32, a letter holds five bits and whether more follow, and each number after the third is the
    difference to the one two places before. The format is that of the COCO API's masks (Lin TY, et al., Microsoft
    COCO, 2014).

    Returns
    -------
    list of int
        Pixels in each run.
    """
    counts: list[int] = []
    number, shift = 0, 0
    for letter in text:
        bits = ord(letter) - 48
        if shift > LONGEST:
            raise ValueError("a run is longer than any image")
        number |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            number -= 1 << shift
        counts.append(number + (counts[-2] if len(counts) > 2 else 0))
        number, shift = 0, 0
    return counts
