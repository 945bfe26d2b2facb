"""Paragraphs on cases, images, outlines, features and their selection."""

from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.numbers import listed, plural
from sonomics.report.study.flow_of_cases import in_words
from sonomics.report.study.record import HAND_CRAFTED, Record
from sonomics.report.study.wording import (
    MARKS,
    PIXELS,
    REGIONS,
    SOURCES,
    family_in_words,
    label_in_words,
    step_in_words,
    view_in_words,
    worded,
)

CLASSES = {
    "firstorder": "first-order",
    "shape2D": "shape",
    "glcm": "grey-level co-occurrence",
    "glrlm": "run length",
    "glszm": "size zone",
    "gldm": "dependence",
    "ngtdm": "neighbouring grey-tone difference",
}


def cases_text(record: Record) -> str:
    """Say where cases come from, how they got a label and how they were divided."""
    source = record.params["export"]["source"]
    tasks = [f"{name} ({label_in_words(task)})" for name, task in record.params["study"]["tasks"].items()]
    sets = [f"{one.title.split(' (')[0].lower()} ({one.cases:,})" for one in record.sets]
    cases = plural(sum(one.cases for one in record.sets), "case")
    patients = plural(sum(one.patients for one in record.sets), "patient")
    divided = f"divided by patient into {listed(sets)}" if len(sets) > 1 else f"all of them in {sets[0]}"
    text = (
        f"Exams came from {worded(SOURCES, source)}{_pixels(record)}. The target was {listed(tasks)}. "
        f"The cohort lists {cases} of {patients}, {divided}."
    )
    if unknown := sum(one.unknown_label for one in record.sets):
        text += f" Cases whose label is unknown ({unknown:,}) were not analysed."
    return text


def _pixels(record: Record) -> str:
    export = record.params["export"]
    stated = export.get("folder", {}).get("pixels", "deidentify")
    return f"; {worded(PIXELS, stated)}" if export["source"] == "folder" else ""


def images_text(record: Record) -> str:
    """Say what was made of the exams, and which images were left out and why, with counts."""
    clean = record.params["clean"]
    views = [f"{name} ({view_in_words(view)})" for name, view in clean["views"].items()]
    text = (
        f"The views were {listed(views)}. Images were cut to the scan region, and calipers and text found inside it "
        f"{worded(MARKS, clean['overlays'])}. "
    )
    return text + " ".join(filter(None, [_criteria(clean), _classifier(clean), _duplicates(clean), _kept(record)]))


def outlines_text(record: Record) -> str:
    """Say which part of the image models saw, and whose outlines were used."""
    crop = record.params["crop"]
    region = worded(REGIONS, crop["region"]).format(rim=100 * crop["margin"])
    analysis = crop["analysis"]
    text = f"Models saw {region}; outlines are those of {analysis['reader']} in session {analysis['session']}."
    own = f"{analysis['reader']} session {analysis['session']}"
    others = [f"{name} ({plural(count, 'image')})" for name, count in record.readings.items() if name != own]
    if others:
        judged = any(step["step"] == "icc" for step in record.params["select"]["steps"])
        use = "served to judge how far features depend on the outline" if judged else "were not used"
        text += f" Outlines of {listed(others)} {use}."
    if "perturb" in crop:
        text += _copies(crop["perturb"])
    if crop.get("pixels") == "as_exported":
        text += " Crops were taken from the images as exported, overlays and all."
    if "perturbed" in analysis:
        text += " Models saw a randomly changed copy of the outlines."
    if "min_pixels" in crop:
        text += f" An outline of fewer than {crop['min_pixels']} pixels was not used."
    return text


def _copies(perturb: Mapping[str, Any]) -> str:
    grow, shift, contour = (f"{100 * perturb[name]:g} %" for name in ("grow", "shift", "contour"))
    return (
        f" To judge how far features depend on the outline, random copies of each were made ({perturb['times']}): "
        f"grown or shrunk by up to {grow}, shifted by up to {shift} along rows and columns, wobbled by "
        f"{contour} (standard deviation) of the lesion's diameter, and rotated by up to {perturb['rotate']:g} degrees."
    )


