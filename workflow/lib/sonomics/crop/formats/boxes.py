"""Boxes alone: a CSV with one row a box."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.crop.outlines.drawings import Drawing, RefusedError, Shape, boxed, united

COLUMNS = ("left", "top", "width", "height")


def read_boxes(file: Path) -> dict[str, Drawing]:
    """Read a table of `image, left, top, width, height` in pixels and, where there are several structures, `label`.

    `image` may be the name of the image's file.

    Raises
    ------
    RefusedError
        `outline_unreadable` when a column is missing, or a cell of the four is no finite number.
    """
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, skipinitialspace=True)
        numbers = table[list(COLUMNS)].astype(float)
        labels = table["label"] if "label" in table else pd.Series("", index=table.index)
        images = table["image"].map(lambda name: Path(name).stem)
        if not np.isfinite(numbers).all(axis=None):
            raise RefusedError("outline_unreadable")
    except (KeyError, ValueError):
        raise RefusedError("outline_unreadable") from None
    return {
        str(name): _drawing(numbers.loc[rows], labels.loc[rows]) for name, rows in images.groupby(images).groups.items()
    }


def _drawing(numbers: pd.DataFrame, labels: "pd.Series[str]") -> Drawing:
    shapes = [Shape(label, partial(boxed, *box)) for label, box in zip(labels, numbers.to_numpy(), strict=True)]
    return lambda wanted: united(shapes, wanted.rows, wanted.columns)(wanted)
