"""The cases whose crops the page shows, from the lowest to the highest predicted probability."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.images import read_grey, read_mask
from sonomics.core.schemas import TRAIN
from sonomics.report.evaluations import Evaluation
from sonomics.report.numbers import decimal
from sonomics.report.pictures import data_uri, outlined

LABELS = {1.0: "positive", 0.0: "negative"}


@dataclass(frozen=True)
class Example:
    """A shown case: its score and label in words, and its crops as (view, data link)."""

    case: str
    score: str
    label: str
    crops: list[tuple[str, str]]


def shown_cases(evaluation: Evaluation, count: int) -> pd.DataFrame:
    """Choose cases evenly over the ranks of the primary model's value, in the first test set (or else in training).

    Returns
    -------
    DataFrame
        `case, split, label, value`, by value; fewer rows than asked when there are fewer cases.
    """
    cases = evaluation.tables["cases"]
    splits = [split for split in evaluation.splits if split != TRAIN] or [TRAIN]
    kinds = ("probability", "score")
    value = next(name for kind in kinds if (name := f"{evaluation.primary}__{kind}") in cases)
    scored = cases[(cases["split"] == splits[0]) & cases[value].notna()].sort_values([value, "case"])
    ranks = np.unique(np.linspace(0, len(scored) - 1, min(count, len(scored))).round().astype(int))
    return scored.iloc[ranks][["case", "split", "label", value]].rename(columns={value: "value"})


def examples(evaluation: Evaluation, crops: pd.DataFrame, analysis: Mapping[str, str], count: int) -> list[Example]:
    """Read the crops of the shown cases; a case without a crop of the analysis reader is left out.

    Parameters
    ----------
    evaluation : Evaluation
    crops : DataFrame
        Schema CROPS.
    analysis : mapping
        `reader` and `session` that the models use.
    count : int
        How many cases to show.
    """
    rows = crops[crops["keep"] & (crops["reader"] == analysis["reader"]) & (crops["session"] == analysis["session"])]
    shown = []
    for case in shown_cases(evaluation, count).to_dict("records"):
        inside = rows[rows["case"] == case["case"]].sort_values("image").drop_duplicates("view")
        pictures = [
            (row["view"], data_uri(outlined(read_grey(Path(row["file"])), read_mask(Path(row["mask"])))))
            for row in inside.to_dict("records")
        ]
        label = LABELS.get(case["label"], "unknown")
        if pictures:
            shown.append(Example(case["case"], decimal(case["value"]), label, pictures))
    return shown
