"""The section on the reader study."""

import math
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from sonomics.report.elements.figures import Plate
from sonomics.report.elements.numbers import decimal, interval, listed, p_value, plural
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.section import Section
from sonomics.report.sections.readers_tables import (
    agreement_table,
    areas_table,
    decisions_table,
    means_table,
    rows_of,
    sessions_table,
)
from sonomics.report.study.evaluation import Evaluation

TABLES = (areas_table, means_table, decisions_table, agreement_table, sessions_table)


def readers_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Say how readers did alone and with help, beside the model; None when nobody has read a case of this task."""
    if "readers_auc" not in evaluation.tables:
        return None
    areas = evaluation.tables["readers_auc"]
    splits = [str(split) for split in areas["split"].unique()]
    paragraphs = [_design(evaluation, params), *(_found(evaluation, split) for split in splits)]
    tables = [table for split in splits for make in TABLES if (table := make(evaluation, split)).rows]
    return Section("readers", "Readers", paragraphs, tables, [_plate(evaluation, splits)])


def _design(evaluation: Evaluation, params: Mapping[str, Any]) -> str:
    areas = evaluation.tables["readers_auc"]
    readers = areas.drop_duplicates("reader")
    counts = readers["level"].value_counts(sort=False)
    levels = listed([f"{count} {level}" for level, count in counts.items() if level])
    simulated = "Simulated readers: their skill was planted. " if params["export"]["source"] == "simulator" else ""
    both = areas.groupby("reader")["arm"].nunique().max() > 1
    how = "alone and again with the model's help" if both else f"in one arm ({areas['arm'].iloc[0]})"
    return (
        f"{simulated}{plural(len(readers), 'reader')}{f' ({levels})' if levels else ''} scored cases from 0 to 100 and "
        f"called them positive or negative, {how}. They are compared with the primary model, {evaluation.primary}, on "
        "the same cases, the model's threshold being the one frozen on training."
    )


def _found(evaluation: Evaluation, split: str) -> str:
    against = rows_of(evaluation, "readers_mrmc", split, measure="auc").set_index("arm").to_dict("index")
    aid = rows_of(evaluation, "readers_aid", split, scope="all", measure="auc").to_dict("records")
    sentences = []
    for arm, words in (("alone", "reading alone"), ("aided", "with the model's help")):
        row = against.get(arm)
        if row and not math.isnan(row["mean"]):
            told = (
                f"{words} the readers' mean AUC was {_with_interval(row['mean'], row['mean_lower'], row['mean_upper'])}"
            )
            if not math.isnan(row["model"]):
                told += f", the model's {decimal(row['model'])} (P {_p(row['p'])})"
            sentences.append(f"{told[0].upper()}{told[1:]}.")
    for row in aid:
        if math.isnan(row["difference"]):
            sentences.append(f"What help changes is not estimable: {row['reason']}.")
            continue
        change = f"Help changed it by {_with_interval(row['difference'], row['lower'], row['upper'])}"
        if math.isnan(row["p"]):
            sentences.append(f"{change}; no test over readers and cases: {row['reason']}.")
        else:
            degrees = f"F({row['df1']:.0f}, {decimal(row['df2'], 1)}) = {decimal(row['statistic'])}"
            sentences.append(f"{change}; {degrees}, P {_p(row['p'])}, over readers and cases.")
    return f"{evaluation.splits[split]}. {' '.join(sentences) or 'No mean over readers is estimable.'}"


def _plate(evaluation: Evaluation, splits: list[str]) -> Plate:
    panels = [
        (_alternative(evaluation, split), Markup(inline_svg(svg, f"{evaluation.task}-readers-{split}")))
        for split in splits
        if (svg := evaluation.figures.get(("readers", split)))
    ]
    caption = (
        f"ROC curve of {evaluation.primary} on the cases read. Hollow marks: reading alone; filled marks, at the end "
        "of the arrow: with the model's help; cross: the model's frozen threshold."
    )
    return Plate("readers", "Readers on the model's ROC curve", caption, panels)


def _alternative(evaluation: Evaluation, split: str) -> str:
    points = rows_of(evaluation, "readers_points", split)
    told = []
    for reader, inside in points.groupby("reader", sort=False):
        by_point = inside.set_index(["arm", "measure"])["estimate"].to_dict()
        places = [
            f"{arm} {decimal(by_point[arm, 'sensitivity'])} and {decimal(by_point[arm, 'specificity'])}"
            for arm in ("alone", "aided")
            if (arm, "sensitivity") in by_point
        ]
        told.append(f"{reader} {listed(places)}")
    return f"{evaluation.splits[split]}: sensitivity and specificity of the readers; {'; '.join(told)}."


def _with_interval(value: float, lower: float, upper: float) -> str:
    bounds = interval(lower, upper)
    return f"{decimal(value)} ({bounds})" if bounds else decimal(value)


def _p(p: float) -> str:
    if math.isnan(p):
        return "not estimable"
    return p_value(p) if p < 0.001 else f"= {p_value(p)}"
