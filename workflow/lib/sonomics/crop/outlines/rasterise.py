"""Turn what drawing tools store into masks: labels, frames, polygons, ellipses, boxes, run lengths."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sonomics.crop.outlines.refusals import RefusedError

Mask = NDArray[np.bool_]
Picture = TypeVar("Picture")
CORNERS = 64  # of the polygon that stands for an ellipse


def select_label(values: NDArray[np.integer[Any]], label: str) -> Mask:
    """Select the pixels of one label, or with label "" of any label above zero.

    Parameters
    ----------
    values : int array
        Label of each pixel; 0 is background.
    label : str
        A whole number as text, or "".

    Returns
    -------
    bool array
        Of the same shape.

    Raises
    ------
    RefusedError
        `outline_label` when the label is not a whole number, or when only other labels occur.
    """
    if not label:
        return np.asarray(values > 0, dtype=np.bool_)
    if not (label.isascii() and label.isdigit()):
        raise RefusedError("outline_label")
    mask = np.asarray(values == int(label), dtype=np.bool_)
    if not mask.any() and (values > 0).any():
        raise RefusedError("outline_label")
    return mask


def select_frame(pictures: Sequence[Picture], frame: int) -> Picture:
    """Select the picture of one frame; a single picture holds for every frame.

    Raises
    ------
    RefusedError
        `outline_frames` when there are several pictures, but none for the frame.
    """
    if len(pictures) == 1:
        return pictures[0]
    if frame >= len(pictures):
        raise RefusedError("outline_frames")
    return pictures[frame]


def fill_polygon(polygon: ArrayLike, rows: int, columns: int) -> Mask:
    """Fill a polygon.

    Parameters
    ----------
    polygon : (points, 2) array
        x and y in pixels; 0, 0 is the upper left corner of the first pixel, as drawing tools count.
    rows, columns : int
        Size of the mask.

    Returns
    -------
    (rows, columns) bool array
        Pixels whose centre lies inside.
    """
    from skimage.draw import polygon2mask

    points = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    return np.asarray(polygon2mask((rows, columns), points[:, ::-1] - 0.5), dtype=np.bool_)


def fill_ellipse(centre: ArrayLike, half_axes: ArrayLike, rows: int, columns: int, degrees: float = 0.0) -> Mask:
    """Fill an ellipse.

    Parameters
    ----------
    centre : (2,) array
        x and y in pixels.
    half_axes : (2,) array
        Half the width and half the height before the rotation, pixels.
    rows, columns : int
        Size of the mask.
    degrees : float
        Rotation about the centre, clockwise on the screen.

    Returns
    -------
    (rows, columns) bool array
    """
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    points = np.asarray(centre) + np.column_stack([np.cos(angles), np.sin(angles)]) * np.asarray(half_axes)
    return fill_polygon(rotate(points, centre, degrees), rows, columns)


def rotate(points: ArrayLike, centre: ArrayLike, degrees: float) -> NDArray[np.float64]:
    """Rotate (points, 2) x and y about a centre, clockwise on the screen."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = np.asarray(centre, dtype=np.float64)
    rotation = np.array([[cos, sin], [-sin, cos]])
    return np.asarray((np.asarray(points, dtype=np.float64) - middle) @ rotation + middle)


def fill_box(left: float, top: float, width: float, height: float, rows: int, columns: int) -> Mask:
    """Fill a box given in pixels; its edges are rounded to whole pixels and cut at the image's edge."""
    mask = np.zeros((rows, columns), dtype=np.bool_)
    first_row, first_column = max(0, round(top)), max(0, round(left))
    mask[first_row : max(0, round(top + height)), first_column : max(0, round(left + width))] = True
    return mask


def paste(part: Mask, left: int, top: int, rows: int, columns: int) -> Mask:
    """Paste the mask of a part of the image into a mask of the whole image.

    Raises
    ------
    ValueError
        When the part does not lie in the image.
    """
    mask = np.zeros((rows, columns), dtype=np.bool_)
    mask[top : top + part.shape[0], left : left + part.shape[1]] = part
    return mask


def decode_run_lengths(counts: ArrayLike, rows: int, columns: int, order: str) -> Mask:
    """Decode run lengths that alternate between outside and inside, outside first.

    Parameters
    ----------
    counts : (n,) array of int
        Pixels in each run.
    rows, columns : int
        Size of the mask.
    order : {"F", "C"}
        Whether runs go down columns (COCO) or along rows (CVAT).

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    ValueError
        When the runs do not fill the image.
    """
    runs = np.asarray(counts, dtype=np.int64)
    if runs.sum() != rows * columns:
        raise ValueError("the runs do not fill the image")
    values = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return values.reshape((rows, columns), order="F" if order == "F" else "C")
