"""The section on sample size, power, missing values and the number of tests."""

import math
from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import by_split, grid
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

QUESTIONS = {
    "parameters_supported": "Candidate parameters these patients carry (Riley)",
    "patients_for_the_last_step": "Patients that the last step, the stack, asks for (Riley)",
    "patients_for_all_candidates": "Patients that all candidate parameters ask for (Riley)",
    "half_width_of_auc": "Half width of the interval of the AUC to expect",
    "power_against_chance": "Power to tell the AUC from 0.5",
    "least_auc_told_from_chance": "Least AUC told from 0.5",
    "least_difference_of_auc": "Least difference of two models told from 0",
    "power_of_log_rank": "Power of the log-rank test",
}
WHOLE = ("parameters", "patients")


def power_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Say what a study of this size can show, what is missing, and how many tests were made; None without the table."""
    if "power" not in evaluation.tables:
        return None
    paragraphs = [
        "Was the study large enough? The figures rest on what was assumed beforehand, never on the result, but for the "
        "least difference of two models, which rests on the precision that the comparison has reached.",
        _multiplicity(evaluation),
        "Missing values are not imputed in the evaluation; the table says how many there are and what becomes of them.",
    ]
    return Section(
        "size", "Sample size, power and missing values", paragraphs, [_power(evaluation), _missing(evaluation)]
    )


def _power(evaluation: Evaluation) -> Table:
    table = evaluation.tables["power"]
    rows = []
    for (question, assumption), inside in table.groupby(["question", "assumption"], sort=False):
        said = str(assumption) if not str(assumption).endswith("events") else str(assumption).rsplit(",", 1)[0]
        cells = {split: _value(row) for split, row in by_split(inside).items()}
        rows.append((f"{QUESTIONS[str(question)]}; {said}", cells))
    merged: dict[str, dict[str, Cell]] = {}
    for name, cells in rows:
        merged.setdefault(name, {}).update(cells)
    note = (
        "Below each figure: positives / cases. Riley 2019 and 2020; Hanley and McNeil 1982; Schoenfeld 1983 (with the "
        "events of the set)."
    )
    return grid(evaluation, "Sample size and power", "Question; assumption", list(merged.items()), note)


def _value(row: Mapping[Any, Any]) -> Cell:
    if math.isnan(row["value"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    counts = f"{row['positives']} / {row['n']}"
    return Cell(f"{row['value']:,.0f}" if row["unit"] in WHOLE else decimal(row["value"]), counts)


def _missing(evaluation: Evaluation) -> Table:
    table = evaluation.tables["missing"]
    splits = list(evaluation.splits)
    rows = []
    for column, inside in table.groupby("column", sort=False):
        counts = by_split(inside)
        cells = [
            Cell(f"{counts[split]['missing']} of {counts[split]['n']}", f"{counts[split]['percent']:.0f} %")
            for split in splits
        ]
        rows.append([Cell(str(column)), *cells, Cell(str(inside["policy"].iloc[0]))])
    columns = ["Column", *evaluation.splits.values(), "What is done"]
    return Table("Missing values", columns, rows, text=("What is done",))


def _multiplicity(evaluation: Evaluation) -> str:
    made = {
        name: _tests(evaluation, *where)
        for name, *where in (
            ("comparisons of models", "comparison", "p"),
            ("comparisons of decisions", "comparison", "p_mcnemar"),
            ("comparisons of sets", "between_splits", "p"),
            ("interactions", "subgroups", "p_interaction"),
            ("interactions of hazard ratios", "hazard_subgroups", "p_interaction"),
            ("sensitivity analyses", "sensitivity", "p"),
            ("comparisons of readers' AUCs with the model's", "readers_auc", "p"),
            ("comparisons of readers' decisions with the model's", "readers_points", "p"),
        )
    }
    counted = ", ".join(f"{count} {name}" for name, count in made.items() if count)
    families = (
        f"Tests made beside the primary analysis: {counted}. They are adjusted by Holm's method within their family "
        "(the models, variables, runs or readers compared in one set; of a model's sets, those)."
        if counted
        else "No test was made beside the primary analysis that would have to be adjusted."
    )
    return (
        f"{families} P values of Table 1, of Cox models, of calibration and of means over readers are descriptive and "
        "not adjusted. The primary analysis is one AUC a set and needs none."
    )


def _tests(evaluation: Evaluation, name: str, p: str) -> int:
    """Count the P values of a table; that of an interaction stands in every level of its variable."""
    table = evaluation.tables.get(name)
    if table is None:
        return 0
    known = table[table[p].notna()]
    return len(known.drop_duplicates(["split", "variable"]) if p == "p_interaction" else known)