def features_text(record: Record) -> str:
    """Describe the feature families; nothing when the study has none."""
    families = record.params["extract"]["families"]
    if not families:
        return ""
    text = (
        f"The feature families were {listed([f'{name} ({family_in_words(one)})' for name, one in families.items()])}."
    )
    details = [_detail(name, family) for name, family in record.families(*HAND_CRAFTED).items()]
    counts = record.metric("extract", "main") or {}
    computed = [f"{counts[name]['features']:,} of {name}" for name in families if name in counts]
    counted = f"Features of a region: {listed(computed)}." if computed else ""
    return " ".join(filter(None, [text, *details, counted]))


def selection_text(record: Record) -> str:
    """Describe folds and the steps of the selection; the folds alone when no feature was selected."""
    select = record.params["select"]
    folds = f"Training patients were divided once into {select['folds']} folds."
    if not record.params["extract"]["families"]:
        return folds
    steps = "; ".join(f"({number}) {step_in_words(step)}" for number, step in enumerate(select["steps"], start=1))
    rows = {"case": "cases, their views side by side", "image": "single images"}[select["unit"]]
    kept = [f"{plural(len(state['coefficients']), 'feature')} of {family}" for family, _, state in record.selections]
    chosen = f" On all training cases this left {listed(kept)}." if kept else ""
    chosen += "".join(f" For {family} the step {name} was {note}." for family, name, note in _not_done(record))
    return (
        f"{folds} In each fold, and again on all training cases, features were kept that varied, were defined in half "
        f"of the rows, and passed in turn: {steps}. Rows were {rows}. Undefined values were replaced by the median of "
        f"the training rows, and features were z-scored by the training rows' mean and standard deviation.{chosen}"
    )


def _not_done(record: Record) -> list[tuple[str, str, str]]:
    """List (family, step, note) of the steps that could not be applied to all training cases."""
    return [
        (family, str(step["step"]), str(step["note"]))
        for family, _, state in record.selections
        for step in state["steps"]
        if str(step.get("note", "")).startswith("not ")
    ]


def _criteria(clean: Mapping[str, Any]) -> str:
    stated = [f"{criterion['name'].replace('_', ' ')} ({criterion['rule']})" for criterion in clean.get("criteria", [])]
    return f"Criteria applied: {listed(stated)}." if stated else ""


def _classifier(clean: Mapping[str, Any]) -> str:
    heads = list(clean["qc"]["heads"])
    if not heads:
        return "Images were not screened by a classifier."
    network = clean["qc"]["network"]
    return (
        f"A classifier ({network['architecture']} at {network['size']} pixels, learnt from labelled images of training "
        f"patients) judged every image for {listed(heads)}."
    )


def _duplicates(clean: Mapping[str, Any]) -> str:
    settings = clean.get("duplicates", {})
    bits = (
        f" (difference hashes at most {settings['max_distance']} of 256 bits apart)"
        if "max_distance" in settings
        else ""
    )
    return (
        f"Exact and near duplicates{bits} were removed within a case; of two in training and another set the training "
        "copy went; patients who share one were kept in one fold."
    )


def _kept(record: Record) -> str:
    images = record.screening[record.screening["level"] == "image"]
    left_out = images.loc[images["fate"] != "kept", "reason"].value_counts()
    reasons = [f"{in_words(str(reason))} {left_out[reason]:,}" for reason in sorted(left_out.index)]
    text = f"Of {len(images):,} images, {int((images['fate'] == 'kept').sum()):,} were kept"
    return f"{text} ({'; '.join(reasons)})." if reasons else f"{text}."


def _detail(name: str, family: Mapping[str, Any]) -> str:
    said = []
    if classes := family.get("classes"):
        said.append(f"classes {listed([CLASSES.get(one, one) for one in classes])}")
    if "bins" in family:
        said.append("a fixed number of grey levels in each region")
    spacing = family.get("resample_mm")
    said.append(f"resampled to {spacing:g} mm" if spacing else "pixels as they were, lengths in pixels")
    return f"For {name}: {'; '.join(said)}."
