"""Move an outline from the exported frame, in which readers draw, into the clean image."""

from collections.abc import Mapping

from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import RefusedError


def move_to_clean_frame(outline: Mask, frame: Mapping[str, int], min_pixels: int) -> Mask:
    """Move an outline from the exported frame into the clean image.

    Parameters
    ----------
    outline : (exported_rows, exported_columns) bool array
        As the reader drew it.
    frame : mapping
        `rows, columns, offset_row, offset_column, exported_rows, exported_columns` of the clean image, in pixels.
    min_pixels : int
        Smallest number of pixels that must lie in the clean image.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    RefusedError
        `outline_transposed`, `outline_size`, `outline_empty`, `outline_outside` or `outline_small`.
    """
    size = (frame["exported_rows"], frame["exported_columns"])
    if outline.shape != size:
        code = "outline_transposed" if outline.shape == size[::-1] else "outline_size"
        actual, expected = (" x ".join(map(str, shape)) for shape in (outline.shape, size))
        raise RefusedError(code, f"{actual}, not {expected}")
    if not outline.any():
        raise RefusedError("outline_empty")
    top, left = frame["offset_row"], frame["offset_column"]
    moved = outline[top : top + frame["rows"], left : left + frame["columns"]]
    if not moved.any():
        raise RefusedError("outline_outside")
    if (pixels := int(moved.sum())) < min_pixels:
        raise RefusedError("outline_small", f"{pixels}, not {min_pixels}")
    return moved
