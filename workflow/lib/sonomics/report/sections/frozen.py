"""What was frozen on the training set: thresholds, and what their fit does to the estimates in training."""

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.files import read_json
from sonomics.report.elements.numbers import DASH, NOT_ESTIMABLE, format_decimal, format_p
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table

NESTED, THRESHOLDS = "nested.csv", "thresholds.json"
MEASURES = {
    "auc": "AUC",
    "c": "C",
    "brier": "Brier score",
    "log_loss": "Log loss",
    "calibration_intercept": "Calibration intercept",
    "calibration_slope": "Calibration slope",
    "observed_to_expected": "Observed to expected risk",
    "temperature": "Temperature",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "accuracy": "Accuracy",
    "hazard_ratio": "Hazard ratio, high against low risk",
}


def build_frozen_section(files: Sequence[tuple[str, Path]]) -> Section | None:
    """Build the section of the final models of a task; None without one.

    Parameters
    ----------
    files : sequence of (str, Path)
        Final model, and its NESTED or THRESHOLDS.
    """
    thresholds = {name: read_json(file) for name, file in files if file.name == THRESHOLDS}
    tables = [tabulate_thresholds(thresholds)] if thresholds else []
    tables += [tabulate_nested(name, pd.read_csv(file)) for name, file in files if file.name == NESTED]
    if not tables:
        return None
    description = (
        "Calibrator and threshold were fitted on out-of-fold scores of the training cases. Apparent: the final model "
        "on these cases. Nested: weights, calibrator and threshold were fitted without each fold and applied to it. "
        "Their difference is what the fit flatters. Base models were not fitted again: their scores are out of fold in "
        "both. On test sets the same calibrator and threshold meet the scores of the reported predictor."
    )
    return Section("frozen", "Frozen decisions and nested estimates in training", [description], tables)


def tabulate_thresholds(thresholds: dict[str, dict[str, object]]) -> Table:
    """Tabulate the frozen threshold of each final model, with the P of a cutpoint on risks."""
    rows = []
    for name, threshold in thresholds.items():
        cutoff, p = threshold["cutoff"], threshold.get("p")
        values = threshold.get("cutoffs", None if cutoff is None else [cutoff])
        assert values is None or isinstance(values, list)
        shown = ", ".join(DASH if value is None else format_decimal(value, 3) for value in values or [])
        corrected = format_p(p) if isinstance(p, float) else DASH
        rule = Cell(str(threshold["rule"]))
        rows.append([Cell(name), rule, Cell(shown or DASH, str(threshold["reason"])), Cell(corrected)])
    note = (
        "Of several classes, one cutoff each in their order; the class that exceeds its own most is decided, of equal "
        "ones the first. P: log-rank test of the risk groups in training, corrected for the choice among all cutpoints "
        "(Lausen and Schumacher 1994)."
    )
    return Table("Frozen thresholds", ["Final model", "Rule", "Cutoff", "P, corrected"], rows, note)


def tabulate_nested(name: str, nested: pd.DataFrame) -> Table:
    """Tabulate the apparent and the nested estimates of a final model."""
    rows = []
    for row in nested.to_dict("records"):
        horizon = "" if math.isnan(row["horizon"]) else f" by {row['horizon']:g} months"
        label = f"{MEASURES.get(str(row['measure']), str(row['measure']))}{horizon}"
        reason = "" if pd.isna(row["reason"]) else str(row["reason"])
        values = [_show(row[estimate], reason) for estimate in ("apparent", "nested")]
        rows.append([Cell(label), Cell(f"{row['n']:,}"), *values])
    return Table(f"{name}: apparent and nested", ["Measure", "Cases", "Apparent", "Nested"], rows)


def _show(value: float, reason: str) -> Cell:
    return Cell(NOT_ESTIMABLE, reason) if math.isnan(value) else Cell(format_decimal(value, 3))
