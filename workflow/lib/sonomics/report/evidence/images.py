"""Rules on images, outlines and features."""

from importlib.metadata import version

from sonomics.core.schemas import TRAIN
from sonomics.report.elements.numbers import listed, plural
from sonomics.report.evidence.design import METHODS, RECORD
from sonomics.report.study.record import (
    HAND_CRAFTED,
    Finding,
    Record,
    missing,
    named,
    not_applicable,
    partly,
    reported,
)
from sonomics.report.study.wording import MARKS, REGIONS, family_in_words, step_in_words, view_in_words, worded

PERFORMANCE, SELECTION = "page: Performance", "page: Selected features"
NO_TEXTURE = "no hand-crafted features"


def views(record: Record) -> Finding:
    """List the views, and what they were taken from."""
    named_views = record.params["clean"]["views"].items()
    return reported(METHODS, listed([f"{name} ({view_in_words(view)})" for name, view in named_views]))


def preprocessing(record: Record) -> Finding:
    """Say what was done to the images before features were taken."""
    clean, crop = record.params["clean"], record.params["crop"]
    region = worded(REGIONS, crop["region"]).format(rim=100 * crop["margin"])
    return reported(METHODS, f"cut to the scan region; overlays {worded(MARKS, clean['overlays'])}; {region}")


def image_quality(record: Record) -> Finding:
    """Say whether images were judged before use."""
    heads = list(record.params["clean"]["qc"]["heads"])
    if heads:
        return reported(f"{METHODS}; page: Flow of cases", f"a classifier judged every image for {listed(heads)}")
    return partly(METHODS, "exact and near duplicates were sought; no classifier judged the images")


def outlines(record: Record) -> Finding:
    """Count the outlines by reader and session, and say whose the models saw."""
    analysis = record.params["crop"]["analysis"]
    counts = record.readings
    counted = f" (outlined images: {listed([f'{name}: {count}' for name, count in counts.items()])})" if counts else ""
    return reported(METHODS, f"outlines of {analysis['reader']}, session {analysis['session']}{counted}")


def single_reader_outlines(record: Record) -> Finding:
    """State that the test sets were outlined by one reader."""
    return reported(METHODS, f"all sets: {record.params['crop']['analysis']['reader']}")


def outline_reliability(record: Record) -> Finding:
    """Say whether repeated outlines judged the features."""
    steps = [step for step in record.params["select"]["steps"] if step["step"] == "icc"]
    if not steps:
        return missing("no step of select.steps is icc")
    copies = record.params["crop"].get("perturb", {}).get("times", 0)
    if len(record.readings) < 2 and not copies:
        return partly(SELECTION, "the step icc is stated, but no outline was drawn twice")
    changed = f", {copies} random changes of each outline" if copies else ""
    return reported(SELECTION, f"{step_in_words(steps[0])}; {plural(len(record.readings), 'reading')}{changed}")


def rater_agreement(record: Record) -> Finding:
    """Say whether raters were compared on the outlines."""
    if len(record.readings) < 2:
        return missing("one reader, one session")
    return reported(SELECTION, f"outlines repeated ({listed(sorted(record.readings))}); ICC of every feature")


def resampling(record: Record) -> Finding:
    """Give the pixel spacing that features were computed at."""
    families = record.families(*HAND_CRAFTED)
    if not families:
        return not_applicable(NO_TEXTURE)
    spacings = {name: family.get("resample_mm") for name, family in families.items()}
    as_is = "pixels as they are, lengths in pixels"
    stated = [f"{name}: {f'{spacing:g} mm' if spacing else as_is}" for name, spacing in spacings.items()]
    return reported(METHODS, "; ".join(stated))


def discretisation(record: Record) -> Finding:
    """Give the grey levels."""
    families = record.families(*HAND_CRAFTED)
    if not families:
        return not_applicable(NO_TEXTURE)
    without = {"mazda": "MaZda's bit depths", "lexicon": "grey levels as they are"}
    levels = {name: without.get(one["kind"]) or f"{one['bins']} bins in every region" for name, one in families.items()}
    stated = [f"{name}: {said}" for name, said in levels.items()]
    return reported(METHODS, "; ".join(stated))


def image_types(record: Record) -> Finding:
    """List the filters."""
    families = record.families("texture", "pyradiomics")
    if not families:
        return not_applicable("no family takes filtered images")
    stated = [f"{name}: {listed(list(family['filters']))}" for name, family in families.items()]
    return reported(METHODS, "; ".join(stated))


