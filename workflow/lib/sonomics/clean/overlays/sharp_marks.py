"""Marks of any shape, by their margin: ink ends from one pixel to the next, an echo fades over several."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

LEVELS = range(100, 250, 30)
FALL = 50
SHARP, SOFT = 0.3, 0.5
SMALL, TINY = 6, 3
LARGEST = 0.01
COMPANY = 15
NEXT = np.ones((3, 3), np.uint8)

Labels = NDArray[np.int32]


def find_sharp(bright: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find bright patches of which at least 1 - `SHARP` of the next pixels are darker by `FALL` grey levels.

    The picture is cut at several levels; a patch is a connected part above one of them. Near marks that are found or
    known (`COMPANY` pixels wide), patches may be smaller and softer: letters and dots seldom come alone.

    Parameters
    ----------
    bright : (rows, columns) uint8
    known : (rows, columns) bool
        Marks found by other means.

    Returns
    -------
    (rows, columns) bool
        The marks and a margin of a pixel.
    """
    sure, likely = np.zeros(bright.shape, dtype=np.uint8), np.zeros(bright.shape, dtype=np.uint8)
    for labels, area, soft_share in patches(bright):
        fitting = area <= LARGEST * bright.size
        sharp = fitting & (area >= SMALL) & (soft_share <= SHARP)
        faint = fitting & (area >= TINY) & (soft_share <= SOFT)
        if faint.any():
            likely |= faint[labels]
        if sharp.any():
            sure |= sharp[labels]
    nearby = cv2.dilate(sure | known, np.ones((COMPANY, COMPANY), np.uint8))
    count, found = cv2.connectedComponents(likely, connectivity=8)
    labels = np.asarray(found, dtype=np.int32)
    touched = np.zeros(count, dtype=bool)
    touched[np.unique(labels[nearby > 0])] = True
    touched[0] = False
    return cv2.dilate(sure | touched[labels], NEXT).astype(bool)


def patches(bright: NDArray[np.uint8]) -> Iterator[tuple[Labels, NDArray[np.int64], NDArray[np.float64]]]:
    """Cut a picture at each level.

    Yields
    ------
    labels : (rows, columns) int32
        0 below the level, else the patch.
    area : (patches,) int64
        Pixels; that of 0 is 0.
    soft_share : (patches,) float64
        Share of the pixels next to a patch that are less than `FALL` below the level; NaN for 0.
    """
    for level in LEVELS:
        above = (bright >= level).astype(np.uint8)
        count, found = cv2.connectedComponents(above, connectivity=8)
        if count == 1:
            continue
        labels = np.asarray(found, dtype=np.int32)
        places = np.flatnonzero(cv2.dilate(above, NEXT) > above)
        owners = cv2.dilate(labels.astype(np.float32), NEXT).ravel()[places].astype(np.int64)
        soft = bright.ravel()[places] >= level - FALL
        around = np.bincount(owners, minlength=count)
        share = np.bincount(owners, weights=soft, minlength=count) / np.maximum(around, 1)
        share[around == 0] = np.nan
        area = np.bincount(labels.ravel(), minlength=count)
        area[0] = 0
        yield labels, area, share
