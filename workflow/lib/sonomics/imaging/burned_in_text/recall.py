"""State which burned-in words each detector misses, from the table that benchmarks/burned_in_text.py measured."""

from importlib.resources import files
from io import StringIO

import pandas as pd

from sonomics.kinds.wording import join_words

TABLE = "recall.csv"
# Share of words found whole below which words of a kind are named as missed.
ENOUGH = 0.9


def describe_misses(detector: str) -> str:
    """Describe in one sentence the words of which a detector finds fewer than nine in ten whole.

    Parameters
    ----------
    detector : str
        A name of `FINDERS`.
    """
    missed = list_misses(read_recall(), detector)
    return f"It finds fewer than {ENOUGH:.0%} of words that are " + "; ".join(missed) + "." if missed else ""


def read_recall() -> pd.DataFrame:
    """Read the table of the words found, as `list_misses` takes it."""
    content = files("sonomics.imaging.burned_in_text").joinpath(TABLE).read_text(encoding="utf-8")
    return pd.read_csv(StringIO(content))


def list_misses(table: pd.DataFrame, detector: str) -> list[str]:
    """List kinds of words that are missed: contrast, spacing and angle, with the heights of their capitals.

    Parameters
    ----------
    table : DataFrame
        One row per kind: `height`, `angle`, `contrast`, `spacing`, `ground`, a share found per detector, and `words`.
    detector : str
    """
    missed = []
    for (contrast, spacing, angle), kind in table.groupby(["contrast", "spacing", "angle"], sort=False):
        words = kind["words"].groupby(kind["height"]).sum()
        found = (kind[detector] * kind["words"]).groupby(kind["height"]).sum() / words
        if heights := [str(height) for height, share in found.items() if share < ENOUGH]:
            spaced = f", letters {spacing} pixels apart" if spacing else ""
            turned = f", turned by {angle} degrees" if angle else ""
            missed.append(f"{contrast}{turned}{spaced} ({join_words(heights)} pixels high)")
    return missed
