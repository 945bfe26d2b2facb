"""What the page says of patients who share a near-duplicate image."""

from collections.abc import Mapping
from typing import Any

from sonomics.core.settings.evaluate import Evaluate
from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_count
from sonomics.report.study.evaluation import name_set

# What `evaluate.near_duplicates` makes of patients who share an image.
HOW = {
    "separate": "every interval takes them for independent patients and may be too narrow",
    "cluster": "each group counts as one cluster in every interval, and analyses of follow-up and of serial exams take "
    "its first patient",
}


def name_unit(evaluate: Evaluate) -> str:
    """Name what is resampled: patients, or clusters of patients who share an image."""
    return "clusters" if evaluate.near_duplicates == "cluster" else "patients"


def describe_shared_images(clean: Mapping[str, Any], params: Parameters) -> str:
    """Describe whether patients share near-duplicate images, and how they were counted.

    Parameters
    ----------
    clean : mapping
        Metrics of the phase `clean`.
    params : Parameters

    Returns
    -------
    str
        "" where none were found.
    """
    duplicates = clean.get("duplicates", {})
    pairs, shared = duplicates.get("pairs", {}), duplicates.get("shared", {})
    sentences = []
    if params.clean.duplicates.across_patients == "exclude" and pairs.get("across_patients"):
        found = format_count(pairs["across_patients"], "pair")
        sentences.append(
            f"Near-duplicate images of different patients of one set ({found}) were found; the later copy was left out."
        )
    elif shared:
        sets = join_words([_count_in_set(split, counts) for split, counts in shared.items()])
        sentences.append(f"Near-duplicate images are shared by {sets}; {HOW[params.evaluate.near_duplicates]}.")
    if pairs.get("across_other_splits"):
        found = format_count(pairs["across_other_splits"], "pair")
        sentences.append(f"Near-duplicate images in two test sets ({found}) stayed in both, which are not independent.")
    return " ".join(sentences)


def _count_in_set(split: str, counts: Mapping[str, int]) -> str:
    patients, groups = format_count(counts["patients"], "patient"), format_count(counts["groups"], "group")
    return f"{patients} of {name_set(split)} ({groups})"


def describe_doubtful_values(extract: Mapping[str, Any]) -> str:
    """Describe in one sentence the values of features that their proof left open; "" where there are none.

    Parameters
    ----------
    extract : mapping
        Metrics of the phase `extract`: variant to family to counts.
    """
    values = [
        value for families in extract.values() for counts in families.values() for value in counts.get("doubtful", [])
    ]
    if not values:
        return ""
    features = join_words(sorted({value["feature"] for value in values}))
    count = format_count(len(values), "value")
    return (
        f"Of the regions that were computed again with PyRadiomics, {count} ({features}) differed by no more than "
        "rounding can make of them: they are ill-conditioned, and known no better than that."
    )
