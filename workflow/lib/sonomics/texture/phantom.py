"""Compute our texture features of the IBSI digital phantom and compare them with the consensus values."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.texture.discretise import lay_in_window
from sonomics.texture.engine import CLASSES, SHAPE, compute_textures
from sonomics.texture.mazda.distribution import HISTOGRAM, histogram_features
from sonomics.texture.mazda.matrices import LENGTHS, LINES, PAIRS, cooccurrence_features, run_length_features

DATA = Path(__file__).parent / "ibsi"
TEXTURES = [name for name in CLASSES if name not in (SHAPE, "firstorder")]
HIGHEST, PAD = 6, 5
# Offsets to adjacent pixels in the four directions; farther offsets have no reference.
NEAREST = 4

ENGINES = ("texture", "mazda")

Slice = tuple[NDArray[np.int32], NDArray[np.bool_]]
Values = dict[tuple[str, str], float]


def compute_phantom(engines: Collection[str] = ENGINES) -> pd.DataFrame:
    """Compute every feature of the phantom that has a reference value.

    Parameters
    ----------
    engines : collection of str
        Of `ENGINES`; for none the table is empty.

    Returns
    -------
    DataFrame
        Columns `engine` (texture, mazda), `feature`, `ibsi` (its tag), `reference`, `value` (ours), `agrees`: whether
        the two are equal to three significant digits, as many as the reference has. Each level is a bin. Textures are
        computed slice by slice and averaged over directions, then over slices; first-order features are computed on
        the whole region.
    """
    table = pd.read_csv(DATA / "reference.csv", float_precision="round_trip")
    table = table[table["engine"].isin(engines)].reset_index(drop=True)
    slices = read_phantom()
    values: Values = {}
    for engine in engines:
        values |= _ENGINES[engine](slices)
    table["value"] = [values[key] for key in zip(table["engine"], table["feature"], strict=True)]
    table["agrees"] = [
        _round(value) == reference for value, reference in zip(table["value"], table["reference"], strict=True)
    ]
    return table


def read_phantom() -> list[Slice]:
    """Read the phantom: the levels (rows, columns) and the region of each slice."""
    cells = pd.read_csv(DATA / "phantom.csv")
    tables = [
        group.pivot_table(index="row", columns="column", values=["level", "inside"])
        for _, group in cells.groupby("slice")
    ]
    return [(table["level"].to_numpy(np.int32), table["inside"].to_numpy() > 0) for table in tables]


def _join_slices(slices: list[Slice]) -> Slice:
    levels, region = (np.concatenate(parts, axis=1) for parts in zip(*slices, strict=True))
    return levels, region


def _compute_texture(slices: list[Slice]) -> Values:
    by_slice = [compute_textures(levels[region].astype(np.float64), region, TEXTURES) for levels, region in slices]
    levels, region = _join_slices(slices)
    names = [f"{name}_{feature}" for name in ("firstorder", *TEXTURES) for feature in CLASSES[name]]
    firstorder = compute_textures(levels[region].astype(np.float64), region, ["firstorder"])
    features = np.concatenate([firstorder, np.mean(by_slice, axis=0)])
    values = {("texture", name): float(value) for name, value in zip(names, features, strict=True)}
    values["texture", "firstorder_Kurtosis"] -= 3  # IBSI's is 0 for a normal distribution
    return values


def _compute_mazda(slices: list[Slice]) -> Values:
    windows = [lay_in_window(levels[region], region, PAD) for levels, region in slices]
    pairs = [cooccurrence_features(window, HIGHEST, PAD).reshape(-1, len(PAIRS))[:NEAREST] for window in windows]
    lines = [run_length_features(window, HIGHEST, PAD).reshape(len(LINES), -1) for window in windows]
    levels, region = _join_slices(slices)
    values = dict(zip(HISTOGRAM, histogram_features(levels[region]), strict=True))
    values |= dict(zip(PAIRS, np.mean(pairs, axis=(0, 1)), strict=True))
    values |= dict(zip(LENGTHS, np.mean(lines, axis=(0, 1)), strict=True))
    for entropy in ("SumEntrp", "Entropy", "DifEntrp"):
        values[entropy] *= np.log2(10)  # IBSI's entropies are in bits
    return {("mazda", name): float(value) for name, value in values.items()}


def _round(value: float) -> float:
    return float(f"{value:.3g}")


_ENGINES = {"texture": _compute_texture, "mazda": _compute_mazda}
