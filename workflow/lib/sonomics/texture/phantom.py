"""Our texture features of the IBSI digital phantom, beside the consensus values."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.texture.discretise import window
from sonomics.texture.engine import CLASSES, SHAPE, textures_of
from sonomics.texture.mazda.distribution import HISTOGRAM, histogram_features
from sonomics.texture.mazda.matrices import LENGTHS, LINES, PAIRS, cooccurrence_features, run_length_features

DATA = Path(__file__).parent / "ibsi"
TEXTURES = [name for name in CLASSES if name not in (SHAPE, "firstorder")]
HIGHEST, PAD = 6, 5
# Neighbours in the four directions; further offsets have no reference.
NEAREST = 4

ENGINES = ("texture", "mazda")

Plane = tuple[NDArray[np.int32], NDArray[np.bool_]]
Values = dict[tuple[str, str], float]


def phantom_table(engines: Collection[str] = ENGINES) -> pd.DataFrame:
    """Compute every feature of the phantom that has a reference value.

    Parameters
    ----------
    engines : collection of str
        Of `ENGINES`; none makes an empty table.

    Returns
    -------
    DataFrame
        `engine` (texture, mazda), `feature`, `ibsi` (its tag), `reference`, `value` (ours), `agrees`: equal to three
        significant digits, as many as the reference has. A level is a bin; textures are averaged over directions, then
        over the slices, each an image of its own; first-order features are of the whole region.
    """
    table = pd.read_csv(DATA / "reference.csv", float_precision="round_trip")
    table = table[table["engine"].isin(engines)].reset_index(drop=True)
    planes = read_phantom()
    values: Values = {}
    for engine in engines:
        values |= _COMPUTED[engine](planes)
    table["value"] = [values[key] for key in zip(table["engine"], table["feature"], strict=True)]
    table["agrees"] = [
        _digits(value) == reference for value, reference in zip(table["value"], table["reference"], strict=True)
    ]
    return table


def read_phantom() -> list[Plane]:
    """Read the phantom: for each slice its levels (rows, columns) and its region."""
    cells = pd.read_csv(DATA / "phantom.csv")
    planes = [
        cell.pivot_table(index="row", columns="column", values=["level", "inside"])
        for _, cell in cells.groupby("slice")
    ]
    return [(plane["level"].to_numpy(np.int32), plane["inside"].to_numpy() > 0) for plane in planes]


def _whole(planes: list[Plane]) -> Plane:
    levels, inside = (np.concatenate(parts, axis=1) for parts in zip(*planes, strict=True))
    return levels, inside


def _of_texture(planes: list[Plane]) -> Values:
    slices = [textures_of(levels[inside].astype(np.float64), inside, TEXTURES) for levels, inside in planes]
    levels, inside = _whole(planes)
    names = [f"{name}_{feature}" for name in ("firstorder", *TEXTURES) for feature in CLASSES[name]]
    whole = textures_of(levels[inside].astype(np.float64), inside, ["firstorder"])
    found = np.concatenate([whole, np.mean(slices, axis=0)])
    values = {("texture", name): float(value) for name, value in zip(names, found, strict=True)}
    values["texture", "firstorder_Kurtosis"] -= 3  # IBSI's is 0 for a normal distribution
    return values


def _of_mazda(planes: list[Plane]) -> Values:
    laid = [window(levels[inside], inside, PAD) for levels, inside in planes]
    pairs = [cooccurrence_features(plane, HIGHEST, PAD).reshape(-1, len(PAIRS))[:NEAREST] for plane in laid]
    lines = [run_length_features(plane, HIGHEST, PAD).reshape(len(LINES), -1) for plane in laid]
    levels, inside = _whole(planes)
    values = dict(zip(HISTOGRAM, histogram_features(levels[inside]), strict=True))
    values |= dict(zip(PAIRS, np.mean(pairs, axis=(0, 1)), strict=True))
    values |= dict(zip(LENGTHS, np.mean(lines, axis=(0, 1)), strict=True))
    for entropy in ("SumEntrp", "Entropy", "DifEntrp"):
        values[entropy] *= np.log2(10)  # IBSI's entropies are in bits
    return {("mazda", name): float(value) for name, value in values.items()}


def _digits(value: float) -> float:
    return float(f"{value:.3g}")


_COMPUTED = {"texture": _of_texture, "mazda": _of_mazda}
