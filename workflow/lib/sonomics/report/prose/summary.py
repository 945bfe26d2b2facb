"""The summary: what was asked and found, in sentences written from the tables."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonomics.core.params import MAIN
from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_count, format_decimal, format_interval
from sonomics.report.study.evaluation import Evaluation, name_set
from sonomics.report.study.variants import ShuffledMeans, describe_control, shuffles_labels
from sonomics.report.study.wording import SIMULATED

CHANCE = 0.5
NO_CONTROL = "No negative control was run, so nothing shows what this analysis finds where there is nothing to find."
LOOK_FOR_A_LEAK = (
    "With several sets one such interval can occur by chance; look for a leak before you trust the main run."
)
MORE_PERMUTATIONS = (
    "In test sets, strong features can also carry a model of shuffled labels away from chance, in either direction: "
    "add variants with another study.seed; three or more permutations are judged together."
)


@dataclass(frozen=True)
class Headline:
    """The primary model's AUC in one set, as shown in large type at the top."""

    title: str
    auc: str
    interval: str
    counts: str


def list_headlines(evaluation: Evaluation, level: float) -> list[Headline]:
    """List the primary model's AUC in every set, with intervals of this confidence level."""
    headlines = []
    for split, title in evaluation.splits.items():
        row = evaluation.find_statistic(evaluation.primary, split, "auc")
        interval = f"{100 * level:g} % CI {format_interval(row['lower'], row['upper'])}"
        headlines.append(
            Headline(
                title,
                format_decimal(row["estimate"]),
                row["reason"] if math.isnan(row["lower"]) else interval,
                format_count(int(row["n"]), row["unit"]) + _count_outcomes(evaluation, split, row["positives"]),
            )
        )
    return headlines


def _count_outcomes(evaluation: Evaluation, split: str, positives: float) -> str:
    """Count the positives or, of a survival task, the events and how long cases were followed."""
    counts = evaluation.count_in_words(positives)
    median = evaluation.find_statistic(evaluation.primary, split, "median_follow_up")["estimate"]
    return counts if math.isnan(median) else f"{counts}, median follow-up {format_decimal(median, 1)} months"


def answer_questions(
    evaluation: Evaluation,
    evaluations: Sequence[Evaluation],
    shuffled_means: ShuffledMeans,
    params: Parameters,
    shared_images: str = "",
) -> dict[str, list[str]]:
    """Answer what a reader asks first; questions without an answer are left out.

    Parameters
    ----------
    evaluation : Evaluation
        Of the main run.
    evaluations : sequence of Evaluation
        Of all runs of the task.
    shuffled_means : mapping
        See `study.variants`.
    params : Parameters
    shared_images : str
        From `describe_shared_images`.
    """
    level = params.evaluate.level
    answers = {
        "Question": [params.study.question],
        "Study population": [_describe_population(evaluation), *([shared_images] if shared_images else [])],
        "Results": [_describe_result(evaluation, split, level) for split in evaluation.tested_splits],
        "Precision": [_describe_precision(evaluation)],
        "Negative controls": judge_controls(evaluations, shuffled_means, params) or [NO_CONTROL],
        "Scope": [SIMULATED] if SOURCES.get(params.export.source).is_simulated else [],
    }
    return {question: sentences for question, sentences in answers.items() if sentences}


def judge_controls(evaluations: Sequence[Evaluation], shuffled_means: ShuffledMeans, params: Parameters) -> list[str]:
    """Judge every negative control; those with shuffled labels together where there are means over permutations."""
    controls = [run for run in evaluations if run.variant != MAIN and describe_control(run.variant, params)]
    shuffled = [run for run in controls if shuffles_labels(run.variant, params)] if shuffled_means else []
    together = [judge_permutations(shuffled, shuffled_means)] if shuffled else []
    return [*together, *(judge_control(run, params) for run in controls if run not in shuffled)]


def judge_control(control: Evaluation, params: Parameters) -> str:
    """Judge one negative control: every interval of its AUC should include chance."""
    rows = {split: control.find_statistic(control.primary, split, "auc") for split in control.splits}
    aucs = {split: (row["estimate"], row["lower"], row["upper"]) for split, row in rows.items()}
    name = f"The negative control ({control.variant}: {describe_control(control.variant, params)})"
    verdict = _judge(name, control.auc_words, aucs)
    suspicious = LOOK_FOR_A_LEAK in verdict
    return f"{verdict} {MORE_PERMUTATIONS}" if suspicious and shuffles_labels(control.variant, params) else verdict


