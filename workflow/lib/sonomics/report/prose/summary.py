"""What was found, in sentences written from the tables."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sonomics.core.params import MAIN, deals_labels
from sonomics.core.schemas import TRAIN
from sonomics.report.elements.numbers import decimal, interval, listed, plural
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.variants import Pooled, blind

CHANCE = 0.5
NO_CONTROL = "No negative control was run, so nothing shows what this work finds where nothing is to be found."
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


def findings(
    evaluation: Evaluation, controls: Sequence[Evaluation], pooled: Pooled, params: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Answer what a reader asks first: the question, on how many, what was found, how sure, what the controls say."""
    answers = {
        "What was asked": [params["study"]["question"]],
        "On how many": [_counted(evaluation)],
        "What was found": [_found(evaluation, split, params) for split in unseen(evaluation)],
        "How sure": [_sureness(evaluation)],
        "What the controls say": verdicts(controls, pooled, params) or [NO_CONTROL],
        "What it stands for": [SIMULATED] if params["export"]["source"] == "simulator" else [],
    }
    return {question: said for question, sentences in answers.items() if (said := [one for one in sentences if one])}


def unseen(evaluation: Evaluation) -> list[str]:
    """List the test sets; the training set (out of fold) when there is none."""
    return [split for split in evaluation.splits if split != TRAIN] or [TRAIN]


LOOK_FOR_A_LEAK = "With several sets one such interval may be chance; look for a leak before you trust the main run."
OTHER_DEALS = (
    "On unseen sets strong features can also carry a model of dealt labels off chance, either way: add variants with "
    "another study.seed, and from three on all deals are judged together."
)


def verdicts(controls: Sequence[Evaluation], pooled: Pooled, params: Mapping[str, Any]) -> list[str]:
    """Say of every negative control whether it behaved as it must; of dealt labels together where `pooled` has them."""
    blinded = [control for control in controls if control.variant != MAIN and blind(control.variant, params)]
    deals = [control for control in blinded if deals_labels(params, control.variant)] if pooled else []
    together = [verdict_over_deals(deals, pooled)] if deals else []
    return [*together, *(verdict(control, params) for control in blinded if control not in deals)]


def verdict(control: Evaluation, params: Mapping[str, Any]) -> str:
    """Say whether one negative control behaved as it must."""
    areas = {split: control.statistic(control.primary, split, "auc") for split in control.splits}
    bounds = {split: (row["estimate"], row["lower"], row["upper"]) for split, row in areas.items()}
    said = _judged(f"The negative control ({control.variant}: {blind(control.variant, params)})", "AUC", bounds)
    return f"{said} {OTHER_DEALS}" if LOOK_FOR_A_LEAK in said and deals_labels(params, control.variant) else said


def verdict_over_deals(deals: Sequence[Evaluation], pooled: Pooled) -> str:
    """Say whether all deals of the labels together behaved as they must."""
    figures = ((split, pooled[split]) for split in deals[0].splits)
    bounds = {split: (row["auc"], row["auc_lower"], row["auc_upper"]) for split, row in figures}
    names = listed([deal.variant for deal in deals])
    name = f"The negative control (training labels dealt out at random, {len(deals)} deals: {names})"
    return _judged(name, "mean AUC", bounds)


def _judged(name: str, statistic: str, bounds: Mapping[str, tuple[float, float, float]]) -> str:
    inside: list[str] = []
    outside: list[str] = []
    for split, (estimate, lower, upper) in bounds.items():
        if not math.isnan(lower):
            holds = lower <= CHANCE <= upper
            (inside if holds else outside).append(f"{set_name(split)} ({decimal(estimate)})")
    if not inside and not outside:
        return f"{name} was not estimable in any set."
    if not outside:
        return f"{name} stayed at chance, as it must: {statistic} in {listed(inside)}, every interval holding 0.50."
    return f"{name} is away from chance in {listed(outside)}, where the interval does not hold 0.50. {LOOK_FOR_A_LEAK}"


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
    doubtful = [set_name(split) for split, row in known.items() if row["lower"] <= CHANCE <= row["upper"]]
    below = [set_name(split) for split, row in known.items() if row["upper"] < CHANCE]
    sure = f"The widest of these intervals spans {decimal(widest)}"
    if doubtful:
        sure += f"; in {listed(doubtful)} it holds 0.50, so chance alone is not excluded there"
    if below:
        sure += f"; in {listed(below)} it lies below 0.50, where the model ranks worse than chance"
    return f"{sure}." if doubtful or below else f"{sure}, and none holds 0.50."
