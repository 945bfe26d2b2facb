"""Count patients, cases and images at each step of the flow chart, by split and reason."""

from collections.abc import Iterable

import pandas as pd

from sonomics.clean.screening.criteria import PREFIX
from sonomics.clean.screening.fates import EXCLUDED, KEPT, OF_CASE
from sonomics.core.schemas import TRAIN

LISTED, CRITERIA, ELIGIBLE = "listed", "criteria", "eligible"
IMAGES, CASES, INCLUDED = "images", "cases", "included"
COLUMNS = ["split", "step", "reason", "patients", "cases", "images"]


def count_flow(per_image: pd.DataFrame, per_case: pd.DataFrame) -> pd.DataFrame:
    """Count patients, cases and images at each step of the screening.

    Parameters
    ----------
    per_image, per_case : DataFrame
        Rows of schema SCREENING.

    Returns
    -------
    DataFrame
        `split, step, reason, patients, cases, images`, splits and steps in their order, reasons by frequency:

        - `listed`: every case of the cohort and every exported image; `eligible`: those that meet the criteria on
          cases; `included`: those kept.
        - `criteria`: cases that break a criterion, and their images; `images`: excluded images, and their cases and
          patients; `cases`: cases left without an image.

        For cases and images, listed = criteria + eligible, and eligible = images (or cases) + included. A patient with
        several cases may be counted on both sides.
    """
    return pd.DataFrame(
        [row for split in order_splits(per_case["split"]) for row in _count_split(split, per_image, per_case)],
        columns=COLUMNS,
    )


def order_splits(splits: Iterable[str]) -> list[str]:
    """Sort splits in reading order: training, internal, external 1, 2 ..., prospective."""

    def rank(split: str) -> tuple[int, int]:
        stem, _, number = split.partition("_")
        return [TRAIN, "internal", "external", "prospective"].index(stem), int(number or 0)

    return sorted(set(splits), key=rank)


def _count_split(split: str, per_image: pd.DataFrame, per_case: pd.DataFrame) -> list[tuple[object, ...]]:
    cases, images = per_case[per_case["split"] == split], per_image[per_image["split"] == split]
    breaks_criteria = cases["reason"].str.startswith(PREFIX)
    of_excluded_case = images["reason"] == OF_CASE
    eligible, assessed = cases[~breaks_criteria], images[~of_excluded_case]
    excluded = assessed[assessed["fate"] == EXCLUDED]
    without = eligible[eligible["fate"] == EXCLUDED]
    no_images = images.iloc[:0]
    rows = [(LISTED, "", cases, images)]
    for reason in _rank_reasons(cases.loc[breaks_criteria, "reason"]):
        of_reason = cases[cases["reason"] == reason]
        of_images = images[of_excluded_case & images["case"].isin(of_reason["case"])]
        rows.append((CRITERIA, reason, of_reason, of_images))
    rows.append((ELIGIBLE, "", eligible, assessed))
    for reason in _rank_reasons(excluded["reason"]):
        of_reason = excluded[excluded["reason"] == reason]
        rows.append((IMAGES, reason, of_reason, of_reason))
    rows += [
        (CASES, reason, without[without["reason"] == reason], no_images) for reason in _rank_reasons(without["reason"])
    ]
    rows.append((INCLUDED, "", eligible[eligible["fate"] == KEPT], assessed[assessed["fate"] == KEPT]))
    return [
        (split, step, reason, counted["patient"].nunique(), counted["case"].nunique(), len(counted_images))
        for step, reason, counted, counted_images in rows
    ]


def _rank_reasons(reasons: "pd.Series[str]") -> list[str]:
    counts = reasons.value_counts()
    return sorted(counts.index, key=lambda reason: (-counts[reason], reason))