def judge_permutations(shuffled: Sequence[Evaluation], shuffled_means: ShuffledMeans) -> str:
    """Judge all permutations of the labels together: the interval of their mean AUC should include chance."""
    rows = {split: shuffled_means[split] for split in shuffled[0].splits}
    aucs = {split: (row["auc"], row["auc_lower"], row["auc_upper"]) for split, row in rows.items()}
    names = join_words([run.variant for run in shuffled])
    name = f"The negative control (training labels shuffled at random, {len(shuffled)} permutations: {names})"
    return _judge(name, f"mean {shuffled[0].auc_words}", aucs)


def _judge(name: str, statistic: str, aucs: Mapping[str, tuple[float, float, float]]) -> str:
    at_chance: list[str] = []
    away: list[str] = []
    for split, (estimate, lower, upper) in aucs.items():
        if not math.isnan(lower):
            includes_chance = lower <= CHANCE <= upper
            (at_chance if includes_chance else away).append(f"{name_set(split)} ({format_decimal(estimate)})")
    if not at_chance and not away:
        return f"{name} was not estimable in any set."
    if not away:
        sets = join_words(at_chance)
        return f"{name} stayed at chance, as it should: {statistic} in {sets}; every interval includes 0.50."
    sets = join_words(away)
    return f"{name} is away from chance in {sets}, where the interval does not include 0.50. {LOOK_FOR_A_LEAK}"


def _describe_population(evaluation: Evaluation) -> str:
    table = evaluation.tables["splits"]
    patients, cases, analysed = (int(table[name].sum()) for name in ("patients", "cases", "analysed"))
    return (
        f"Of {format_count(cases, 'case')} from {format_count(patients, 'patient')}, {analysed:,} were analysed; "
        f"{cases - analysed:,} were excluded or have an unknown label (see the flow chart)."
    )


def _describe_result(evaluation: Evaluation, split: str, level: float) -> str:
    model = evaluation.primary
    row = evaluation.find_statistic(model, split, "auc")
    if math.isnan(row["estimate"]):
        statistic = f"{evaluation.auc_words} of the primary model, {model}"
        return f"In {name_set(split)} the {statistic}, is not estimable: {row['reason']}."
    interval = format_interval(row["lower"], row["upper"])
    reached = f"reached {evaluation.article} {evaluation.auc_words} of {format_decimal(row['estimate'])}"
    sentence = f"In {name_set(split)} the primary model, {model}, {reached}"
    sentence += f" ({100 * level:g} % CI {interval})" if interval else f" (no interval: {row['reason']})"
    measures = {
        name: evaluation.find_statistic(model, split, name)["estimate"] for name in ("sensitivity", "specificity")
    }
    if not any(math.isnan(value) for value in measures.values()):
        values = join_words([f"{name} {format_decimal(value)}" for name, value in measures.items()])
        sentence += f", with {values} at the threshold frozen on training"
    best = evaluation.find_statistic(model, split, "best_possible")["estimate"]
    if math.isnan(best):
        return f"{sentence}."
    return f"{sentence}; the simulated ground truth itself, used as the score, reached {format_decimal(best)}."


def _describe_precision(evaluation: Evaluation) -> str:
    rows = {split: evaluation.find_statistic(evaluation.primary, split, "auc") for split in evaluation.tested_splits}
    estimable = {split: row for split, row in rows.items() if not math.isnan(row["lower"])}
    if not estimable:
        return "Unknown: no interval is estimable."
    widest = max(row["upper"] - row["lower"] for row in estimable.values())
    at_chance = [name_set(split) for split, row in estimable.items() if row["lower"] <= CHANCE <= row["upper"]]
    below = [name_set(split) for split, row in estimable.items() if row["upper"] < CHANCE]
    sentence = f"The widest of these intervals spans {format_decimal(widest)}"
    if at_chance:
        sentence += f"; in {join_words(at_chance)} it includes 0.50, so that chance alone is not excluded there"
    if below:
        sentence += f"; in {join_words(below)} it lies below 0.50, where the model ranks worse than chance"
    return f"{sentence}." if at_chance or below else f"{sentence}, and none includes 0.50."
