"""The section on exams before a diagnosis."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from sonomics.report.elements.figures import Plate
from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, interval, plural
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

ASIDE = {"unscored": "without a score", "after_diagnosis": "after the diagnosis", "undated": "of unknown time"}


def serial_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Say how early exams were called positive; None when the study has no serial exams.

    A report to be shared has the sums alone: neither the table nor the figure with a row a patient.
    """
    if "serial" not in evaluation.tables:
        return None
    share = params["report"].get("share", False)
    patients, summary = evaluation.tables["serial"], evaluation.tables["serial_summary"]
    tables = []
    for split, title in evaluation.splits.items():
        tables.append(_summary(summary[summary["split"] == split], title))
        if not share:
            tables.append(_patients(patients[patients["split"] == split], title))
    design = (
        f"A case is an exam. {evaluation.primary} is asked at the threshold frozen on training whether it calls an "
        "exam positive; times are years before the diagnosis. A lead is bounded by the first exam there is, and a "
        "patient is among the diagnosed because of the diagnosis: this is no estimate of what screening would find."
    )
    found = [_found(summary[summary["split"] == split], title) for split, title in evaluation.splits.items()]
    shown = [table for table in tables if table.rows]
    panels = [
        (_alternative(evaluation, split), Markup(inline_svg(svg, f"{evaluation.task}-serial-{split}")))
        for split in evaluation.splits
        if not share and (svg := evaluation.figures.get(("serial", split)))
    ]
    caption = "A row is a patient, a mark an exam: filled when called positive, hollow when called negative."
    plates = [Plate("serial", "Exams before the diagnosis", caption, panels)] if panels else []
    return Section("serial", "Exams before the diagnosis", [design, *found], shown, plates)


def _alternative(evaluation: Evaluation, split: str) -> str:
    exams = evaluation.tables["serial_exams"]
    inside = exams[exams["split"] == split]
    return (
        f"{evaluation.splits[split]}: {plural(len(inside), 'exam')} of "
        f"{plural(inside['patient'].nunique(), 'patient')} before the diagnosis, "
        f"{inside['called'].sum():.0f} of them called positive."
    )


def _found(summary: pd.DataFrame, title: str) -> str:
    row = summary.set_index("statistic").to_dict("index").get("found before diagnosis")
    if row is None or math.isnan(row["estimate"]):
        return f"{title}: not estimable ({row['reason'] if row else 'no exam'})."
    share = f"{row['x']:.0f} of {plural(int(row['n']), 'diagnosed patient')}"
    return (
        f"{title}: {share} had an exam called positive before the diagnosis ({decimal(100 * row['estimate'], 0)} %, "
        f"{interval(100 * row['lower'], 100 * row['upper'], 0)})."
    )


def _summary(summary: pd.DataFrame, title: str) -> Table:
    rows = []
    for row in summary.to_dict("records"):
        name = str(row["statistic"])
        counts = f"{row['n']:.0f}" if math.isnan(row["x"]) else f"{row['x']:.0f} of {row['n']:.0f}"
        if math.isnan(row["estimate"]):
            estimate = Cell(NOT_ESTIMABLE, row["reason"])
        else:
            estimate = Cell(decimal(row["estimate"]), interval(row["lower"], row["upper"]) or row["reason"])
        rows.append([Cell(name[0].upper() + name[1:], row["unit"] + "s"), Cell(counts), estimate, Cell(row["method"])])
    note = "Sensitivity in a window: each patient once, by the last exam in it. Years: median and range."
    return Table(
        f"{title}: calls before the diagnosis", ["What", "Count", "Estimate", "Interval"], rows, note, ("Interval",)
    )


def _patients(patients: pd.DataFrame, title: str) -> Table:
    rows = []
    for row in patients.to_dict("records"):
        aside = [f"{row[name]:.0f} {words}" for name, words in ASIDE.items() if row[name]]
        years = [Cell(decimal(row[name], 1)) for name in ("first_exam", "earliest", "lead")]
        exams = Cell(f"{row['exams']:.0f}", ", ".join(aside))
        rows.append([Cell(str(row["patient"])), exams, *years, Cell(row["reason"])])
    columns = ["Patient", "Exams", "First exam", "Earliest positive", "Positive from then on", "Note"]
    caption = f"{title}: years before the diagnosis, by patient"
    return Table(caption, columns, rows, "", ("Note",))
