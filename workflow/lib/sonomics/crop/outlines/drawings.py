"""What a reader drew on one image, whatever the tool: a mask on request."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from sonomics.crop.outlines.names import stem_of_file
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import TWICE, RefusedError

# What reading the content of a file raises when the content is not as expected.
MALFORMED = (ArithmeticError, LookupError, MemoryError, OSError, RecursionError, TypeError, ValueError)
# Pixels of an image that a file states: many times what a scanner writes. A convention.
MOST_PIXELS = 2**26


class MaskRequest(NamedTuple):
    """Which mask to draw.

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


Drawing = Callable[[MaskRequest], Mask]


class Shape(NamedTuple):
    """One labelled shape of a drawing tool.

    Attributes
    ----------
    label : str
        Name of the structure.
    fill : callable
        Fills the shape into an image of (rows, columns) and returns its mask.
    """

    label: str
    fill: Callable[[int, int], Mask]


def combine_shapes(shapes: list[Shape], rows: int, columns: int) -> Drawing:
    """Combine all shapes on one image into a drawing.

    Parameters
    ----------
    shapes : list of Shape
    rows, columns : int
        Size of the image as the tool states it.

    Returns
    -------
    Drawing
        It raises RefusedError: `outline_label` when no shape has the label, `outline_size` when the stated size is
        impossible, `outline_unreadable` when a shape is malformed.
    """

    def draw(request: MaskRequest) -> Mask:
        chosen = [shape for shape in shapes if request.label in ("", shape.label)]
        if shapes and not chosen:
            raise RefusedError("outline_label")
        if not 0 < rows * columns <= MOST_PIXELS or rows < 0:
            raise RefusedError("outline_size", f"{rows} x {columns}, not {request.rows} x {request.columns}")
        mask = np.zeros((rows, columns), dtype=np.bool_)
        try:
            for shape in chosen:
                mask |= shape.fill(rows, columns)
        except MALFORMED:
            raise RefusedError("outline_unreadable") from None
        return mask

    return draw


def combine_by_image(listed: Iterable[tuple[str, list[Shape], int, int]]) -> dict[str, Drawing]:
    """Combine the shapes in a file of many images into one drawing per image.

    Parameters
    ----------
    listed : iterable of (file name of the image, shapes, rows, columns)
        An image without a shape was listed but not outlined: it gets no drawing.

    Returns
    -------
    dict of str to Drawing
        By the stem of the image's file name.

    Raises
    ------
    RefusedError
        `image_outlined_twice` when two images have the same stem.
    """
    drawings: dict[str, Drawing] = {}
    for name, shapes, rows, columns in listed:
        if not shapes:
            continue
        stem = stem_of_file(name)
        if stem in drawings:
            raise RefusedError(TWICE)
        drawings[stem] = combine_shapes(shapes, rows, columns)
    return drawings
