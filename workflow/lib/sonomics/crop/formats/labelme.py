"""LabelMe: a JSON an image."""

import json
from base64 import b64decode
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.images import read_mask
from sonomics.crop.outlines.drawings import (
    MALFORMED,
    Drawing,
    Mask,
    RefusedError,
    Shape,
    Wanted,
    boxed,
    elliptic,
    filled,
    pasted,
    united,
)

WITHOUT_INSIDE = ("point", "points", "line", "linestrip")


def read_labelme(file: Path) -> dict[str, Drawing]:
    """Read polygons, rectangles, circles and masks; points and lines have no inside and are left out."""
    return {file.stem: lambda wanted: _drawn(file, wanted)}


def _drawn(file: Path, wanted: Wanted) -> Mask:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows, columns = int(content["imageHeight"]), int(content["imageWidth"])
        shapes = [shape for drawn in content["shapes"] if (shape := _shape(drawn))]
    except MALFORMED:
        raise RefusedError("outline_unreadable") from None
    return united(shapes, rows, columns)(wanted)


def _shape(drawn: dict[str, Any]) -> Shape | None:
    kind = drawn.get("shape_type", "polygon")
    if kind in WITHOUT_INSIDE:
        return None
    points = np.asarray(drawn["points"], dtype=np.float64)
    return Shape(str(drawn["label"]), partial(FILLERS[kind], drawn, points))


def _polygon(drawn: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    return filled(points, rows, columns)


def _rectangle(drawn: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return boxed(left, top, right - left, bottom - top, rows, columns)


def _circle(drawn: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    centre, edge = points
    radius = float(np.hypot(*(edge - centre)))
    return elliptic(centre, (radius, radius), rows, columns)


def _mask(drawn: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    left, top = points[0].astype(int)
    return pasted(read_mask(BytesIO(b64decode(drawn["mask"]))), left, top, rows, columns)


FILLERS = {"polygon": _polygon, "rectangle": _rectangle, "circle": _circle, "mask": _mask}
