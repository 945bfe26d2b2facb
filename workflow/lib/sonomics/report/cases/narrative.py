"""The report of one case in plain English: the case, its images, what the models predict, and its label."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from sonomics.kinds.wording import join_words
from sonomics.report.cases.decisions import FrozenModel
from sonomics.report.elements.numbers import format_decimal
from sonomics.report.study.evaluation import name_set
from sonomics.report.study.flow_of_cases import spell_reason

OUTCOMES = {
    ("positive", 1.0): "a true positive",
    ("positive", 0.0): "a false positive",
    ("negative", 0.0): "a true negative",
    ("negative", 1.0): "a false negative",
}
LABELS = {1.0: "positive", 0.0: "negative"}
# The column of the true class, of a task of several classes.
TRUE = "true"


def write_case_report(
    name: str,
    case: Mapping[Hashable, Any],
    models: Sequence[FrozenModel],
    exclusion: str,
    clinical: Mapping[str, str],
    images: str,
) -> str:
    """Write the report of one case.

    Parameters
    ----------
    name : str
        What the page calls the case.
    case : mapping
        Its row of the evaluation's table of cases.
    models : sequence of FrozenModel
        The primary one first.
    exclusion : str
        Why it was not analysed; "" when it was.
    clinical : mapping
        Clinical variables as text; empty to leave them out.
    images : str
        A sentence from `describe_images`, or "".
    """
    sentences = [f"Case {name} belongs to {name_set(case['split'])}."]
    if clinical:
        variables = [f"{_isolate(key)} {_isolate(value)}" for key, value in clinical.items()]
        sentences.append(f"Clinical data: {join_words(variables)}.")
    sentences += [images, *_describe_predictions(case, models)]
    label = name_label(case)
    sentences.append(f"The label is {label}{_describe_outcome(case, models)}." if label else "The label is unknown.")
    if exclusion:
        sentences.append(f"The case was not analysed: {exclusion}.")
    return " ".join(filter(None, sentences))


def name_label(case: Mapping[Hashable, Any]) -> str:
    """Name the label of a case: positive or negative, or its class; "" where it is unknown."""
    return str(case[TRUE]) if TRUE in case else LABELS.get(case["label"], "")


def name_decision(case: Mapping[Hashable, Any], model: FrozenModel) -> str:
    """Name what a model decides: positive or negative, or a class; "" where it decides nothing."""
    decided = f"{model.name}__decided"
    return str(case[decided]) if decided in case else model.decide(float(case[model.column]))


def describe_images(images: Sequence[Mapping[Hashable, Any]]) -> str:
    """Describe what screening kept of a case's images, as rows of SCREENING of the level image."""
    if not images:
        return "No image was exported."
    views = Counter(image["view"] for image in images if image["fate"] == "kept")
    reasons = Counter(spell_reason(image["reason"]) for image in images if image["fate"] != "kept")
    by_view = f" ({join_words([f'{count} {view}' for view, count in sorted(views.items())])})" if views else ""
    by_reason = join_words([f"{count} ({reason})" for reason, count in sorted(reasons.items())])
    excluded = f"; excluded: {by_reason}" if reasons else ""
    return f"Images kept: {views.total()} of {len(images)}{by_view}{excluded}."


def _describe_predictions(case: Mapping[Hashable, Any], models: Sequence[FrozenModel]) -> list[str]:
    scored = [(model, case[model.column]) for model in models if not pd.isna(case[model.column])]
    if not scored or scored[0][0] is not models[0]:
        return [f"The primary model, {models[0].name}, has no score for it."]
    (primary, value), *others = scored
    sentence = f"The primary model, {primary.name}, gives a {primary.kind} of {format_decimal(value, 3)}"
    if TRUE in case:
        sentence += f", its decision being {name_decision(case, primary)}"
    elif decision := primary.decide(value):
        side = "at or above" if decision == "positive" else "below"
        threshold = format_decimal(primary.threshold, 3)
        sentence += f", {side} the threshold of {threshold} frozen on training: it calls the case {decision}"
    of_others = [
        f"{model.name} {format_decimal(value, 3)}{_bracket(name_decision(case, model))}" for model, value in others
    ]
    return [f"{sentence}.", f"Other models: {join_words(of_others)}." if of_others else ""]


def _bracket(decision: str) -> str:
    return f" ({decision})" if decision else ""


def _describe_outcome(case: Mapping[Hashable, Any], models: Sequence[FrozenModel]) -> str:
    if TRUE in case:
        return ""
    outcome = OUTCOMES.get((models[0].decide(case[models[0].column]), case["label"]))
    return f", so this is {outcome}" if outcome else ""


def _isolate(text: str) -> str:
    # Text that is written from right to left must not turn the sentence around it: U+2068 and U+2069 isolate it.
    return text if text.isascii() else f"\u2068{text}\u2069"
