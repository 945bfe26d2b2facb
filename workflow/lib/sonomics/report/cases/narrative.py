"""One case in plain English: who it is, what was seen, what the models say, and what turned out."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from sonomics.report.cases.decisions import Judged
from sonomics.report.elements.numbers import decimal, listed
from sonomics.report.prose.summary import set_name
from sonomics.report.study.flow_of_cases import in_words

OUTCOMES = {
    ("positive", 1.0): "a true positive",
    ("positive", 0.0): "a false positive",
    ("negative", 0.0): "a true negative",
    ("negative", 1.0): "a false negative",
}
LABELS = {1.0: "positive", 0.0: "negative"}


def case_text(
    name: str,
    case: Mapping[Hashable, Any],
    models: Sequence[Judged],
    excluded: str,
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
    models : sequence of Judged
        The primary one first.
    excluded : str
        Why it was not analysed; "" when it was.
    clinical : mapping
        Clinical variables as text; empty to leave them out.
    images : str
        A sentence from `images_text`, or nothing.
    """
    sentences = [f"Case {name} belongs to {set_name(case['split'])}."]
    if clinical:
        sentences.append(
            f"Clinical data: {listed([f'{_apart(key)} {_apart(value)}' for key, value in clinical.items()])}."
        )
    sentences += [images, *_judgement(case, models)]
    label = LABELS.get(case["label"])
    sentences.append(f"The label is {label}{_outcome(case, models)}." if label else "The label is unknown.")
    if excluded:
        sentences.append(f"The case was not analysed: {excluded}.")
    return " ".join(sentence for sentence in sentences if sentence)


def images_text(images: Sequence[Mapping[Hashable, Any]]) -> str:
    """Say what screening made of a case's images: rows of SCREENING, level image."""
    if not images:
        return "No image was exported."
    views = Counter(image["view"] for image in images if image["fate"] == "kept")
    reasons = Counter(in_words(image["reason"]) for image in images if image["fate"] != "kept")
    seen = f" ({listed([f'{count} {view}' for view, count in sorted(views.items())])})" if views else ""
    because = listed([f"{count} ({reason})" for reason, count in sorted(reasons.items())])
    aside = f"; set aside: {because}" if reasons else ""
    return f"Images kept: {views.total()} of {len(images)}{seen}{aside}."


def _judgement(case: Mapping[Hashable, Any], models: Sequence[Judged]) -> list[str]:
    scored = [(model, case[model.column]) for model in models if not pd.isna(case[model.column])]
    if not scored or scored[0][0] is not models[0]:
        return [f"The primary model, {models[0].name}, has no score for it."]
    (primary, value), *others = scored
    decision = primary.decision(value)
    said = f"The primary model, {primary.name}, gives a {primary.kind} of {decimal(value, 3)}"
    if decision:
        side = "at or above" if decision == "positive" else "below"
        said += (
            f", {side} the threshold of {decimal(primary.cutoff, 3)} frozen on training: it calls the case {decision}"
        )
    rest = [f"{model.name} {decimal(value, 3)}{_called(model, value)}" for model, value in others]
    return [f"{said}.", f"Other models: {listed(rest)}." if rest else ""]


def _called(model: Judged, value: float) -> str:
    decision = model.decision(value)
    return f" ({decision})" if decision else ""


def _outcome(case: Mapping[Hashable, Any], models: Sequence[Judged]) -> str:
    found = OUTCOMES.get((models[0].decision(case[models[0].column]), case["label"]))
    return f", so this is {found}" if found else ""


def _apart(text: str) -> str:
    # Text of another direction of writing must not turn the sentence around it: U+2068 and U+2069 set it apart.
    return text if text.isascii() else f"\u2068{text}\u2069"
