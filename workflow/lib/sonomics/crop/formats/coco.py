"""COCO: one JSON for many images."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sonomics.crop.outlines.drawings import (
    MALFORMED,
    Drawing,
    Mask,
    RefusedError,
    Shape,
    boxed,
    by_image,
    filled,
    run_lengths,
)


def read_coco(file: Path) -> dict[str, Drawing]:
    """Read the polygons, run lengths or, without either, the boxes of every image.

    Raises
    ------
    RefusedError
        `outline_unreadable` when it is no COCO file.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        names = {category["id"]: str(category["name"]) for category in content.get("categories", [])}
        shapes: dict[Any, list[Shape]] = {image["id"]: [] for image in content["images"]}
        for drawn in content["annotations"]:
            label = names.get(drawn.get("category_id"), "")
            shapes[drawn["image_id"]].append(Shape(label, partial(_mask, drawn)))
        listed = [
            (image["file_name"], shapes[image["id"]], int(image["height"]), int(image["width"]))
            for image in content["images"]
        ]
    except (AttributeError, *MALFORMED):
        raise RefusedError("outline_unreadable") from None
    return by_image(listed)


def _mask(drawn: dict[str, Any], rows: int, columns: int) -> Mask:
    outline = drawn.get("segmentation")
    if isinstance(outline, dict):
        if outline["size"] != [rows, columns]:
            raise RefusedError("outline_size")
        counts = outline["counts"]
        return run_lengths(uncompressed(counts) if isinstance(counts, str) else counts, rows, columns, order="F")
    if outline:
        return np.logical_or.reduce([filled(polygon, rows, columns) for polygon in outline])
    left, top, width, height = drawn["bbox"]
    return boxed(left, top, width, height, rows, columns)


def uncompressed(text: str) -> list[int]:
    """Read COCO's compressed run lengths: numbers in base 32, six bits a letter, each after the third as a difference.

    The format is that of the COCO API's masks (Lin TY, et al., Microsoft COCO, 2014).
    """
    counts: list[int] = []
    number, shift = 0, 0
    for letter in text:
        bits = ord(letter) - 48
        number |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            number -= 1 << shift
        counts.append(number + (counts[-2] if len(counts) > 2 else 0))
        number, shift = 0, 0
    return counts
