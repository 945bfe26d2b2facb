"""The cases whose images the page holds, and the few of them that stand in the gallery."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sonomics.core.images import read_grey, read_mask
from sonomics.core.jobs import progress
from sonomics.core.schemas import TRAIN
from sonomics.report.cases.decisions import judged_models
from sonomics.report.cases.narrative import LABELS
from sonomics.report.elements.numbers import decimal
from sonomics.report.elements.pictures import data_uri, outlined
from sonomics.report.study.evaluation import Evaluation

GALLERY = 6


class Picture(NamedTuple):
    """An image of a case: what it shows, in words, and the link that holds it."""

    title: str
    link: str


@dataclass(frozen=True)
class Example:
    """A case of the gallery: its score and label in words, and its crops."""

    case: str
    score: str
    label: str
    crops: list[Picture]


def shown_cases(evaluation: Evaluation, count: int) -> pd.DataFrame:
    """Choose cases evenly over the ranks of the primary model's value: of the first test set, then of the others.

    Returns
    -------
    DataFrame
        `case, split, label, value`, each set by value; the training set comes last. Fewer rows than asked when fewer
        cases have a value.
    """
    cases = evaluation.tables["cases"]
    value = judged_models(evaluation)[0].column
    chosen: list[pd.DataFrame] = []
    for split in sorted(evaluation.splits, key=lambda name: name == TRAIN):
        scored = cases[(cases["split"] == split) & cases[value].notna()].sort_values([value, "case"])
        room = min(count - sum(map(len, chosen)), len(scored))
        ranks = np.unique(np.linspace(0, len(scored) - 1, room).round().astype(int))
        chosen.append(scored.iloc[ranks][["case", "split", "label", value]])
    return pd.concat(chosen).rename(columns={value: "value"})


def pictures(cases: Iterable[str], crops: pd.DataFrame, analysis: Mapping[str, str]) -> dict[str, list[Picture]]:
    """Read the crops of cases, the analysed region outlined; a case without a crop of the analysis reader is left out.

    Parameters
    ----------
    cases : iterable of str
    crops : DataFrame
        Schema CROPS.
    analysis : mapping
        `reader` and `session` that the models use.
    """
    rows = crops[crops["keep"] & (crops["reader"] == analysis["reader"]) & (crops["session"] == analysis["session"])]
    wanted = rows[rows["case"].isin(set(cases))].sort_values(["case", "view", "image"])
    shown: dict[str, list[Picture]] = {}
    for row in progress(wanted.to_dict("records"), "pictures"):
        drawn = outlined(read_grey(Path(row["file"])), read_mask(Path(row["mask"])))
        shown.setdefault(row["case"], []).append(Picture(row["view"], data_uri(drawn)))
    return shown


def gallery(evaluation: Evaluation, shown: Mapping[str, list[Picture]], count: int) -> list[Example]:
    """Make the gallery: some of the shown cases, from the lowest to the highest value of one set, a crop a view."""
    examples = []
    for case in shown_cases(evaluation, min(count, GALLERY)).to_dict("records"):
        if case["case"] in shown:
            first = {picture.title: picture for picture in reversed(shown[case["case"]])}
            label = LABELS.get(case["label"], "unknown")
            examples.append(Example(case["case"], decimal(case["value"]), label, list(first.values())[::-1]))
    return examples
