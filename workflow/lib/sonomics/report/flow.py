"""The flow chart: every case ever listed and every image ever exported, down to what was analysed."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sonomics.report.evaluations import Evaluation

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


def case_columns(screening: pd.DataFrame, evaluation: Evaluation) -> list[Column]:
    """Follow the cases of every split.

    Parameters
    ----------
    screening : DataFrame
        Schema SCREENING.
    evaluation : Evaluation
        Of the main run, whose primary model decides what is scored.

    Returns
    -------
    list of Column
        In the order of the splits; listed = analysed + excluded in each. A case that has several reasons counts under
        the first: screening, no score, label unknown.
    """
    cases = evaluation.tables["cases"]
    value = f"{evaluation.primary}__probability"
    scored = cases[value].notna() if value in cases else pd.Series(False, index=cases.index)
    known = cases["label"].notna()
    screened = screening[(screening["level"] == "case") & (screening["fate"] == "excluded")]
    reason = cases["case"].map(screened.set_index("case")["reason"]).map(in_words, na_action="ignore")
    reason = reason.fillna(pd.Series(UNSCORED, index=cases.index).where(~scored)).fillna(UNKNOWN)
    columns = []
    for split, title in evaluation.splits.items():
        inside = cases["split"] == split
        analysed = inside & scored & known
        excluded = _ranked(reason[inside & ~analysed])
        positives = int(cases.loc[analysed, "label"].sum())
        columns.append(Column(title, int(inside.sum()), excluded, int(analysed.sum()), positives))
    return columns


def image_flow(screening: pd.DataFrame) -> Images:
    """Follow the images through the screening."""
    images = screening[screening["level"] == "image"]
    excluded = images[images["fate"] == "excluded"]
    return Images(len(images), _ranked(excluded["reason"].map(in_words)), len(images) - len(excluded))


def crop_reasons(crops: pd.DataFrame, screening: pd.DataFrame, analysis: Mapping[str, str]) -> dict[str, int]:
    """Count, by reason, the images that screening kept and that could not be cropped for the analysis.

    Images are cropped before duplicates are known, so `crops` has some that screening left out.
    """
    kept = screening[(screening["level"] == "image") & (screening["fate"] == "kept")]["image"]
    rows = crops[(crops["reader"] == analysis["reader"]) & (crops["session"] == analysis["session"])]
    return _ranked(rows[~rows["keep"] & rows["image"].isin(kept)]["reason"].map(in_words))


def in_words(code: str) -> str:
    """Turn a reason's code into words: `duplicate_of_test` is "duplicate of test"."""
    return code.replace("qc_", "quality control: ", 1).replace("_", " ")


def _ranked(reasons: pd.Series) -> dict[str, int]:
    counts = reasons.value_counts()
    return {str(reason): int(counts[reason]) for reason in sorted(counts.index, key=lambda name: (-counts[name], name))}
