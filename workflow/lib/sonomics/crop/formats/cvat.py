"""CVAT for images 1.1: one XML for many images."""

from functools import partial
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from sonomics.crop.drawings import Drawing, Mask, RefusedError, Shape, boxed, filled, run_lengths, united

CORNERS = 64


def read_cvat(file: Path) -> dict[str, Drawing]:
    """Read the polygons, boxes, ellipses and masks of every image.

    Raises
    ------
    RefusedError
        `outline_unreadable` when it is no CVAT file.
    """
    try:
        root = ElementTree.fromstring(file.read_bytes())
        drawings = {}
        for image in root.iter("image"):
            shapes = [shape for drawn in image if (shape := _shape(drawn))]
            name = Path(str(image.attrib["name"])).stem
            drawings[name] = united(shapes, int(image.attrib["height"]), int(image.attrib["width"]))
    except (ElementTree.ParseError, KeyError, ValueError):
        raise RefusedError("outline_unreadable") from None
    return drawings


def _shape(drawn: Element) -> Shape | None:
    fill = FILLERS.get(drawn.tag)
    return Shape(drawn.get("label", ""), partial(fill, drawn)) if fill else None


def _numbers(drawn: Element, *names: str) -> list[float]:
    return [float(drawn.attrib[name]) for name in names]


def _polygon(drawn: Element, rows: int, columns: int) -> Mask:
    points = [[float(number) for number in point.split(",")] for point in drawn.attrib["points"].split(";")]
    return filled(points, rows, columns)


def _box(drawn: Element, rows: int, columns: int) -> Mask:
    left, top, right, bottom = _numbers(drawn, "xtl", "ytl", "xbr", "ybr")
    return boxed(left, top, right - left, bottom - top, rows, columns)


def _ellipse(drawn: Element, rows: int, columns: int) -> Mask:
    x, y, across, down = _numbers(drawn, "cx", "cy", "rx", "ry")
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    return filled(np.column_stack([x + across * np.cos(turn), y + down * np.sin(turn)]), rows, columns)


def _runs(drawn: Element, rows: int, columns: int) -> Mask:
    left, top, width, height = (round(number) for number in _numbers(drawn, "left", "top", "width", "height"))
    counts = [int(number) for number in drawn.attrib["rle"].split(",")]
    mask = np.zeros((rows, columns), dtype=np.bool_)
    mask[top : top + height, left : left + width] = run_lengths(counts, height, width, order="C")
    return mask


FILLERS = {"polygon": _polygon, "box": _box, "ellipse": _ellipse, "mask": _runs}
