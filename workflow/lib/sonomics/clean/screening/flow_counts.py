"""The counts of the flow chart: patients, cases and images at each step, by split, reason by reason."""

from collections.abc import Iterable

import pandas as pd

from sonomics.clean.screening.criteria import PREFIX
from sonomics.clean.screening.fates import EXCLUDED, KEPT, OF_CASE
from sonomics.core.schemas import TRAIN

LISTED, CRITERIA, ELIGIBLE = "listed", "criteria", "eligible"
IMAGES, CASES, INCLUDED = "images", "cases", "included"
COLUMNS = ["split", "step", "reason", "patients", "cases", "images"]


def flow(per_image: pd.DataFrame, per_case: pd.DataFrame) -> pd.DataFrame:
    """Count what each step of the screening meets, sets aside and passes on.

    Parameters
    ----------
    per_image, per_case : DataFrame
        Rows of schema SCREENING.

    Returns
    -------
    DataFrame
        `split, step, reason, patients, cases, images`, splits and steps in their order, reasons by frequency:

        - `listed`: every case of the cohort and every image exported; `eligible`: those that meet the criteria on
          cases; `included`: kept ones.
        - `criteria`: cases that break a criterion, and their images; `images`: images set aside, and the cases and
          patients they are of; `cases`: cases left without an image.

        Of cases and images listed = criteria + eligible, and eligible = images (or cases) + included. A patient with
        several cases may be met on both sides.
    """
    return pd.DataFrame(
        [row for split in in_order(per_case["split"]) for row in _of_split(split, per_image, per_case)], columns=COLUMNS
    )


def in_order(splits: Iterable[str]) -> list[str]:
    """Order splits as they are read: training, internal, external 1, 2 ..., prospective."""

    def rank(split: str) -> tuple[int, int]:
        stem, _, number = split.partition("_")
        return [TRAIN, "internal", "external", "prospective"].index(stem), int(number or 0)

    return sorted(set(splits), key=rank)


def _of_split(split: str, per_image: pd.DataFrame, per_case: pd.DataFrame) -> list[tuple[object, ...]]:
    cases, images = per_case[per_case["split"] == split], per_image[per_image["split"] == split]
    barred = cases["reason"].str.startswith(PREFIX)
    of_barred = images["reason"] == OF_CASE
    eligible, assessed = cases[~barred], images[~of_barred]
    aside = assessed[assessed["fate"] == EXCLUDED]
    without = eligible[eligible["fate"] == EXCLUDED]
    nothing = images.iloc[:0]
    rows = [(LISTED, "", cases, images)]
    for reason in _ranked(cases.loc[barred, "reason"]):
        inside = cases[cases["reason"] == reason]
        rows.append((CRITERIA, reason, inside, images[of_barred & images["case"].isin(inside["case"])]))
    rows.append((ELIGIBLE, "", eligible, assessed))
    for reason in _ranked(aside["reason"]):
        inside = aside[aside["reason"] == reason]
        rows.append((IMAGES, reason, inside, inside))
    rows += [(CASES, reason, without[without["reason"] == reason], nothing) for reason in _ranked(without["reason"])]
    rows.append((INCLUDED, "", eligible[eligible["fate"] == KEPT], assessed[assessed["fate"] == KEPT]))
    return [
        (split, step, reason, of["patient"].nunique(), of["case"].nunique(), len(shown))
        for step, reason, of, shown in rows
    ]


def _ranked(reasons: "pd.Series[str]") -> list[str]:
    counts = reasons.value_counts()
    return sorted(counts.index, key=lambda reason: (-counts[reason], reason))
