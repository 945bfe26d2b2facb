"""The flow chart: every case ever listed and every image ever exported, down to what was analysed."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

UNSCORED = "no score (no usable outline or feature)"
UNKNOWN = "label unknown (censored too early or not stated)"


@dataclass(frozen=True)
class Column:
    """One split of the flow chart; `excluded` maps a reason to its number of cases."""

    title: str
    listed: int
    excluded: dict[str, int]
    analysed: int
    positives: int


@dataclass(frozen=True)
class Images:
    """The images' part of the flow chart; `listed` = `kept` + the sum of `excluded`."""

    listed: int
    excluded: dict[str, int]
    kept: int


def case_columns(screening: pd.DataFrame, splits: pd.DataFrame) -> list[Column]:
    """Follow the cases of every split.

    Parameters
    ----------
    screening : DataFrame
        Schema SCREENING.
    splits : DataFrame
        From `evaluate`: `split, title, cases, unscored, analysed, positives`.

    Returns
    -------
    list of Column
        In the order of `splits`; listed = analysed + excluded in each, also where a case has two reasons (the first
        in the order screening, score, label counts).
    """
    columns = []
    for row in splits.itertuples():
        cases = screening[(screening["level"] == "case") & (screening["split"] == row.split)]
        excluded = reasons(cases)
        unscored = row.unscored - sum(excluded.values())
        unknown = row.cases - row.unscored - row.analysed
        later = {UNSCORED: unscored, UNKNOWN: unknown}
        excluded |= {reason: count for reason, count in later.items() if count}
        columns.append(Column(str(row.title), row.cases, excluded, row.analysed, row.positives))
    return columns


def image_flow(screening: pd.DataFrame) -> Images:
    """Follow the images through the screening."""
    images = screening[screening["level"] == "image"]
    return Images(len(images), reasons(images), int((images["fate"] == "kept").sum()))


def crop_reasons(crops: pd.DataFrame, analysis: Mapping[str, str]) -> dict[str, int]:
    """Count, by reason, the kept images that could not be cropped for the analysis."""
    rows = crops[(crops["reader"] == analysis["reader"]) & (crops["session"] == analysis["session"])]
    counts = rows[~rows["keep"]]["reason"].value_counts()
    return {in_words(str(reason)): int(count) for reason, count in sorted(counts.items(), key=lambda item: str(item[0]))}


def reasons(rows: pd.DataFrame) -> dict[str, int]:
    """Count excluded rows by reason, most frequent first."""
    counts = rows[rows["fate"] == "excluded"]["reason"].value_counts()
    ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return {in_words(str(reason)): int(count) for reason, count in ranked}


def in_words(code: str) -> str:
    """Turn a reason's code into words: `duplicate_of_test` is "duplicate of test"."""
    return code.replace("qc_", "quality control: ", 1).replace("_", " ")
