"""LabelMe: one JSON per image."""

import json
from base64 import b64decode
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.images import read_mask
from sonomics.crop.outlines.drawings import MALFORMED, Drawing, MaskRequest, Shape, combine_shapes
from sonomics.crop.outlines.rasterise import Mask, fill_box, fill_ellipse, fill_polygon, paste
from sonomics.crop.outlines.refusals import RefusedError

WITHOUT_AREA = ("point", "points", "line", "linestrip")


def read_labelme(file: Path) -> dict[str, Drawing]:
    """Read polygons, rectangles, circles and masks; skip points and lines, which have no area."""
    return {file.stem: lambda request: _draw(file, request)}


def _draw(file: Path, request: MaskRequest) -> Mask:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        # Files written by scripts may lack the size: the frame's is known.
        height, width = content.get("imageHeight"), content.get("imageWidth")
        rows = request.rows if height is None else int(height)
        columns = request.columns if width is None else int(width)
        shapes = [shape for entry in content["shapes"] if (shape := _read_shape(entry))]
    except (AttributeError, *MALFORMED):
        raise RefusedError("outline_unreadable") from None
    return combine_shapes(shapes, rows, columns)(request)


def _read_shape(entry: dict[str, Any]) -> Shape | None:
    kind = entry.get("shape_type", "polygon")
    if kind in WITHOUT_AREA:
        return None
    points = np.asarray(entry["points"], dtype=np.float64)
    return Shape(str(entry["label"]), partial(FILLERS[kind], entry, points))


def _polygon(entry: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    return fill_polygon(points, rows, columns)


def _rectangle(entry: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return fill_box(left, top, right - left, bottom - top, rows, columns)


def _circle(entry: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    centre, edge = points
    radius = float(np.hypot(*(edge - centre)))
    return fill_ellipse(centre, (radius, radius), rows, columns)


def _mask(entry: dict[str, Any], points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    left, top = points[0].astype(int)
    return paste(read_mask(BytesIO(b64decode(entry["mask"]))), left, top, rows, columns)


FILLERS = {"polygon": _polygon, "rectangle": _rectangle, "circle": _circle, "mask": _mask}
