"""Paragraphs on cases, images, outlines, features and their selection."""

from collections.abc import Mapping, Sequence

from sonomics.core.settings.clean import Clean
from sonomics.core.settings.crop import Perturb
from sonomics.core.settings.evaluate import Evaluate
from sonomics.core.settings.select import Step
from sonomics.kinds.families import FAMILIES
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.steps import STEPS
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_count
from sonomics.report.study.flow_of_cases import spell_reason
from sonomics.report.study.folds import describe_folds
from sonomics.report.study.record import Record
from sonomics.report.study.wording import describe_label, describe_overlays, describe_region, describe_view

ROWS = {"case": "cases, their views next to each other", "image": "single images"}


def describe_cases(record: Record) -> str:
    """Describe where cases come from, how they got a label and how they were divided."""
    params = record.params
    source, settings = SOURCES.get(params.export.source), params.export.sources()[params.export.source]
    origin = "; ".join(filter(None, [source.describe(settings), source.describe_pixels(settings)]))
    tasks = join_words(f"{name} ({describe_label(task)})" for name, task in params.study.tasks.items())
    sets = [f"{one.title.split(' (')[0].lower()} ({one.cases:,})" for one in record.sets]
    cases = format_count(sum(one.cases for one in record.sets), "case")
    patients = format_count(sum(one.patients for one in record.sets), "patient")
    divided = f"divided by patient into {join_words(sets)}" if len(sets) > 1 else f"all of them in {sets[0]}"
    text = f"Exams came from {origin}. The target was {tasks}. The cohort lists {cases} of {patients}, {divided}."
    if unknown := sum(one.unknown_label for one in record.sets):
        text += f" Cases whose label is unknown ({unknown:,}) were not analysed."
    return text


def describe_images(record: Record) -> str:
    """Describe what was done to the images, and which were excluded and why, with counts."""
    clean = record.params.clean
    views = join_words(f"{name} ({describe_view(view)})" for name, view in clean.views.items())
    text = (
        f"The views were {views}. Images were cut to the scan region, and calipers and text inside it "
        f"{describe_overlays(clean)}. "
    )
    parts = [
        _describe_criteria(clean),
        _describe_classifier(clean),
        _describe_duplicates(clean, record.params.evaluate),
        _count_images(record),
    ]
    return text + " ".join(filter(None, parts))


def describe_outlines(record: Record) -> str:
    """Describe which part of the image models saw, and whose outlines were used."""
    crop, steps = record.params.crop, record.params.select.all_steps()
    analysis = crop.analysis
    text = f"Models saw {describe_region(crop)}; outlines are those of {analysis.reader} in session {analysis.session}."
    analysed = f"{analysis.reader} session {analysis.session}"
    others = [f"{name} ({format_count(count, 'image')})" for name, count in record.readings.items() if name != analysed]
    if others:
        is_tested = any(STEPS.get(step.step).purpose == "reliability" for step in steps)
        use = "served to test how far features depend on the outline" if is_tested else "were not used"
        text += f" Outlines of {join_words(others)} {use}."
    if crop.perturb:
        text += _describe_copies(crop.perturb)
    if crop.pixels == "as_exported":
        text += " Crops were taken from the images as exported, with their overlays."
    if analysis.perturbed:
        text += " Models saw a randomly changed copy of the outlines."
    return f"{text} An outline of fewer than {crop.min_pixels} pixels was not used."


def describe_features(record: Record) -> str:
    """Describe the feature families; "" when the study has none."""
    if not record.families:
        return ""
    kinds = {name: (FAMILIES.get(family.kind), family) for name, family in record.families.items()}
    described = join_words(f"{name} ({kind.describe(family)})" for name, (kind, family) in kinds.items())
    details = [
        f"For {name}: {text}." for name, (kind, family) in kinds.items() if (text := kind.describe_details(family))
    ]
    counts = record.find_metric("extract", "main") or {}
    computed = join_words(f"{counts[name]['features']:,} of {name}" for name in kinds if name in counts)
    counted = f"Features of a region: {computed}." if computed else ""
    return " ".join(filter(None, [f"The feature families were {described}.", *details, counted]))


