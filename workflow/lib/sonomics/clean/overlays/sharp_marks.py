"""Find marks of any shape by their margin: ink ends from one pixel to the next, an echo fades over several."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

# Conventions, not tuned: with them nothing is taken from 6 simulated stills and 12 breasts without marks
# (docs/clean.md). Grey levels are of 255.
LEVELS = range(100, 250, 30)  # grey levels at which the picture is cut: from the darkest ink to nearly white
FALL = 50  # grey levels by which the next pixel is darker where ink ends
SHARP, SOFT = 0.3, 0.5  # share of the next pixels that may fall by less, for a mark alone and for one near others
SMALL, TINY = 6, 3  # pixels of the smallest mark, alone and near others
LARGEST = 0.01  # share of the picture that a mark covers at most
COMPANY = 15  # pixels: side of the square around a mark within which others are near
NEXT = np.ones((3, 3), np.uint8)

Labels = NDArray[np.int32]


def find_sharp_marks(bright: NDArray[np.uint8], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find bright patches of which at least 1 - `SHARP` of the next pixels are darker by `FALL` grey levels.

    The picture is cut at several levels; a patch is a connected part above one of them. Near other marks (`COMPANY`
    pixels wide), patches may be smaller and softer: letters and dots seldom come alone.

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
    for labels, area, soft_share in cut_into_patches(bright):
        fitting = area <= LARGEST * bright.size
        sharp = fitting & (area >= SMALL) & (soft_share <= SHARP)
        faint = fitting & (area >= TINY) & (soft_share <= SOFT)
        if faint.any():
            likely |= faint[labels]
        if sharp.any():
            sure |= sharp[labels]
    nearby = cv2.dilate(sure | known, np.ones((COMPANY, COMPANY), np.uint8))
    count, labelled = cv2.connectedComponents(likely, connectivity=8)
    labels = np.asarray(labelled, dtype=np.int32)
    touched = np.zeros(count, dtype=bool)
    touched[np.unique(labels[nearby > 0])] = True
    touched[0] = False
    return cv2.dilate(sure | touched[labels], NEXT).astype(bool)


def cut_into_patches(bright: NDArray[np.uint8]) -> Iterator[tuple[Labels, NDArray[np.int64], NDArray[np.float64]]]:
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
        count, labelled = cv2.connectedComponents(above, connectivity=8)
        if count == 1:
            continue
        labels = np.asarray(labelled, dtype=np.int32)
        rim = np.flatnonzero(cv2.dilate(above, NEXT) > above)
        owners = cv2.dilate(labels.astype(np.float32), NEXT).ravel()[rim].astype(np.int64)
        soft = bright.ravel()[rim] >= level - FALL
        rim_pixels = np.bincount(owners, minlength=count)
        share = np.bincount(owners, weights=soft, minlength=count) / np.maximum(rim_pixels, 1)
        share[rim_pixels == 0] = np.nan
        area = np.bincount(labels.ravel(), minlength=count)
        area[0] = 0
        yield labels, area, share
