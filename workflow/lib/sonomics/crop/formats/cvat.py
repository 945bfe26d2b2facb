"""CVAT for images 1.1: one XML for many images."""

from functools import partial
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sonomics.core.words import parse_number
from sonomics.crop.outlines.drawings import MALFORMED, Drawing, Shape, combine_by_image
from sonomics.crop.outlines.rasterise import (
    Mask,
    decode_run_lengths,
    fill_box,
    fill_ellipse,
    fill_polygon,
    paste,
    rotate,
)
from sonomics.crop.outlines.refusals import VIDEO, RefusedError


def read_cvat(file: Path) -> dict[str, Drawing]:
    """Read the polygons, boxes, ellipses and masks of every image; skip lines, points and tags, which have no area.

    Raises
    ------
    RefusedError
        `outline_unreadable` when the file is not a valid CVAT file or lists no image, `outline_video` when it lists
        tracks in place of images.
    """
    try:
        content = ElementTree.fromstring(file.read_bytes())
        images = list(content.iter("image"))
        listed = [
            (image.attrib["name"], _shapes(image), int(image.attrib["height"]), int(image.attrib["width"]))
            for image in images
        ]
    except (ElementTree.ParseError, *MALFORMED):
        raise RefusedError("outline_unreadable") from None
    if not images:
        raise RefusedError("outline_unreadable" if content.find("track") is None else VIDEO)
    return combine_by_image(listed)


def _shapes(image: Element) -> list[Shape]:
    return [
        Shape(element.get("label", ""), partial(fill, element))
        for element in image
        if (fill := FILLERS.get(element.tag))
    ]


def _numbers(element: Element, *names: str) -> list[float]:
    return [parse_number(element.attrib[name]) for name in names]


def _degrees(element: Element) -> float:
    return parse_number(element.get("rotation", "0"))


def _polygon(element: Element, rows: int, columns: int) -> Mask:
    points = [[parse_number(number) for number in point.split(",")] for point in element.attrib["points"].split(";")]
    return fill_polygon(points, rows, columns)


def _box(element: Element, rows: int, columns: int) -> Mask:
    left, top, right, bottom = _numbers(element, "xtl", "ytl", "xbr", "ybr")
    if not (degrees := _degrees(element)):
        return fill_box(left, top, right - left, bottom - top, rows, columns)
    corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return fill_polygon(rotate(corners, ((left + right) / 2, (top + bottom) / 2), degrees), rows, columns)


def _ellipse(element: Element, rows: int, columns: int) -> Mask:
    return fill_ellipse(_numbers(element, "cx", "cy"), _numbers(element, "rx", "ry"), rows, columns, _degrees(element))


def _mask(element: Element, rows: int, columns: int) -> Mask:
    left, top, width, height = (int(element.attrib[name]) for name in ("left", "top", "width", "height"))
    counts = [int(number) for number in element.attrib["rle"].split(",")]
    return paste(decode_run_lengths(counts, height, width, order="C"), left, top, rows, columns)


FILLERS = {"polygon": _polygon, "box": _box, "ellipse": _ellipse, "mask": _mask}
