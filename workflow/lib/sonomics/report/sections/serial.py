"""The section on exams before a diagnosis."""

import math

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.figures import gather_figure
from sonomics.report.elements.numbers import format_count, format_decimal, format_interval
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Row, Table, show_estimate
from sonomics.report.study.evaluation import Evaluation

NOT_COUNTED = {"unscored": "without a score", "after_diagnosis": "after the diagnosis", "undated": "of unknown time"}
BEFORE_DIAGNOSIS = "found before diagnosis"
TITLE = "Exams before the diagnosis"


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on how early exams were called positive; None when the study has no serial exams.

    A report to be shared has the sums only: neither the table nor the figure with one row per patient.
    """
    if "serial" not in evaluation.tables:
        return None
    share = params.report.share
    patients, summary = evaluation.tables["serial"], evaluation.tables["serial_summary"]
    tables = []
    for split, title in evaluation.splits.items():
        tables.append(_tabulate_summary(summary[summary["split"] == split], title))
        if not share:
            tables.append(_tabulate_patients(patients[patients["split"] == split], title))
    design = (
        f"A case is an exam. An exam is positive when {evaluation.primary} calls it so at the threshold frozen on "
        "training; times are years before the diagnosis. A lead cannot be longer than the time since the first exam, "
        "and patients are included because they were diagnosed: this does not estimate what screening would find."
    )
    results = [_describe(summary[summary["split"] == split], title) for split, title in evaluation.splits.items()]
    caption = "One row per patient, one mark per exam: filled when called positive, hollow when called negative."
    alternatives = {} if share else {split: _describe_figure(evaluation, split) for split in evaluation.splits}
    figure = gather_figure(evaluation, "serial", TITLE, caption, alternatives)
    shown = [table for table in tables if table.rows]
    return Section("serial", TITLE, [design, *results], shown, [figure] if figure.panels else [])


def _describe_figure(evaluation: Evaluation, split: str) -> str:
    exams = evaluation.tables["serial_exams"]
    exams = exams[exams["split"] == split]
    return (
        f"{format_count(len(exams), 'exam')} of {format_count(exams['patient'].nunique(), 'patient')} before the "
        f"diagnosis, {exams['called'].sum():.0f} of them called positive."
    )


def _describe(summary: pd.DataFrame, title: str) -> str:
    row = summary.set_index("statistic").to_dict("index").get(BEFORE_DIAGNOSIS)
    if row is None or math.isnan(row["estimate"]):
        return f"{title}: not estimable ({row['reason'] if row else 'no exam'})."
    share = f"{row['x']:.0f} of {format_count(int(row['n']), 'diagnosed patient')}"
    percent, interval = (
        format_decimal(100 * row["estimate"], 0),
        format_interval(100 * row["lower"], 100 * row["upper"], 0),
    )
    return f"{title}: {share} had an exam called positive before the diagnosis ({percent} %, {interval})."


def _tabulate_summary(summary: pd.DataFrame, title: str) -> Table:
    rows = []
    for row in summary.to_dict("records"):
        name = str(row["statistic"])
        heading = Cell(name[0].upper() + name[1:], row["unit"] + "s")
        counts = Cell(f"{row['n']:.0f}" if math.isnan(row["x"]) else f"{row['x']:.0f} of {row['n']:.0f}")
        rows.append([heading, counts, show_estimate(row), Cell(row["method"])])
    note = "Sensitivity in a window: each patient once, by the last exam in it. Years: median and range."
    columns = ["Statistic", "Count", "Estimate", "Interval"]
    return Table(f"{title}: calls before the diagnosis", columns, rows, note, ("Interval",))


def _tabulate_patients(patients: pd.DataFrame, title: str) -> Table:
    rows = [_show_patient(row) for row in patients.to_dict("records")]
    columns = ["Patient", "Exams", "First exam", "Earliest positive", "Positive from then on", "Note"]
    return Table(f"{title}: years before the diagnosis, by patient", columns, rows, "", ("Note",))


def _show_patient(row: Row) -> list[Cell]:
    not_counted = [f"{row[name]:.0f} {words}" for name, words in NOT_COUNTED.items() if row[name]]
    exams = Cell(f"{row['exams']:.0f}", ", ".join(not_counted))
    years = [Cell(format_decimal(row[name], 1)) for name in ("first_exam", "earliest", "lead")]
    return [Cell(str(row["patient"])), exams, *years, Cell(row["reason"])]
