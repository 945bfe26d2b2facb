"""What a reader drew on one image, whatever the tool: a mask on demand."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Mask = NDArray[np.bool_]
Picture = TypeVar("Picture")
CORNERS = 64  # of the polygon that stands for an ellipse
# What the content of a file raises where it is not what it should be.
MALFORMED = (ArithmeticError, LookupError, OSError, TypeError, ValueError)


class RefusedError(Exception):
    """An outline that cannot be used.

    Parameters
    ----------
    code : str
        A key of `sonomics.crop.outlines.intake.REASONS`, written in the table.
    detail : str
        What was found, for the log.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


class Wanted(NamedTuple):
    """Which mask is asked for.

    Attributes
    ----------
    label : str
        Name, number or colour (`#rrggbb`) of the structure; "" takes everything that was drawn.
    rows, columns : int
        Size of the exported frame.
    frame : int
        Number of the frame in its instance, from 0.
    """

    label: str
    rows: int
    columns: int
    frame: int


Drawing = Callable[[Wanted], Mask]


def labelled(values: NDArray[np.integer], label: str) -> Mask:
    """Mark the pixels of one label, or of any above zero.

    Raises
    ------
    RefusedError
        `outline_label` when the label is no number, or no pixel has it though others have another.
    """
    if not label:
        return values > 0
    if not label.isdigit():
        raise RefusedError("outline_label")
    inside = values == int(label)
    if not inside.any() and (values > 0).any():
        raise RefusedError("outline_label")
    return inside


def of_frame(stack: Sequence[Picture], frame: int) -> Picture:
    """Take the picture of one frame out of several; a single one holds for every frame.

    Raises
    ------
    RefusedError
        `outline_frames` when there are several, and none for the frame.
    """
    if len(stack) == 1:
        return stack[0]
    if frame >= len(stack):
        raise RefusedError("outline_frames")
    return stack[frame]


def filled(polygon: ArrayLike, rows: int, columns: int) -> Mask:
    """Fill a polygon.

    Parameters
    ----------
    polygon : (points, 2) array
        x and y in pixels; 0, 0 is the upper left corner of the first pixel, as drawing tools count.
    rows, columns : int

    Returns
    -------
    (rows, columns) bool array
        Pixels whose centre lies inside.
    """
    from skimage.draw import polygon2mask

    points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    return np.asarray(polygon2mask((rows, columns), points[:, ::-1] - 0.5), dtype=np.bool_)


def elliptic(centre: ArrayLike, axes: ArrayLike, rows: int, columns: int, degrees: float = 0.0) -> Mask:
    """Fill an ellipse of two half axes, across and down, in pixels, turned clockwise about its centre."""
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    points = np.asarray(centre) + np.column_stack([np.cos(turn), np.sin(turn)]) * np.asarray(axes)
    return filled(turned(points, centre, degrees), rows, columns)


def turned(points: ArrayLike, centre: ArrayLike, degrees: float) -> NDArray[np.float64]:
    """Turn (points, 2) x and y about a centre, clockwise as seen on the screen."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = np.asarray(centre, dtype=np.float64)
    return (np.asarray(points, dtype=np.float64) - middle) @ np.array([[cos, sin], [-sin, cos]]) + middle


def boxed(left: float, top: float, width: float, height: float, rows: int, columns: int) -> Mask:
    """Fill a box given in pixels; its edges are rounded to whole pixels and cut at the picture's."""
    mask = np.zeros((rows, columns), dtype=np.bool_)
    first_row, first_column = max(0, round(top)), max(0, round(left))
    mask[first_row : max(0, round(top + height)), first_column : max(0, round(left + width))] = True
    return mask


def pasted(part: Mask, left: int, top: int, rows: int, columns: int) -> Mask:
    """Put the mask of a part of the picture in its place.

    Raises
    ------
    ValueError
        When the part does not lie in the picture.
    """
    mask = np.zeros((rows, columns), dtype=np.bool_)
    mask[top : top + part.shape[0], left : left + part.shape[1]] = part
    return mask


def run_lengths(counts: ArrayLike, rows: int, columns: int, order: str) -> Mask:
    """Decode run lengths that alternate between outside and inside, outside first.

    Parameters
    ----------
    counts : (n,) array of int
    rows, columns : int
    order : {"F", "C"}
        Whether runs go down columns (COCO) or along rows (CVAT).

    Raises
    ------
    ValueError
        When the runs do not fill the picture.
    """
    runs = np.asarray(counts, dtype=np.int64)
    if runs.sum() != rows * columns:
        raise ValueError("the runs do not fill the picture")
    values = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return values.reshape((rows, columns), order="F" if order == "F" else "C")


class Shape(NamedTuple):
    """One labelled shape of a drawing tool, and how to fill it into (rows, columns)."""

    label: str
    fill: Callable[[int, int], Mask]


def united(shapes: list[Shape], rows: int, columns: int) -> Drawing:
    """Make the drawing of all shapes on one image.

    Parameters
    ----------
    shapes : list of Shape
    rows, columns : int
        Size of the image as the tool states it.

    Returns
    -------
    Drawing
        It refuses as `outline_label` when no shape has the label, as `outline_unreadable` when a shape is malformed.
    """

    def draw(wanted: Wanted) -> Mask:
        chosen = [shape for shape in shapes if wanted.label in ("", shape.label)]
        if shapes and not chosen:
            raise RefusedError("outline_label")
        mask = np.zeros((rows, columns), dtype=np.bool_)
        try:
            for shape in chosen:
                mask |= shape.fill(rows, columns)
        except MALFORMED:
            raise RefusedError("outline_unreadable") from None
        return mask

    return draw


def by_image(listed: Iterable[tuple[str, list[Shape], int, int]]) -> dict[str, Drawing]:
    """Make the drawings of a file for many images.

    Parameters
    ----------
    listed : iterable of (file name of the image, shapes, rows, columns)
        An image without a shape was listed, not outlined, and has no drawing.

    Raises
    ------
    RefusedError
        `outline_unreadable` when two images have the same name.
    """
    drawings: dict[str, Drawing] = {}
    for name, shapes, rows, columns in listed:
        if not shapes:
            continue
        stem = PurePosixPath(name).stem
        if stem in drawings:
            raise RefusedError("outline_unreadable")
        drawings[stem] = united(shapes, rows, columns)
    return drawings
