"""What was found, in sentences written from the tables."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sonomics.core.params import MAIN
from sonomics.core.schemas import TRAIN
from sonomics.report.controls import blind, deals_labels
from sonomics.report.evaluations import Evaluation
from sonomics.report.numbers import decimal, interval, listed, plural

CHANCE = 0.5
SIMULATED = "The data are simulated: these figures prove the method, not a clinical claim."


@dataclass(frozen=True)
class Headline:
    """The primary model's AUC in one set, as shown large at the top."""

    title: str
    auc: str
    interval: str
    counts: str


def headlines(evaluation: Evaluation, level: float) -> list[Headline]:
    """Give the primary model's AUC of every set."""
    shown = []
    for split, title in evaluation.splits.items():
        row = evaluation.statistic(evaluation.primary, split, "auc")
        unit = plural(int(row["n"]), row["unit"])
        sure = f"{100 * level:g} % CI {interval(row['lower'], row['upper'])}"
        shown.append(
            Headline(
                title,
                decimal(row["estimate"]),
                row["reason"] if math.isnan(row["lower"]) else sure,
                f"{unit}, {row['positives']:.0f} positive",
            )
        )
    return shown


def findings(evaluation: Evaluation, controls: Sequence[Evaluation], params: Mapping[str, Any]) -> dict[str, list[str]]:
    """Answer what a reader asks first: the question, on how many, what was found, how sure, what the controls say."""
    answers = {
        "What was asked": [params["study"]["question"]],
        "On how many": [_counted(evaluation)],
        "What was found": [_found(evaluation, split, params) for split in unseen(evaluation)],
        "How sure": [_sureness(evaluation)],
        "What the controls say": [verdict(control, params) for control in controls if control.variant != MAIN],
        "What it stands for": [SIMULATED] if params["export"]["source"] == "simulator" else [],
    }
    return {question: said for question, sentences in answers.items() if (said := [one for one in sentences if one])}


def unseen(evaluation: Evaluation) -> list[str]:
    """List the test sets; the training set (out of fold) when there is none."""
    return [split for split in evaluation.splits if split != TRAIN] or [TRAIN]


LOOK_FOR_A_LEAK = (
    "One interval in forty lies there by chance: run the control with another study.seed, and look for a leak before "
    "you trust the main run."
)
LOWERED = "A leak would raise it, not lower it."
CARRIED = (
    "On unseen sets strong features carry a model of dealt labels off chance in either direction, and out of fold a "
    "leak would raise the AUC: run the control with another study.seed before you read anything into it."
)


def verdict(control: Evaluation, params: Mapping[str, Any]) -> str:
    """Say whether a negative control behaved as it must; nothing for other runs.

    Dealt labels are judged out of fold alone, against the labels that were dealt: on an unseen set the features may
    carry a model of dealt labels away from chance, in either direction and further than an interval over cases says.
    """
    if not (what := blind(control.variant, params)):
        return ""
    name = f"The negative control ({control.variant}: {what})"
    areas = {split: control.statistic(control.primary, split, "auc") for split in control.splits}
    known = {split: row for split, row in areas.items() if not math.isnan(row["lower"])}
    if not known:
        return f"{name} was not estimable in any set."
    told = {split: f"{set_name(split)} ({decimal(row['estimate'])})" for split, row in known.items()}
    away = [told[split] for split, row in known.items() if not row["lower"] <= CHANCE <= row["upper"]]
    if not away:
        places = listed(list(told.values()))
        return f"{name} stayed at chance, as it must: AUC in {places}, every interval holding 0.50."
    dealt = deals_labels(control.variant, params)
    above = [told[split] for split, row in known.items() if row["lower"] > CHANCE and (split == TRAIN or not dealt)]
    if above:
        return f"{name} is above chance in {listed(above)}. {LOOK_FOR_A_LEAK}"
    return f"{name} is away from chance in {listed(away)}. {CARRIED if dealt else LOWERED}"


def set_name(split: str) -> str:
    """Name a split within a sentence."""
    stem, _, number = split.partition("_")
    named = {TRAIN: "the training set (out of fold)", "internal": "the internal test set"}
    return named.get(stem, f"external test set {number}" if number else f"the {stem} set")


def _counted(evaluation: Evaluation) -> str:
    table = evaluation.tables["splits"]
    listed_cases, analysed = int(table["cases"].sum()), int(table["analysed"].sum())
    patients = int(table["patients"].sum())
    return (
        f"Of {plural(listed_cases, 'case')} from {plural(patients, 'patient')}, {analysed:,} were analysed; "
        f"{listed_cases - analysed:,} were excluded or have an unknown label (see the flow chart)."
    )


def _found(evaluation: Evaluation, split: str, params: Mapping[str, Any]) -> str:
    place, model = set_name(split), evaluation.primary
    row = evaluation.statistic(model, split, "auc")
    if math.isnan(row["estimate"]):
        return f"In {place} the AUC of the primary model, {model}, is not estimable: {row['reason']}."
    level = f"{100 * params['evaluate']['level']:g} % CI"
    bounds = interval(row["lower"], row["upper"])
    sentence = f"In {place} the primary model, {model}, reached an AUC of {decimal(row['estimate'])}"
    sentence += f" ({level} {bounds})" if bounds else f" (no interval: {row['reason']})"
    measures = {name: evaluation.statistic(model, split, name)["estimate"] for name in ("sensitivity", "specificity")}
    if not any(math.isnan(value) for value in measures.values()):
        at = [f"{name} {decimal(value)}" for name, value in measures.items()]
        sentence += f", with {listed(at)} at the threshold frozen on training"
    best = evaluation.statistic(model, split, "best_possible")["estimate"]
    return sentence + ("." if math.isnan(best) else f"; the planted risk itself reached {decimal(best)}.")


def _sureness(evaluation: Evaluation) -> str:
    rows = {split: evaluation.statistic(evaluation.primary, split, "auc") for split in unseen(evaluation)}
    known = {split: row for split, row in rows.items() if not math.isnan(row["lower"])}
    if not known:
        return "It cannot be said: no interval is estimable."
    widest = max(row["upper"] - row["lower"] for row in known.values())
    doubtful = [set_name(split) for split, row in known.items() if row["lower"] <= CHANCE]
    sure = f"The widest of these intervals spans {decimal(widest)}"
    if doubtful:
        return f"{sure}; in {listed(doubtful)} it holds 0.50, so chance alone is not excluded there."
    return f"{sure}, and none holds 0.50."
