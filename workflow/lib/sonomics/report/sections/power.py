"""The section on sample size, power, missing values and the number of tests."""

import math

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Row, Table
from sonomics.report.study.evaluation import Evaluation

QUESTIONS = {
    "parameters_supported": "Candidate parameters that this number of patients supports (Riley)",
    "patients_for_the_last_step": "Patients required by the last step, the stack (Riley)",
    "patients_for_all_candidates": "Patients required by all candidate parameters (Riley)",
    "half_width_of_auc": "Half width of the interval of the expected AUC",
    "power_against_chance": "Power to distinguish the AUC from 0.5",
    "least_auc_told_from_chance": "Smallest AUC that can be distinguished from 0.5",
    "least_difference_of_auc": "Smallest difference between two models that can be distinguished from 0",
    "power_of_log_rank": "Power of the log-rank test",
}
WHOLE_NUMBERS = ("parameters", "patients")
# Tests made besides the primary analysis: their name, table of `evaluate`, and column of P.
TESTS = (
    ("comparisons of models", "comparison", "p"),
    ("comparisons of decisions", "comparison", "p_mcnemar"),
    ("comparisons of sets", "between_splits", "p"),
    ("interactions", "subgroups", "p_interaction"),
    ("interactions of hazard ratios", "hazard_subgroups", "p_interaction"),
    ("sensitivity analyses", "sensitivity", "p"),
    ("comparisons of readers' AUCs with the model's", "readers_auc", "p"),
    ("comparisons of readers' decisions with the model's", "readers_points", "p"),
)
POLICY = "How they are handled"


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on what a study of this size can show, what is missing, and how many tests were made."""
    if "power" not in evaluation.tables:
        return None
    paragraphs = [
        "Was the study large enough? The calculations rest on assumptions made beforehand, never on the result, except "
        "for the smallest difference between two models, which rests on the precision that the comparison reached.",
        _describe_multiplicity(evaluation),
        "Missing values are not imputed in the evaluation; the table says how many there are and how they are handled.",
    ]
    tables = [_tabulate_power(evaluation), _tabulate_missing(evaluation)]
    return Section("size", "Sample size, power and missing values", paragraphs, tables)


def _tabulate_power(evaluation: Evaluation) -> Table:
    table = evaluation.tables["power"]
    rows: dict[str, dict[str, Cell]] = {}
    for (question, assumption), of_question in table.groupby(["question", "assumption"], sort=False):
        # The number of events differs from set to set and would split the row.
        stated = str(assumption).rsplit(",", 1)[0] if str(assumption).endswith("events") else str(assumption)
        cells = {split: _show_value(row) for split, row in index_by_split(of_question).items()}
        rows.setdefault(f"{QUESTIONS[str(question)]}; {stated}", {}).update(cells)
    note = (
        "Below each number: positives / cases. Riley 2019 and 2020; Hanley and McNeil 1982; Schoenfeld 1983 (with the "
        "events of the set)."
    )
    heading = "Question; assumption"
    return tabulate_by_split(evaluation, "Sample size and power", heading, list(rows.items()), note)


def _show_value(row: Row) -> Cell:
    if math.isnan(row["value"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    value = f"{row['value']:,.0f}" if row["unit"] in WHOLE_NUMBERS else format_decimal(row["value"])
    return Cell(value, f"{row['positives']} / {row['n']}")


def _tabulate_missing(evaluation: Evaluation) -> Table:
    table = evaluation.tables["missing"]
    rows = []
    for column, of_column in table.groupby("column", sort=False):
        by_split = index_by_split(of_column)
        counts = [by_split[split] for split in evaluation.splits]
        cells = [Cell(f"{row['missing']} of {row['n']}", f"{row['percent']:.0f} %") for row in counts]
        rows.append([Cell(str(column)), *cells, Cell(str(of_column["policy"].iloc[0]))])
    columns = ["Column", *evaluation.splits.values(), POLICY]
    return Table("Missing values", columns, rows, text=(POLICY,))


def _describe_multiplicity(evaluation: Evaluation) -> str:
    counts = {name: _count_tests(evaluation, table, p) for name, table, p in TESTS}
    counted = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    adjustment = (
        f"Tests besides the primary analysis: {counted}. They are adjusted by Holm's method within their family (the "
        "models, variables, runs or readers compared in one set, or the sets in which one model is compared)."
        if counted
        else "No test besides the primary analysis was made that would have to be adjusted."
    )
    return (
        f"{adjustment} P values of Table 1, of Cox models, of calibration and of means over readers are descriptive "
        "and not adjusted. The primary analysis is one AUC per set and needs no adjustment."
    )


def _count_tests(evaluation: Evaluation, name: str, p: str) -> int:
    """Count the P values of a table; that of an interaction stands in every level of its variable."""
    table = evaluation.tables.get(name)
    if table is None:
        return 0
    tested = table[table[p].notna()]
    return len(tested.drop_duplicates(["split", "variable"]) if p == "p_interaction" else tested)
