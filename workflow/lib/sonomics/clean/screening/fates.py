"""Write what became of every exported image and every listed case: kept, or excluded with a reason in words."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonomics.clean.screening.criteria import PREFIX

KEPT, EXCLUDED = "kept", "excluded"
OF_CASE = "case_excluded"
SENTENCES = {
    OF_CASE: "Its case does not meet the criteria of the study.",
    "unreadable": "The file cannot be decoded.",
    "not_ultrasound": "The DICOM object is no ultrasound image, so the export did not pass it on.",
    "volume": "The DICOM object is an Enhanced US Volume, which is not supported, so the export did not pass it on.",
    "over_limit": "The file is larger than export.limits allow, so the export did not open it.",
    "undecodable": "The pixels of the DICOM object cannot be looked at, so the export did not pass it on.",
    "damaged": "The header of the DICOM object cannot be read, so the export did not pass it on.",
    "not_found": "The source does not have the exam.",
    "not_retrieved": "The PACS did not hand the instance over.",
    "no_view": "No view of the study fits this instance.",
    "view_unknown": "Several views of the study fit this still, and the source names none of them.",
    "wrong_modality": "The DICOM file states another modality than ultrasound.",
    "no_pixels": "The DICOM object holds no image.",
    "no_injection_time": "The time of injection is unknown.",
    "no_frame_times": "The clip does not say when its frames were taken.",
    "no_frame_in_window": "The clip has no frame within the view's time window.",
}


def make_image_rows(images: pd.DataFrame, twins: pd.DataFrame, heads: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Make the image rows of the screening table.

    Parameters
    ----------
    images : DataFrame
        `patient, case, image, split, view, keep, reason`, `remark` (of the criteria) and `qc__<head>` columns.
    twins : DataFrame
        Indexed by image: `twin` and `distance` of the duplicates excluded.
    heads : mapping
        Head of the QC classifier to its `threshold` and the side of it that it excludes (`exclude`).
    """
    rows = images[["patient", "case", "image", "split", "view", "reason"]].assign(level="image")
    rows["fate"] = images["keep"].map({True: KEPT, False: EXCLUDED})
    rows["detail"] = [_describe_image(image, twins, heads) for image in images.to_dict(orient="records")]
    return rows


def make_case_rows(roster: pd.DataFrame, images: pd.DataFrame, views: list[str]) -> pd.DataFrame:
    """Make the case rows of the screening table: one per case of the cohort, with images or without.

    Parameters
    ----------
    roster : DataFrame
        `patient, case, split`, and of the criteria `reason` ("" when the case meets them) and `remark`.
    images : DataFrame
        `case, view, keep, reason`.
    views : list of str
        The views of the study; the detail of a kept case lists those that it lacks.
    """
    of_case = dict(list(images.groupby("case")))
    no_images = images.iloc[:0]
    rows = roster[["patient", "case", "split"]].assign(level="case", image="", view="")
    fates = [
        (EXCLUDED, reason, remark) if reason else _decide_case(of_case.get(case, no_images), views, remark)
        for case, reason, remark in zip(roster["case"], roster["reason"], roster["remark"], strict=True)
    ]
    return rows.assign(**pd.DataFrame(fates, columns=["fate", "reason", "detail"], index=rows.index))


def count_reasons(rows: pd.DataFrame) -> dict[str, int]:
    """Count exclusions by reason, the reasons in alphabetical order."""
    counts = rows.loc[rows["fate"] == EXCLUDED, "reason"].value_counts()
    return {str(reason): int(counts[reason]) for reason in sorted(counts.index)}


def _describe_image(image: Mapping[Any, Any], twins: pd.DataFrame, heads: Mapping[str, Mapping[str, Any]]) -> str:
    reason: str = image["reason"]
    if reason.startswith("qc_"):
        head = reason.removeprefix("qc_")
        side = "below" if heads[head]["exclude"] == "below" else "not below"
        return f"The probability of {head} is {image[f'qc__{head}']:.3f}, {side} {heads[head]['threshold']:g}."
    if reason.startswith("duplicate"):
        twin = twins.loc[image["image"]]
        return f"The image repeats {twin['twin']} ({twin['distance']} of 256 bits differ)."
    if reason == "" or reason.startswith(PREFIX):
        return str(image["remark"])
    return SENTENCES.get(reason, f"The export set it aside: {reason}.")


def _decide_case(images: pd.DataFrame, views: list[str], remark: str) -> tuple[str, str, str]:
    if images.empty:
        return EXCLUDED, "no_image", "Nothing was exported for this case."
    kept = images[images["keep"]]
    if kept.empty:
        counts = images["reason"].value_counts()
        listed = ", ".join(f"{reason} {counts[reason]}" for reason in sorted(counts.index))
        return EXCLUDED, "no_kept_image", f"None of its {len(images)} images was kept ({listed})."
    missing = [view for view in views if view not in set(kept["view"])]
    without = f"Without a kept image of the view {', '.join(missing)}." if missing else ""
    return KEPT, "", " ".join(filter(None, (without, remark)))
