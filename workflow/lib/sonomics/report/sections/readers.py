"""The section on the reader study."""

import math

from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import Figure, gather_figure
from sonomics.report.elements.numbers import format_count, format_decimal, format_interval, format_p
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Row
from sonomics.report.sections.readers_reference import tabulate_reference
from sonomics.report.sections.readers_tables import (
    ARMS,
    select_rows,
    tabulate_agreement,
    tabulate_aucs,
    tabulate_decisions,
    tabulate_means,
    tabulate_sessions,
)
from sonomics.report.study.evaluation import Evaluation

NO_SCORE = "decisions without scores, which have no ROC curve"
TABLES = (
    tabulate_aucs,
    tabulate_means,
    tabulate_decisions,
    tabulate_reference,
    tabulate_agreement,
    tabulate_sessions,
)


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on readers, unaided and aided, compared with the model; None when nobody has read a case."""
    if "readers_auc" not in evaluation.tables:
        return None
    splits = [str(split) for split in evaluation.tables["readers_auc"]["split"].unique()]
    paragraphs = [_describe_design(evaluation, params), *(_describe_results(evaluation, split) for split in splits)]
    tables = [table for split in splits for tabulate in TABLES if (table := tabulate(evaluation, split)).rows]
    return Section("readers", "Readers", paragraphs, tables, [_gather_figure(evaluation, splits)])


def _describe_design(evaluation: Evaluation, params: Parameters) -> str:
    aucs = evaluation.tables["readers_auc"]
    readers = aucs.drop_duplicates("reader")
    counts = readers["level"].value_counts(sort=False)
    levels = join_words([f"{count} {level}" for level, count in counts.items() if level])
    is_simulated = SOURCES.get(params.export.source).is_simulated
    simulated = "The readers are simulated, with a given skill. " if is_simulated else ""
    in_both_arms = aucs.groupby("reader")["arm"].nunique().max() > 1
    arms = "unaided and aided by the model" if in_both_arms else f"{ARMS[aucs['arm'].iloc[0]]} only"
    counted = f"{format_count(len(readers), 'reader')}{f' ({levels})' if levels else ''}"
    without = (aucs["reason"] == NO_SCORE).sum()
    answers = "called cases positive or negative, without scores, so that they have no ROC curve"
    if without < len(aucs):
        some = "; decisions without scores have no ROC curve" if without else ""
        answers = f"scored cases from 0 to 100 and called them positive or negative{some}"
    return (
        f"{simulated}{counted} {answers}, {arms}. They are compared with the primary model, "
        f"{evaluation.primary}, on the same cases, with the model's threshold that was frozen on training."
    )


def _describe_results(evaluation: Evaluation, split: str) -> str:
    means = select_rows(evaluation, "readers_mrmc", split, measure="auc").set_index("arm").to_dict("index")
    sentences = [
        _describe_mean(ARMS[arm], means[arm]) for arm in ARMS if arm in means and not math.isnan(means[arm]["mean"])
    ]
    aid = select_rows(evaluation, "readers_aid", split, scope="all", measure="auc").to_dict("records")
    sentences += map(_describe_change, aid)
    return f"{evaluation.splits[split]}. {' '.join(sentences) or 'No mean over readers is estimable.'}"


def _describe_mean(arm: str, row: Row) -> str:
    mean = _with_interval(row["mean"], row["mean_lower"], row["mean_upper"])
    sentence = f"The mean AUC of {arm} readers was {mean}"
    if not math.isnan(row["model"]):
        sentence += f", that of the model {format_decimal(row['model'])} (P {_equal(row['p'])})"
    return f"{sentence}."


def _describe_change(row: Row) -> str:
    if math.isnan(row["difference"]):
        return f"The change with the model's aid is not estimable: {row['reason']}."
    change = f"The aid changed the mean AUC by {_with_interval(row['difference'], row['lower'], row['upper'])}"
    if math.isnan(row["p"]):
        return f"{change}; no test over readers and cases: {row['reason']}."
    statistic = f"F({row['df1']:.0f}, {format_decimal(row['df2'], 1)}) = {format_decimal(row['statistic'])}"
    return f"{change}; {statistic}, P {_equal(row['p'])}, over readers and cases."


def _gather_figure(evaluation: Evaluation, splits: list[str]) -> Figure:
    caption = (
        f"ROC curve of {evaluation.primary} on the cases read. Hollow marks: unaided; filled marks, at the end of the "
        "arrow: aided by the model; cross: the model's frozen threshold."
    )
    alternatives = {split: _describe_figure(evaluation, split) for split in splits}
    return gather_figure(evaluation, "readers", "Readers on the model's ROC curve", caption, alternatives)


def _describe_figure(evaluation: Evaluation, split: str) -> str:
    points = select_rows(evaluation, "readers_points", split)
    described = []
    for reader, of_reader in points.groupby("reader", sort=False):
        by_point = of_reader.set_index(["arm", "measure"])["estimate"].to_dict()
        arms = [
            f"{name} {format_decimal(by_point[arm, 'sensitivity'])} and {format_decimal(by_point[arm, 'specificity'])}"
            for arm, name in ARMS.items()
            if (arm, "sensitivity") in by_point
        ]
        described.append(f"{reader} {join_words(arms)}")
    return f"sensitivity and specificity of the readers; {'; '.join(described)}."


def _with_interval(value: float, lower: float, upper: float) -> str:
    interval = format_interval(lower, upper)
    return f"{format_decimal(value)} ({interval})" if interval else format_decimal(value)


def _equal(p: float) -> str:
    if math.isnan(p):
        return "not estimable"
    return format_p(p) if p < 0.001 else f"= {format_p(p)}"
