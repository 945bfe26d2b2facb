"""Boxes: a CSV with one row per box."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.crop.outlines.drawings import Drawing, MaskRequest, Shape, combine_shapes
from sonomics.crop.outlines.names import stem_of_file
from sonomics.crop.outlines.rasterise import Mask, fill_box
from sonomics.crop.outlines.refusals import UNREADABLE, RefusedError

COLUMNS = ("left", "top", "width", "height")


def read_boxes(file: Path) -> dict[str, Drawing]:
    """Read a table with columns `image, left, top, width, height` (pixels) and, for several structures, `label`.

    `image` is the stem or the file name of an image.

    Raises
    ------
    RefusedError
        `outline_unreadable` when a column is missing; by the drawing of an image, when one of the four is not a finite
        number in one of its rows.
    """
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, skipinitialspace=True)
        numbers = table[list(COLUMNS)].apply(pd.to_numeric, errors="coerce").astype(float)
        labels = table["label"] if "label" in table else pd.Series("", index=table.index)
        images = table["image"].map(stem_of_file)
    except (KeyError, ValueError):
        raise RefusedError(UNREADABLE) from None
    return {
        str(name): _combine(numbers.loc[rows], labels.loc[rows]) for name, rows in images.groupby(images).groups.items()
    }


def _combine(numbers: pd.DataFrame, labels: "pd.Series[str]") -> Drawing:
    if not np.isfinite(numbers).all(axis=None):
        return _refuse
    shapes = [Shape(label, partial(fill_box, *box)) for label, box in zip(labels, numbers.to_numpy(), strict=True)]
    return lambda request: combine_shapes(shapes, request.rows, request.columns)(request)


def _refuse(request: MaskRequest) -> Mask:
    raise RefusedError(UNREADABLE)
