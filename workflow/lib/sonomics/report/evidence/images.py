"""Rules on images, outlines and features."""

from importlib.metadata import version
from typing import Any

from sonomics.core.schemas import TRAIN
from sonomics.kinds.families import FAMILIES
from sonomics.kinds.steps import STEPS
from sonomics.kinds.wording import join_words, values_of
from sonomics.report.elements.numbers import format_count
from sonomics.report.evidence.findings import (
    FLOW,
    METHODS,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    RECORD,
    REPORTED,
    SELECTION,
    Finding,
    index_rules,
)
from sonomics.report.study.record import Record
from sonomics.report.study.wording import describe_overlays, describe_region, describe_view

NO_HAND_CRAFTED = Finding(NOT_APPLICABLE, evidence="no hand-crafted features")


def find_views(record: Record) -> Finding:
    """List the views, and what they were taken from."""
    views = [f"{name} ({describe_view(view)})" for name, view in record.params.clean.views.items()]
    return Finding(REPORTED, METHODS, join_words(views))


def find_preprocessing(record: Record) -> Finding:
    """Describe what was done to the images before features were computed."""
    overlays, region = describe_overlays(record.params.clean), describe_region(record.params.crop)
    return Finding(REPORTED, METHODS, f"cut to the scan region; overlays {overlays}; {region}")


def find_image_quality(record: Record) -> Finding:
    """Judge whether images were screened before use."""
    heads = record.params.clean.qc.heads
    if heads:
        return Finding(REPORTED, f"{METHODS}; {FLOW}", f"a classifier judged every image for {join_words(heads)}")
    return Finding(PARTLY, METHODS, "images were searched for exact and near duplicates; no classifier judged them")


def find_outlines(record: Record) -> Finding:
    """Count the outlines by reader and session, and name those that the models saw."""
    analysis = record.params.crop.analysis
    counts = [f"{reading}: {count}" for reading, count in record.readings.items()]
    counted = f" (outlined images: {join_words(counts)})" if counts else ""
    return Finding(REPORTED, METHODS, f"outlines of {analysis.reader}, session {analysis.session}{counted}")


def find_single_reader_outlines(record: Record) -> Finding:
    """State that one reader outlined all sets, the test sets among them."""
    return Finding(REPORTED, METHODS, f"all sets: {record.params.crop.analysis.reader}")


def find_outline_reliability(record: Record) -> Finding:
    """Judge whether features were tested for reliability between outlines."""
    steps = _describe_steps(record, "reliability")
    if not steps:
        return Finding(MISSING, evidence="no step of select.steps is icc")
    perturb = record.params.crop.perturb
    copies = perturb.times if perturb else 0
    if len(record.readings) < 2 and not copies:
        return Finding(PARTLY, SELECTION, "the step icc is stated, but no outline was drawn twice")
    changes = f", {copies} random changes of each outline" if copies else ""
    return Finding(REPORTED, SELECTION, f"{steps[0]}; {format_count(len(record.readings), 'reading')}{changes}")


def find_rater_agreement(record: Record) -> Finding:
    """Judge whether raters were compared on the outlines."""
    if len(record.readings) < 2:
        return Finding(MISSING, evidence="one reader, one session")
    readings = join_words(sorted(record.readings))
    return Finding(REPORTED, SELECTION, f"outlines repeated ({readings}); ICC of every feature")


def find_resampling(record: Record) -> Finding:
    """Return the pixel spacing that features were computed at."""
    families: dict[str, Any] = dict(record.hand_crafted_families)
    if not families:
        return NO_HAND_CRAFTED
    spacings = {name: family.resample_mm for name, family in families.items()}
    unchanged = "pixels as they are, lengths in pixels"
    described = [f"{name}: {f'{spacing:g} mm' if spacing else unchanged}" for name, spacing in spacings.items()]
    return Finding(REPORTED, METHODS, "; ".join(described))


def find_discretisation(record: Record) -> Finding:
    """Return the grey levels."""
    families = record.hand_crafted_families
    if not families:
        return NO_HAND_CRAFTED
    described = [
        f"{name}: {FAMILIES.get(family.kind).describe_grey_levels(family)}" for name, family in families.items()
    ]
    return Finding(REPORTED, METHODS, "; ".join(described))


def find_image_types(record: Record) -> Finding:
    """List the filters."""
    families: dict[str, Any] = {
        name: family for name, family in record.families.items() if FAMILIES.get(family.kind).is_standard
    }
    if not families:
        return Finding(NOT_APPLICABLE, evidence="no family takes filtered images")
    described = [f"{name}: {join_words(values_of(family.filters))}" for name, family in families.items()]
    return Finding(REPORTED, METHODS, "; ".join(described))


def find_extraction(record: Record) -> Finding:
    """Describe how each family was computed, and with what software."""
    described = [f"{name}: {FAMILIES.get(family.kind).describe(family)}" for name, family in record.families.items()]
    return Finding(REPORTED, METHODS, "; ".join(described))


