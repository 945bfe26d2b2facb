"""Calipers, text and dotted lines that a scanner draws into the scan."""

import cv2
import numpy as np
from numpy.typing import NDArray

BRIGHT = 210
STEP = 70
SHARP = 90
THICK = 7
MARGIN = 1


def find_overlays(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find marks that were drawn, not scanned: bright, thin, and with an edge sharper than any echo's.

    Thin: gone after an opening with a `THICK` square (top-hat). Sharp: brighter than the very next pixels by `SHARP`
    grey levels; the point-spread function of a scanner blurs an echo over more than that.

    Parameters
    ----------
    picture : (rows, columns) uint8

    Returns
    -------
    (rows, columns) bool
        The marks and a margin of a pixel.
    """
    hat = cv2.morphologyEx(picture, cv2.MORPH_TOPHAT, np.ones((THICK, THICK), np.uint8))
    thin = ((hat >= STEP) & (picture >= BRIGHT - STEP)).astype(np.uint8)
    count, found = cv2.connectedComponents(thin, connectivity=8)
    labels = np.asarray(found, dtype=np.int32)
    if count == 1:
        return np.zeros(picture.shape, dtype=bool)
    core = (labels > 0) & (picture >= BRIGHT)
    inside = _means(picture, np.where(core, labels, 0), count)
    around = _means(picture, _next_to(labels), count)
    drawn = inside - around >= SHARP
    drawn[0] = False
    marks = drawn[labels].astype(np.uint8)
    return cv2.dilate(marks, np.ones((2 * MARGIN + 1, 2 * MARGIN + 1), np.uint8)).astype(bool)


def remove_overlays(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Fill the marks from their surround (Telea, 2004).

    Returns
    -------
    (rows, columns) uint8, (rows, columns) bool
        The picture without marks, and where it was filled.
    """
    marks = find_overlays(picture)
    if not marks.any():
        return picture, marks
    return np.asarray(cv2.inpaint(picture, marks.astype(np.uint8), 3, cv2.INPAINT_TELEA), dtype=np.uint8), marks


def _next_to(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Label the pixels that touch a component."""
    grown = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    return np.where(labels > 0, 0, grown)


def _means(picture: NDArray[np.uint8], labels: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    pixels = np.bincount(labels.ravel(), minlength=count)
    total = np.bincount(labels.ravel(), weights=picture.ravel(), minlength=count)
    return np.divide(total, pixels, out=np.zeros(count), where=pixels > 0)
