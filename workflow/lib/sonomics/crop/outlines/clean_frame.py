"""Move an outline from the exported frame, in which readers draw, into the clean image."""

from collections.abc import Mapping

from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import RefusedError


def move_to_clean_frame(outline: Mask, frame: Mapping[str, int], min_pixels: int, max_share: float = 1.0) -> Mask:
    """Move an outline from the exported frame into the clean image.

    Parameters
    ----------
    outline : (exported_rows, exported_columns) bool array
        As the reader drew it.
    frame : mapping
        `rows, columns, offset_row, offset_column, exported_rows, exported_columns` of the clean image, in pixels.
    min_pixels : int
        Smallest number of pixels that must lie in the clean image.
    max_share : float
        As `check_extent` takes it.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    RefusedError
        `outline_transposed`, `outline_size`, `outline_empty`, `outline_inverted`, `outline_large`, `outline_outside` or
        `outline_small`.
    """
    size = (frame["exported_rows"], frame["exported_columns"])
    if outline.shape != size:
        code = "outline_transposed" if outline.shape == size[::-1] else "outline_size"
        actual, expected = (" x ".join(map(str, shape)) for shape in (outline.shape, size))
        raise RefusedError(code, f"{actual}, not {expected}")
    if not outline.any():
        raise RefusedError("outline_empty")
    check_extent(outline, max_share)
    top, left = frame["offset_row"], frame["offset_column"]
    moved = outline[top : top + frame["rows"], left : left + frame["columns"]]
    if not moved.any():
        raise RefusedError("outline_outside")
    if (pixels := int(moved.sum())) < min_pixels:
        raise RefusedError("outline_small", f"{pixels}, not {min_pixels}")
    check_share(moved, max_share)
    return moved


def check_extent(outline: Mask, max_share: float) -> None:
    """Refuse an outline that cannot be a lesion, for it touches all four sides of the frame or covers most of it.

    Of 2,245 real outlines (breast, ovary, kidney) none touched more than two sides, and none covered more than 60 % of
    its frame; a box around the largest would cover 76 %.

    Parameters
    ----------
    outline : (rows, columns) bool array
        In the exported frame.
    max_share : float
        Largest share of the frame; 1 accepts any outline.

    Raises
    ------
    RefusedError
        `outline_inverted` or `outline_large`.
    """
    sides = (outline[0], outline[-1], outline[:, 0], outline[:, -1])
    if max_share < 1 and all(side.any() for side in sides):
        raise RefusedError("outline_inverted", f"it covers {outline.mean():.0%}")
    check_share(outline, max_share)


def check_share(outline: Mask, max_share: float) -> None:
    """Refuse an outline that covers more than a share of the picture with `outline_large`."""
    if (share := float(outline.mean())) > max_share:
        raise RefusedError("outline_large", f"{share:.0%}, not {max_share:.0%}")
