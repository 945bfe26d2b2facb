"""CVAT for images 1.1: one XML for many images."""

from functools import partial
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sonomics.crop.outlines.drawings import (
    MALFORMED,
    Drawing,
    Mask,
    RefusedError,
    Shape,
    boxed,
    by_image,
    elliptic,
    filled,
    pasted,
    run_lengths,
    turned,
)


def read_cvat(file: Path) -> dict[str, Drawing]:
    """Read the polygons, boxes, ellipses and masks of every image; lines, points and tags have no inside.

    Raises
    ------
    RefusedError
        `outline_unreadable` when it is no CVAT file, or lists no image (as those for video do).
    """
    try:
        images = list(ElementTree.fromstring(file.read_bytes()).iter("image"))
        listed = [
            (image.attrib["name"], _shapes(image), int(image.attrib["height"]), int(image.attrib["width"]))
            for image in images
        ]
    except (ElementTree.ParseError, *MALFORMED):
        raise RefusedError("outline_unreadable") from None
    if not images:
        raise RefusedError("outline_unreadable")
    return by_image(listed)


def _shapes(image: Element) -> list[Shape]:
    return [Shape(drawn.get("label", ""), partial(fill, drawn)) for drawn in image if (fill := FILLERS.get(drawn.tag))]


def _numbers(drawn: Element, *names: str) -> list[float]:
    return [float(drawn.attrib[name]) for name in names]


def _degrees(drawn: Element) -> float:
    return float(drawn.get("rotation", 0))


def _polygon(drawn: Element, rows: int, columns: int) -> Mask:
    points = [[float(number) for number in point.split(",")] for point in drawn.attrib["points"].split(";")]
    return filled(points, rows, columns)


def _box(drawn: Element, rows: int, columns: int) -> Mask:
    left, top, right, bottom = _numbers(drawn, "xtl", "ytl", "xbr", "ybr")
    if not (degrees := _degrees(drawn)):
        return boxed(left, top, right - left, bottom - top, rows, columns)
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return filled(turned(corners, ((left + right) / 2, (top + bottom) / 2), degrees), rows, columns)


def _ellipse(drawn: Element, rows: int, columns: int) -> Mask:
    return elliptic(_numbers(drawn, "cx", "cy"), _numbers(drawn, "rx", "ry"), rows, columns, _degrees(drawn))


def _runs(drawn: Element, rows: int, columns: int) -> Mask:
    left, top, width, height = (int(drawn.attrib[name]) for name in ("left", "top", "width", "height"))
    counts = [int(number) for number in drawn.attrib["rle"].split(",")]
    return pasted(run_lengths(counts, height, width, order="C"), left, top, rows, columns)


FILLERS = {"polygon": _polygon, "box": _box, "ellipse": _ellipse, "mask": _runs}
