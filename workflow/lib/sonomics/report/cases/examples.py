"""The cases whose images the page holds, and the few of them that it shows as examples."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.images import read_grey, read_mask
from sonomics.core.jobs import progress
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.crop import Analysis
from sonomics.report.cases.decisions import list_models
from sonomics.report.cases.narrative import TRUE, name_label
from sonomics.report.elements.numbers import format_decimal
from sonomics.report.elements.pictures import Picture, draw_outline, encode_as_link
from sonomics.report.study.evaluation import Evaluation

MOST_EXAMPLES = 6


@dataclass(frozen=True)
class Example:
    """An example: a case with its score and label in words, and its crops."""

    case: str
    score: str
    label: str
    crops: list[Picture]


def choose_cases(evaluation: Evaluation, count: int) -> pd.DataFrame:
    """Choose cases evenly over the ranks of the primary model's value: of the first test set, then of the others.

    Returns
    -------
    DataFrame
        `case, split, label, value`, each set by value; the training set comes last. Fewer rows than `count` when fewer
        cases have a value.
    """
    cases = evaluation.tables["cases"]
    value = list_models(evaluation)[0].column
    chosen: list[pd.DataFrame] = []
    for split in sorted(evaluation.splits, key=lambda name: name == TRAIN):
        scored = cases[(cases["split"] == split) & cases[value].notna()].sort_values([value, "case"])
        still_free = min(count - sum(map(len, chosen)), len(scored))
        ranks = np.unique(np.linspace(0, len(scored) - 1, still_free).round().astype(int))
        chosen.append(scored.iloc[ranks][["case", "split", "label", *([TRUE] if TRUE in cases else []), value]])
    return pd.concat(chosen).rename(columns={value: "value"})


def draw_crops(cases: Iterable[str], crops: pd.DataFrame, analysis: Analysis) -> dict[str, list[Picture]]:
    """Draw the crops of cases with the analysed region outlined; a case without a crop for the analysis is left out.

    Parameters
    ----------
    cases : iterable of str
    crops : DataFrame
        Schema CROPS.
    analysis : Analysis
        The outlines that the models use.
    """
    rows = crops[crops["keep"] & (crops["reader"] == analysis.reader) & (crops["session"] == analysis.session)]
    of_cases = rows[rows["case"].isin(set(cases))].sort_values(["case", "view", "image"])
    pictures: dict[str, list[Picture]] = {}
    for row in progress(of_cases.to_dict("records"), "pictures"):
        pixels = draw_outline(read_grey(Path(row["file"])), read_mask(Path(row["mask"])))
        pictures.setdefault(row["case"], []).append(Picture(row["view"], encode_as_link(pixels)))
    return pictures


def choose_examples(evaluation: Evaluation, pictures: Mapping[str, list[Picture]], count: int) -> list[Example]:
    """Choose examples from the shown cases: from the lowest to the highest value of one set, one crop per view."""
    examples = []
    for case in choose_cases(evaluation, min(count, MOST_EXAMPLES)).to_dict("records"):
        if case["case"] in pictures:
            first_of_view = {picture.title: picture for picture in reversed(pictures[case["case"]])}
            label = name_label(case) or "unknown"
            crops = list(first_of_view.values())[::-1]
            examples.append(Example(case["case"], format_decimal(case["value"]), label, crops))
    return examples
