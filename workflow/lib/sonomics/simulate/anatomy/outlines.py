"""Readers: how they trace a lesion's margin, never twice the same."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sonomics.simulate.anatomy.lesion import Outline
from sonomics.simulate.scanner.geometry import Placement

HAND_ORDERS = np.arange(1, 7)
HAND_SPREAD = 0.055
HAND_SHIFT = 0.03
SIZE_SPREAD = 0.025
SMOOTHING = 0.85
BIAS = {"reader_1": 0.0, "reader_2": 0.02}


def trace(outline: Outline, reader: str, placement: Placement, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Trace a lesion as a reader does: spicules a little smoothed, the hand drifting in and out.

    Parameters
    ----------
    outline : Outline
        The true margin.
    reader : str
        A key of `BIAS`; some readers trace wider.
    placement : Placement
        Where the sector lies in the frame.
    generator : numpy Generator

    Returns
    -------
    (rows, columns) bool array
        In exported-frame coordinates.
    """
    angles = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    smoothed = replace(outline, amplitudes=tuple(SMOOTHING * value for value in outline.amplitudes))
    weights = generator.standard_normal((2, HAND_ORDERS.size)) * HAND_SPREAD / HAND_ORDERS.size**0.5
    turns = np.outer(HAND_ORDERS, angles)
    drift = weights[0] @ np.cos(turns) + weights[1] @ np.sin(turns)
    radius = smoothed.radius(angles) * (1 + BIAS[reader] + SIZE_SPREAD * generator.standard_normal() + drift)
    shift = HAND_SHIFT * outline.radius_mm * generator.standard_normal(2)
    x = outline.x + shift[0] + radius * np.cos(angles)
    z = outline.z + shift[1] + radius * np.sin(angles)
    return fill(x, z, placement)


def fill(x: NDArray[np.floating], z: NDArray[np.floating], placement: Placement) -> NDArray[np.bool_]:
    """Fill a polygon given in tissue coordinates (mm).

    Returns
    -------
    (rows, columns) bool array
    """
    rows, columns = placement.pixels(x, z)
    canvas = Image.new("1", (placement.columns, placement.rows))
    ImageDraw.Draw(canvas).polygon(list(zip(columns.tolist(), rows.tolist(), strict=True)), fill=1, outline=1)
    return np.asarray(canvas, dtype=bool)
