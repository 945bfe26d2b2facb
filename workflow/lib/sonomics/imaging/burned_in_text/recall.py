"""State which burned-in words each detector misses, from the table that benchmarks/burned_in_text.py measured."""

from importlib.resources import files
from io import StringIO
from typing import Any

import pandas as pd

TABLE = "recall.csv"
# Share of words found whole below which words of a kind are named as missed.
ENOUGH = 0.9
GROUNDS = {"tissue": "on tissue", "black": "on black", "gradient": "on a gradient", "flow": "over colour flow"}
NOT_MEASURED = "dark text on light ground, single letters, handwriting"


def describe_misses(detector: str) -> str:
    """Describe the words of which a detector finds fewer than nine in ten whole, and what was not measured.

    Parameters
    ----------
    detector : str
        A name of `FINDERS`.
    """
    missed = list_misses(read_recall(), detector)
    found = f"It finds fewer than {ENOUGH:.0%} of words that are " + "; ".join(missed) + ". " if missed else ""
    return f"{found}Not measured: {NOT_MEASURED}."


def read_recall() -> pd.DataFrame:
    """Read the table of the words found, as `list_misses` takes it."""
    content = files("sonomics.imaging.burned_in_text").joinpath(TABLE).read_text(encoding="utf-8")
    return pd.read_csv(StringIO(content))


def list_misses(table: pd.DataFrame, detector: str) -> list[str]:
    """List kinds of words that are missed, each with the share found.

    Kinds are contrast with turn and spacing; height; and ground.

    Parameters
    ----------
    table : DataFrame
        One row per kind: `height`, `angle`, `contrast`, `spacing`, `ground`, a share found per detector, and `words`.
    detector : str
    """
    missed = []
    for (contrast, spacing, angle), share in _pool(table, ["contrast", "spacing", "angle"], detector).items():
        spaced = f", letters {spacing} pixels apart" if spacing else ""
        turned = f", turned by {angle} degrees" if angle else ""
        missed.append(f"{contrast}{turned}{spaced} ({share:.0%})")
    usual = table[table["spacing"] == 0]
    for height, share in _pool(usual, ["height"], detector).items():
        missed.append(f"{height} pixels high ({share:.0%})")
    for ground, share in _pool(usual, ["ground"], detector).items():
        missed.append(f"{GROUNDS[ground]} ({share:.0%})")
    return missed


def _pool(table: pd.DataFrame, keys: list[str], detector: str) -> dict[Any, float]:
    """Return the share of words found of each kind, where that is not enough."""
    counts = table.assign(found=table[detector] * table["words"]).groupby(keys, sort=False)[["found", "words"]].sum()
    shares = counts["found"] / counts["words"]
    return shares[shares < ENOUGH].to_dict()
