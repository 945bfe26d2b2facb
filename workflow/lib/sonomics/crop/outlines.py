"""Readers' outlines: which there are, and whether one fits an image."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


class Reading(NamedTuple):
    """One reader in one session; sorts by both."""

    reader: str
    session: str


class RefusedError(Exception):
    """An outline that cannot be used.

    Parameters
    ----------
    code : str
        A key of `REASONS`, written in the table.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


REASONS = {
    "no_outline": ("nobody outlined it", "draw an outline named after the image, or leave it out"),
    "outline_unreadable": ("the outline is no image", "write it again as PNG"),
    "outline_size": ("the outline has another size than the exported frame", "outline the frame as it was exported"),
    "outline_empty": ("no pixel of the outline is set", "draw the region again"),
    "outline_outside": ("the outline lies outside the scan region", "check that it belongs to this image"),
    "outline_small": ("the outline has fewer pixels than crop.min_pixels", "draw it again, or lower crop.min_pixels"),
    "no_background": ("there is no tissue beside the lesion for its shape", "leave it out of this variant"),
}


def find_outlines(roots: Iterable[Path]) -> dict[Reading, dict[str, Path]]:
    """List the outlines under `<root>/<reader>/<session>/<stem>.png`.

    Parameters
    ----------
    roots : iterable of Path
        The source's, then the user's: a later root's outline replaces an earlier one of the same name. A root
        that is absent has none.

    Returns
    -------
    dict of Reading to dict of stem to Path
        Sorted by reader and session.
    """
    found: dict[Reading, dict[str, Path]] = {}
    for root in roots:
        for file in sorted(root.glob("*/*/*.png")):
            found.setdefault(Reading(file.parent.parent.name, file.parent.name), {})[file.stem] = file
    return dict(sorted(found.items()))


def fitted(outline: Mask, frame: Mapping[str, int], min_pixels: int) -> Mask:
    """Move an outline from the exported frame into the clean frame.

    Parameters
    ----------
    outline : (exported_rows, exported_columns) bool array
        As the reader drew it.
    frame : mapping
        `rows, columns, offset_row, offset_column, exported_rows, exported_columns` of the clean image.
    min_pixels : int
        The least number of pixels left in the clean frame.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    RefusedError
        `outline_size`, `outline_empty`, `outline_outside` or `outline_small`.
    """
    if outline.shape != (frame["exported_rows"], frame["exported_columns"]):
        raise RefusedError("outline_size")
    if not outline.any():
        raise RefusedError("outline_empty")
    top, left = frame["offset_row"], frame["offset_column"]
    moved = outline[top : top + frame["rows"], left : left + frame["columns"]]
    if not moved.any():
        raise RefusedError("outline_outside")
    if moved.sum() < min_pixels:
        raise RefusedError("outline_small")
    return moved
