"""LabelMe: a JSON an image."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.crop.drawings import Drawing, Mask, RefusedError, Shape, Wanted, boxed, filled, united

CORNERS = 64


def read_labelme(file: Path) -> dict[str, Drawing]:
    """Read polygons, rectangles and circles; points and lines have no inside and are left out."""
    return {file.stem: lambda wanted: _drawn(file, wanted)}


def _drawn(file: Path, wanted: Wanted) -> Mask:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows, columns = int(content["imageHeight"]), int(content["imageWidth"])
        shapes = [shape for drawn in content["shapes"] if (shape := _shape(drawn))]
    except (ValueError, KeyError, TypeError):
        raise RefusedError("outline_unreadable") from None
    return united(shapes, rows, columns)(wanted)


def _shape(drawn: dict[str, Any]) -> Shape | None:
    points = np.asarray(drawn["points"], dtype=np.float64)
    kind, label = drawn.get("shape_type", "polygon"), str(drawn["label"])
    if kind == "polygon" and len(points) >= 3:
        return Shape(label, partial(filled, points))
    if kind == "rectangle":
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return Shape(label, partial(boxed, left, top, right - left, bottom - top))
    if kind == "circle":
        return Shape(label, partial(_disc, points))
    return None


def _disc(points: NDArray[np.float64], rows: int, columns: int) -> Mask:
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = float(np.hypot(*(points[1] - points[0])))
    return filled(points[0] + radius * np.column_stack([np.cos(turn), np.sin(turn)]), rows, columns)