def extraction(record: Record) -> Finding:
    """Say how each family was computed, and with what software."""
    families = record.params["extract"]["families"].items()
    return reported(METHODS, "; ".join(f"{name}: {family_in_words(family)}" for name, family in families))


def standard_software(record: Record) -> Finding:
    """Judge whether hand-crafted features came from software held to the standard."""
    families = record.families(*HAND_CRAFTED)
    if not families:
        return not_applicable(NO_TEXTURE)
    if strange := [name for name, family in families.items() if family["kind"] in ("mazda", "lexicon")]:
        return partly(METHODS, f"{listed(strange)}: not features of the biomarker standard")
    held = f"PyRadiomics {version('pyradiomics')}"
    if any(family["kind"] == "texture" for family in families.values()):
        held = f"own engine, recomputed in part with {held} and held to the IBSI phantom in this run"
    return reported(METHODS, held)


def feature_classes(record: Record) -> Finding:
    """List the classes of features."""
    families = record.families(*HAND_CRAFTED)
    if not families:
        return not_applicable(NO_TEXTURE)
    classes = {name: family.get("classes") or family.get("families") or ["all"] for name, family in families.items()}
    stated = [f"{name}: {listed(list(names))}" for name, names in classes.items()]
    return reported(f"{METHODS}; {RECORD}", "; ".join(stated))


def feature_counts(record: Record) -> Finding:
    """Count the features of each family before and after the selection."""
    if not record.selections:
        return not_applicable("no feature family")
    counts = [
        f"{family} ({task}): {state['steps'][0]['in']} before, {len(state['coefficients'])} with a coefficient"
        for family, task, state in record.selections
        if state["steps"]
    ]
    return reported(SELECTION, "; ".join(counts))


def default_settings(record: Record) -> Finding:
    """State that every parameter stands in the record."""
    return reported(RECORD, "params.yaml in full; what it does not name is at the software's documented default")


def missing_values(record: Record) -> Finding:
    """Say what happened to undefined values and missing data."""
    unscored, unknown = sum(one.unscored for one in record.sets), sum(one.unknown_label for one in record.sets)
    filled = "features: training median, left out when undefined in half of the rows"
    said = f"{filled}; {plural(unscored, 'case')} without score, {unknown} without label"
    return reported(f"{METHODS}; page: Flow of cases", said)


def scaling(record: Record) -> Finding:
    """State how features were scaled."""
    return reported(METHODS, "z-scores from mean and SD of the training rows of each fold")


def reduction(record: Record) -> Finding:
    """List the steps of the selection."""
    steps = record.params["select"]["steps"]
    return reported(f"{METHODS}; {SELECTION}", "; ".join(map(step_in_words, steps)))


def redundancy(record: Record) -> Finding:
    """Judge whether a step removes redundant features."""
    steps = [step for step in record.params["select"]["steps"] if step["step"] in ("correlation", "mrmr", "pca")]
    if not steps:
        return missing("no step of select.steps does so")
    return reported(SELECTION, "; ".join(map(step_in_words, steps)))


def harmonisation(record: Record) -> Finding:
    """Say whether differences of devices or centres were taken out of the features."""
    steps = [step_in_words(step) for step in record.params["select"]["steps"] if step["step"] == "combat"]
    return reported(SELECTION, "; ".join(steps)) if steps else not_applicable("no step of select.steps is combat")


def dimensionality(record: Record) -> Finding:
    """Hold the features kept against the training cases: at least ten cases of the rarer class a feature.

    Ten is the usual rule of thumb; METRICS gives no number.
    """
    training = next((one for one in record.sets if one.split == TRAIN), None)
    if training is None or not record.selections:
        return missing("no training set or no feature family")
    rarer = min(training.positives, training.analysed - training.positives)
    kept = max(len(state["coefficients"]) for _, _, state in record.selections)
    said = f"{kept} features kept in the largest family, {rarer} training cases of the rarer class"
    return reported(SELECTION, said) if rarer >= 10 * kept else missing(f"{said}: fewer than ten a feature")


RULES = named(
    views, preprocessing, image_quality, outlines, single_reader_outlines, outline_reliability, rater_agreement,
    resampling, discretisation, image_types, extraction, standard_software, feature_classes, feature_counts,
    default_settings, missing_values, scaling, reduction, redundancy, harmonisation, dimensionality,
)  # fmt: skip
