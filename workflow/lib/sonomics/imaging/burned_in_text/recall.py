"""State which burned-in words each detector misses, from the table that benchmarks/burned_in_text.py measured."""

from importlib.resources import files
from io import StringIO
from typing import Any

import pandas as pd

TABLE = "recall.csv"
# Share of words found whole below which words of a kind are named as missed.
ENOUGH = 0.9
TISSUE = "tissue"
GROUNDS = {TISSUE: "on tissue", "black": "on black", "gradient": "on a gradient", "flow": "over colour flow"}
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

    Kinds are contrast with turn and spacing, and height, both on tissue; and ground with
    spacing.

    Parameters
    ----------
    table : DataFrame
        One row per kind: `height`, `angle`, `contrast`, `spacing`, `ground`, a share found per detector, and `words`.
    detector : str
    """
    missed = []
    tissue = table[table["ground"] == TISSUE]
    for (contrast, spacing, angle), share in _pool(tissue, ["contrast", "spacing", "angle"], detector).items():
        turned = f", turned by {angle} degrees" if angle else ""
        missed.append(f"{contrast} {GROUNDS[TISSUE]}{turned}{_say_spacing(spacing)} ({share})")
    for height, share in _pool(tissue[tissue["spacing"] == 0], ["height"], detector).items():
        missed.append(f"{height} pixels high {GROUNDS[TISSUE]} ({share})")
    for (ground, spacing), share in _pool(table, ["ground", "spacing"], detector).items():
        missed.append(f"{GROUNDS[ground]}{_say_spacing(spacing)} ({share})")
    return missed


def _say_spacing(spacing: int) -> str:
    return f", letters {spacing} pixels apart" if spacing else ""


def _pool(table: pd.DataFrame, keys: list[str], detector: str) -> dict[Any, str]:
    """Return the share of words found of each kind, where that is not enough, in percent rounded down."""
    counts = table.assign(found=table[detector] * table["words"]).groupby(keys, sort=False)[["found", "words"]].sum()
    shares = counts["found"] / counts["words"]
    return {kind: f"{int(100 * share + 1e-9)}%" for kind, share in shares[shares < ENOUGH].to_dict().items()}
