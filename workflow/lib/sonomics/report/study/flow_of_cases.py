"""The flow of cases: every case ever listed, down to those that were analysed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sonomics.report.elements.numbers import Cell
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

UNSCORED = "no score (no usable outline or feature)"
UNKNOWN = "label unknown (censored too early or not stated)"


@dataclass(frozen=True)
class Column:
    """One split; `excluded` maps a reason to its number of cases."""

    title: str
    listed: int
    excluded: dict[str, int]
    analysed: int
    positives: int


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
    reason = excluded_because(screening, evaluation)
    columns = []
    for split, title in evaluation.splits.items():
        inside = cases["split"] == split
        analysed = inside & (reason == "")
        positives = int(cases.loc[analysed, "label"].sum())
        columns.append(
            Column(title, int(inside.sum()), _ranked(reason[inside & ~analysed]), int(analysed.sum()), positives)
        )
    return columns


def excluded_because(screening: pd.DataFrame, evaluation: Evaluation) -> pd.Series:
    """Say why each case of the evaluation was not analysed: words in the order of its table of cases, "" if it was."""
    cases = evaluation.tables["cases"]
    value = f"{evaluation.primary}__probability"
    scored = cases[value].notna() if value in cases else pd.Series(False, index=cases.index)
    known = cases["label"].notna()
    screened = screening[(screening["level"] == "case") & (screening["fate"] == "excluded")]
    reason = cases["case"].map(screened.set_index("case")["reason"]).map(in_words, na_action="ignore")
    reason = reason.fillna(pd.Series(UNSCORED, index=cases.index).where(~scored)).fillna(UNKNOWN)
    return reason.mask(scored & known, "")


def cases_table(columns: Sequence[Column]) -> Table:
    """Set out the columns as a table: a row a set, a column a reason."""
    reasons = list(dict.fromkeys(reason for column in columns for reason in column.excluded))
    rows = []
    for column in columns:
        excluded = [Cell(f"{column.excluded.get(reason, 0):,}") for reason in reasons]
        labels = f"{column.positives} positive, {column.analysed - column.positives} negative"
        rows.append([Cell(column.title), Cell(f"{column.listed:,}"), *excluded, Cell(f"{column.analysed:,}", labels)])
    headings = [reason[:1].upper() + reason[1:] for reason in reasons]
    note = "Listed = analysed + the reasons; a case with several reasons counts under the first of them."
    return Table("Cases from the cohort to the analysis", ["Set", "Listed", *headings, "Analysed"], rows, note)


def crop_reasons(crops: pd.DataFrame, screening: pd.DataFrame, analysis: Mapping[str, str]) -> dict[str, int]:
    """Count, by reason, the images that screening kept and that could not be cropped for the analysis.

    Images are cropped before duplicates are known, so `crops` has some that screening left out.
    """
    kept = screening[(screening["level"] == "image") & (screening["fate"] == "kept")]["image"]
    rows = crops[(crops["reader"] == analysis["reader"]) & (crops["session"] == analysis["session"])]
    return _ranked(rows[~rows["keep"] & rows["image"].isin(kept)]["reason"].map(in_words))


def in_words(code: str) -> str:
    """Turn a reason's code into words: `duplicate_of_test` is "duplicate of test"."""
    return code.replace("qc_", "quality control: ", 1).replace("criterion_", "criterion: ", 1).replace("_", " ")


def _ranked(reasons: pd.Series) -> dict[str, int]:
    counts = reasons.value_counts()
    return {str(reason): int(counts[reason]) for reason in sorted(counts.index, key=lambda name: (-counts[name], name))}