def find_standard_software(record: Record) -> Finding:
    """Judge whether hand-crafted features came from software that is compared with the standard."""
    families = record.hand_crafted_families
    if not families:
        return NO_HAND_CRAFTED
    kinds = {name: FAMILIES.get(family.kind) for name, family in families.items()}
    if others := [name for name, kind in kinds.items() if not kind.is_standard]:
        return Finding(PARTLY, METHODS, f"{join_words(others)}: not features of the biomarker standard")
    software = f"PyRadiomics {version('pyradiomics')}"
    if any(kind.own_engine for kind in kinds.values()):
        software = f"own engine, recomputed in part with {software} and compared with the IBSI phantom in this run"
    return Finding(REPORTED, METHODS, software)


def find_feature_classes(record: Record) -> Finding:
    """List the classes of features."""
    families = record.hand_crafted_families
    if not families:
        return NO_HAND_CRAFTED
    described = [
        f"{name}: {join_words(FAMILIES.get(family.kind).feature_classes(family))}" for name, family in families.items()
    ]
    return Finding(REPORTED, f"{METHODS}; {RECORD}", "; ".join(described))


def find_feature_counts(record: Record) -> Finding:
    """Count the features of each family before and after the selection."""
    if not record.selections:
        return Finding(NOT_APPLICABLE, evidence="no feature family")
    counts = [
        f"{family} ({task}): {state['steps'][0]['in']} before, {len(state['coefficients'])} with a coefficient"
        for family, task, state in record.selections
        if state["steps"]
    ]
    return Finding(REPORTED, SELECTION, "; ".join(counts))


def find_default_settings(record: Record) -> Finding:
    """State that the record has every parameter."""
    description = "all parameters with their defaults; what they do not name is at the software's documented default"
    return Finding(REPORTED, RECORD, description)


def find_missing_values(record: Record) -> Finding:
    """Describe what happened to undefined values and missing data."""
    unscored, unknown = sum(one.unscored for one in record.sets), sum(one.unknown_label for one in record.sets)
    imputation = "features: training median, left out when undefined in half of the rows"
    counts = f"{format_count(unscored, 'case')} without score, {unknown} without label"
    return Finding(REPORTED, f"{METHODS}; {FLOW}", f"{imputation}; {counts}")


def find_scaling(record: Record) -> Finding:
    """State how features were scaled."""
    return Finding(REPORTED, METHODS, "z-scores from mean and SD of the training rows of each fold")


def find_reduction(record: Record) -> Finding:
    """List the steps of the selection."""
    return Finding(REPORTED, f"{METHODS}; {SELECTION}", "; ".join(_describe_steps(record)))


def find_redundancy(record: Record) -> Finding:
    """Judge whether a step removes redundant features."""
    steps = _describe_steps(record, "redundancy")
    if not steps:
        return Finding(MISSING, evidence="no step of select.steps does so")
    return Finding(REPORTED, SELECTION, "; ".join(steps))


def find_harmonisation(record: Record) -> Finding:
    """Judge whether differences between devices or centres were removed from the features."""
    steps = _describe_steps(record, "harmonisation")
    if not steps:
        return Finding(NOT_APPLICABLE, evidence="no step of select.steps is combat")
    return Finding(REPORTED, SELECTION, "; ".join(steps))


def find_dimensionality(record: Record) -> Finding:
    """Judge whether there are at least ten training cases of the rarer class for every feature kept.

    Ten is the usual rule of thumb; METRICS gives no number.
    """
    training = next((one for one in record.sets if one.split == TRAIN), None)
    if training is None or not record.selections:
        return Finding(MISSING, evidence="no training set or no feature family")
    if training.positives is None:
        return Finding(PARTLY, SELECTION, "no number of cases per feature is customary for several classes")
    rarer = min(training.positives, training.analysed - training.positives)
    kept = max(len(state["coefficients"]) for _, _, state in record.selections)
    counts = f"{kept} features kept in the largest family, {rarer} training cases of the rarer class"
    if rarer >= 10 * kept:
        return Finding(REPORTED, SELECTION, counts)
    return Finding(MISSING, evidence=f"{counts}: fewer than ten per feature")


def _describe_steps(record: Record, purpose: str = "") -> list[str]:
    """Describe the steps of the selection, those with a purpose or all."""
    kinds = [(step, STEPS.get(step.step)) for step in record.params.select.all_steps()]
    return [kind.describe(step) for step, kind in kinds if purpose in ("", kind.purpose)]


RULES = index_rules(
    find_views, find_preprocessing, find_image_quality, find_outlines, find_single_reader_outlines,
    find_outline_reliability, find_rater_agreement, find_resampling, find_discretisation, find_image_types,
    find_extraction, find_standard_software, find_feature_classes, find_feature_counts, find_default_settings,
    find_missing_values, find_scaling, find_reduction, find_redundancy, find_harmonisation, find_dimensionality,
)  # fmt: skip