def _list_steps(steps: Sequence[Step]) -> str:
    described = [STEPS.get(step.step).describe(step) for step in steps]
    return "; ".join(f"({number}) {step}" for number, step in enumerate(described, start=1))


def describe_selection(record: Record) -> str:
    """Describe folds and the steps of the selection; the folds only when no feature was selected."""
    select = record.params.select
    folds = describe_folds(select)
    if not record.families:
        return folds
    by_task = select.steps if isinstance(select.steps, Mapping) else {"": select.steps}
    steps = "; ".join(
        f"{name}: {_list_steps(listed)}" if name else _list_steps(listed) for name, listed in by_task.items()
    )
    counts = [(family, len(state["coefficients"])) for family, _, state in record.selections]
    kept = [f"{format_count(count, 'feature')} of {family}" for family, count in counts]
    result = f" On all training cases this left {join_words(kept)}." if kept else ""
    result += "".join(f" For {family} the step {step} was {note}." for family, step, note in _list_not_applied(record))
    return (
        f"{folds} In each fold, and again on all training cases, features were kept that varied, were defined in half "
        f"of the rows, and passed in turn: {steps}. Rows were {ROWS[select.unit]}. Undefined values were replaced by "
        "the median of the training rows, and features were z-scored by the training rows' mean and standard "
        f"deviation.{result}"
    )


def _describe_copies(perturb: Perturb) -> str:
    grow, shift, contour = (f"{100 * share:g} %" for share in (perturb.grow, perturb.shift, perturb.contour))
    return (
        f" To test how far features depend on the outline, random copies of each were made ({perturb.times}): grown or "
        f"shrunk by up to {grow}, shifted by up to {shift} along rows and columns, displaced along the contour by "
        f"{contour} (standard deviation) of the lesion's diameter, and rotated by up to {perturb.rotate:g} degrees."
    )


def _list_not_applied(record: Record) -> list[tuple[str, str, str]]:
    """List (family, step, note) of the steps that could not be applied to all training cases."""
    return [
        (family, str(step["step"]), str(step["note"]))
        for family, _, state in record.selections
        for step in state["steps"]
        if str(step.get("note", "")).startswith("not ")
    ]


def _describe_criteria(clean: Clean) -> str:
    criteria = join_words(f"{criterion.name.replace('_', ' ')} ({criterion.rule})" for criterion in clean.criteria)
    return f"Criteria applied: {criteria}." if criteria else ""


def _describe_classifier(clean: Clean) -> str:
    network = clean.qc.network
    if not clean.qc.heads or network is None:
        return "Images were not screened by a classifier."
    return (
        f"A classifier ({network.architecture} at {network.size} pixels, trained on labelled images of training "
        f"patients) judged every image for {join_words(clean.qc.heads)}."
    )


def _describe_duplicates(clean: Clean, evaluate: Evaluate) -> str:
    if clean.duplicates.across_patients == "exclude":
        shared = "of two patients of one set the later copy was removed, and they were kept in one fold"
    else:
        shared = "patients who share one were kept in one fold"
        if evaluate.near_duplicates == "cluster":
            shared += " and counted as one cluster in every interval"
    return (
        f"Exact and near duplicates (difference hashes at most {clean.duplicates.max_distance} of 256 bits apart) were "
        f"removed within a case; of two in training and another set the training copy was removed; {shared}."
    )


def _count_images(record: Record) -> str:
    images = record.screening[record.screening["level"] == "image"]
    excluded = images.loc[images["fate"] != "kept", "reason"].value_counts()
    reasons = [f"{spell_reason(str(reason))} {excluded[reason]:,}" for reason in sorted(excluded.index)]
    text = f"Of {len(images):,} images, {int((images['fate'] == 'kept').sum()):,} were kept"
    return f"{text} ({'; '.join(reasons)})." if reasons else f"{text}."
