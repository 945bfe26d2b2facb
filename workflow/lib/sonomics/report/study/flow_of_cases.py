"""The flow of cases: every case ever listed, down to those that were analysed."""

from dataclasses import dataclass

import pandas as pd

from sonomics.core.settings.crop import Analysis
from sonomics.report.elements.numbers import format_count
from sonomics.report.study.evaluation import Evaluation

UNSCORED = "no score (no usable outline or feature)"
UNKNOWN = "label unknown (censored too early or not stated)"


@dataclass(frozen=True)
class Flow:
    """The flow of one set; `excluded` maps a reason to its number of cases, `outcomes` counts the analysed in words."""

    title: str
    listed: int
    excluded: dict[str, int]
    analysed: int
    outcomes: str


def count_flow(screening: pd.DataFrame, evaluation: Evaluation) -> list[Flow]:
    """Count the cases of every set.

    Parameters
    ----------
    screening : DataFrame
        Schema SCREENING.
    evaluation : Evaluation
        Of the main run, whose primary model decides which cases have a score.

    Returns
    -------
    list of Flow
        In the order of the splits; listed = analysed + excluded in each. A case with several reasons counts under the
        first of screening, no score, label unknown.
    """
    cases = evaluation.tables["cases"]
    reasons = explain_exclusions(screening, evaluation)
    flows = []
    for split, title in evaluation.splits.items():
        in_set = cases["split"] == split
        analysed = in_set & (reasons == "")
        positives = int((cases.loc[analysed, "label"] == 1).sum())
        excluded = _count_by_frequency(reasons[in_set & ~analysed])
        flows.append(
            Flow(
                title,
                int(in_set.sum()),
                excluded,
                int(analysed.sum()),
                _count_outcomes(evaluation, positives, analysed),
            )
        )
    return flows


def _count_outcomes(evaluation: Evaluation, positives: int, analysed: pd.Series) -> str:
    if evaluation.has_classes:
        return ""
    others = int(analysed.sum()) - positives
    if evaluation.is_binary:
        return f"{positives} positive, {others} negative"
    return f"{format_count(positives, 'event')}, {others} censored"


def explain_exclusions(screening: pd.DataFrame, evaluation: Evaluation) -> pd.Series:
    """Return why each case of the evaluation was not analysed: text in the order of its table, "" if it was."""
    cases = evaluation.tables["cases"]
    value = f"{evaluation.primary}__{'risk' if f'{evaluation.primary}__risk' in cases else 'probability'}"
    scored = cases[value].notna() if value in cases else pd.Series(False, index=cases.index)
    labelled = cases["label"].notna()
    screened = screening[(screening["level"] == "case") & (screening["fate"] == "excluded")]
    reasons = cases["case"].map(screened.set_index("case")["reason"]).map(spell_reason, na_action="ignore")
    reasons = reasons.where(reasons.notna() | scored, UNSCORED)
    reasons = reasons.where(reasons.notna(), UNKNOWN)
    return reasons.mask(scored & labelled, "")


def count_uncropped(crops: pd.DataFrame, screening: pd.DataFrame, analysis: Analysis) -> dict[str, int]:
    """Count, by reason, the images that screening kept and that could not be cropped for the analysis.

    Images are cropped before duplicates are known, so `crops` has some that screening left out.
    """
    kept = screening[(screening["level"] == "image") & (screening["fate"] == "kept")]["image"]
    rows = crops[(crops["reader"] == analysis.reader) & (crops["session"] == analysis.session)]
    return _count_by_frequency(rows[~rows["keep"] & rows["image"].isin(kept)]["reason"].map(spell_reason))


def spell_reason(code: str) -> str:
    """Write the code of a reason in words: `duplicate_of_test` is "duplicate of test"."""
    return code.replace("qc_", "quality control: ", 1).replace("criterion_", "criterion: ", 1).replace("_", " ")


def _count_by_frequency(reasons: pd.Series) -> dict[str, int]:
    """Count reasons, the most frequent first, ties in alphabetical order."""
    counts = reasons.value_counts()
    return {str(reason): int(counts[reason]) for reason in sorted(counts.index, key=lambda name: (-counts[name], name))}
