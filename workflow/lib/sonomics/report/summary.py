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


LOOK_FOR_A_LEAK = "With several sets one such interval may be chance; look for a leak before you trust the main run."
OTHER_DEALS = (
    "On unseen sets strong features can also carry a model of dealt labels off chance, either way: a variant with "
    "another study.seed is another deal to compare with."
)


def verdict(control: Evaluation, params: Mapping[str, Any]) -> str:
    """Say whether a negative control behaved as it must; nothing for other runs."""
    if not (what := blind(control.variant, params)):
        return ""
    inside: list[str] = []
    outside: list[str] = []
    for split in control.splits:
        row = control.statistic(control.primary, split, "auc")
        if not math.isnan(row["lower"]):
            holds = row["lower"] <= CHANCE <= row["upper"]
            (inside if holds else outside).append(f"{set_name(split)} ({decimal(row['estimate'])})")
    name = f"The negative control ({control.variant}: {what})"
    if not inside and not outside:
        return f"{name} was not estimable in any set."
    if not outside:
        return f"{name} stayed at chance, as it must: AUC in {listed(inside)}, every interval holding 0.50."
    away = f"{name} is away from chance in {listed(outside)}, where the interval does not hold 0.50. {LOOK_FOR_A_LEAK}"
    return f"{away} {OTHER_DEALS}" if deals_labels(control.variant, params) else away


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
