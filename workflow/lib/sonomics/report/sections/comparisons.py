"""The section on further comparisons: other thresholds, decisions, sets and runs, and recalibration."""

import math
from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, interval, p_value
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import Row, by_split, figure_cell, grid
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

RULES = {"youden": "largest Youden index", "max_accuracy": "largest accuracy"}
SHARES = {"sensitivity": "sensitivity", "specificity": "specificity"}
RECLASSIFIED = {"nri_categorical": "NRI at the thresholds", "nri_continuous": "NRI, any change", "idi": "IDI"}
UPDATES = {"none": "as frozen", "intercept": "intercept updated", "intercept_slope": "intercept and slope updated"}
ERRORS = {"brier": "Brier score", "ici": "ICI"}
CALIBRATION = {
    "observed_to_expected": "Observed / expected",
    "log_loss": "Log loss",
    "scaled_brier": "Scaled Brier score",
    "e50": "E50",
    "e90": "E90",
    "emax": "Emax",
    "ece": "ECE",
}
TESTS = {"hosmer_lemeshow": "Hosmer-Lemeshow", "spiegelhalter_z": "Spiegelhalter's z"}


def comparisons_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Show what stands beside the main comparison; None when the tables are not there."""
    if "operating" not in evaluation.tables:
        return None
    tables = [_operating(evaluation), *_filled(_between(evaluation))]
    if len(evaluation.models) > 1:
        tables += [_decisions(evaluation), _reclassified(evaluation)]
    tables += [_calibration(evaluation), *_filled(_recalibration(evaluation))]
    paragraphs = [
        "Would another threshold, another model or another site change what was found? Every threshold was chosen on "
        "out-of-fold scores of training cases and then frozen; the first is the study's own, the others are "
        "sensitivity analyses."
    ]
    if "sensitivity" in evaluation.tables:
        tables.insert(0, _sensitivity(evaluation))
        paragraphs.append("Other runs of the whole chain are held against the main one on the same cases.")
    if len(images := evaluation.tables["images"]):
        tables.append(_images(evaluation))
        models = ", ".join(sorted(set(images["model"])))
        paragraphs.append(f"A secondary unit: of the models that score single images ({models}), the AUC over images.")
    return Section("further", "Further comparisons and sensitivity analyses", paragraphs, tables)


def _filled(table: Table) -> list[Table]:
    """Leave a table without a row out: of a study without test sets there is nothing to compare or to update."""
    return [table] if table.rows else []


def _sensitivity(evaluation: Evaluation) -> Table:
    table = evaluation.tables["sensitivity"]
    rows = [
        (str(variant), {split: _difference(row) for split, row in by_split(inside).items()})
        for variant, inside in table.groupby("variant", sort=False)
    ]
    note = f"{_methods(table['method'])}. Holm: adjusted for the number of runs in the set."
    return grid(evaluation, f"AUC of {evaluation.primary}: the main run minus other runs", "Run", rows, note)


def _operating(evaluation: Evaluation) -> Table:
    table = evaluation.tables["operating"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for rule, of_rule in table.groupby("rule", sort=False):
        name = _rule(str(rule))
        cutoff = decimal(float(of_rule["cutoff"].iloc[0]), 3)
        for statistic, words in SHARES.items():
            inside = of_rule[of_rule["statistic"] == statistic]
            cells = {split: figure_cell(row) for split, row in by_split(inside).items()}
            rows.append((f"{name} ({cutoff}): {words}", cells))
    methods = _methods(table.loc[table["statistic"].isin(list(SHARES)), "method"])
    note = f"The cutoff in brackets; intervals: {methods}. A case at or above the cutoff is called positive."
    return grid(
        evaluation, f"{evaluation.primary} at other thresholds, all frozen on training", "Threshold", rows, note
    )


def _rule(rule: str) -> str:
    if rule.startswith("sensitivity_"):
        return f"sensitivity of at least {rule.removeprefix('sensitivity_')}"
    return RULES.get(rule, f"the study's own, {rule}")


def _between(evaluation: Evaluation) -> Table:
    table = evaluation.tables["between_splits"]
    rows = [
        (str(model), {split: _difference(row, df=True) for split, row in by_split(inside).items()})
        for model, inside in table.groupby("model", sort=False)
    ]
    note = "DeLong's unpaired test, Welch's degrees of freedom. Holm: adjusted for the number of sets."
    return grid(evaluation, "AUC in each test set minus the AUC in training (out of fold)", "Model", rows, note)


def _decisions(evaluation: Evaluation) -> Table:
    table = evaluation.tables["comparison"]
    rows = [
        (str(against), {split: _mcnemar(row) for split, row in by_split(inside).items()})
        for against, inside in table.groupby("against", sort=False)
    ]
    note = (
        f"Cases that {evaluation.primary} alone / the other model alone calls right, and McNemar's mid-P; exact P and "
        "P adjusted for the number of models (Holm) below."
    )
    return grid(evaluation, f"Decisions of {evaluation.primary} against other models", "Against", rows, note)


def _mcnemar(row: Row) -> Cell:
    if math.isnan(row["p_mcnemar"]):
        return Cell(NOT_ESTIMABLE, row["mcnemar_reason"])
    counts = f"{row['only_model_right']:.0f} / {row['only_against_right']:.0f}"
    tested = (
        f"P {p_value(row['p_mcnemar'])}; exact {p_value(row['p_mcnemar_exact'])}; Holm {p_value(row['p_mcnemar_holm'])}"
    )
    return Cell(counts, tested)


def _reclassified(evaluation: Evaluation) -> Table:
    table = evaluation.tables["reclassification"]
    rows = []
    for (against, statistic), inside in table.groupby(["against", "statistic"], sort=False):
        cells = {
            split: figure_cell(row, f"P {p_value(row['p'])}" if not math.isnan(row["p"]) else "")
            for split, row in by_split(inside).items()
        }
        rows.append((f"{RECLASSIFIED[str(statistic)]}, over {against}", cells))
    note = (
        "With care: an NRI may be positive for a marker that tells nothing (Kerr 2014). Read the decision curve first."
    )
    return grid(evaluation, f"What {evaluation.primary} moves the right way", "Measure", rows, note)


def _calibration(evaluation: Evaluation) -> Table:
    rows = []
    for name, words in CALIBRATION.items():
        found = {split: evaluation.statistic(evaluation.primary, split, name) for split in evaluation.splits}
        rows.append((words, {split: figure_cell(row.to_dict()) for split, row in found.items()}))
    for name, words in TESTS.items():
        tests = {split: evaluation.statistic(evaluation.primary, split, name) for split in evaluation.splits}
        rows.append((words, {split: _tested(row.to_dict()) for split, row in tests.items()}))
    note = (
        "E50, E90, Emax: median, 90 % quantile and largest distance of prediction and loess curve. Hosmer-Lemeshow: "
        "ten groups, df = groups - 2 in the set of development, df = groups elsewhere. A large P proves nothing."
    )
    return grid(evaluation, f"Calibration of {evaluation.primary}, further measures and tests", "Measure", rows, note)


def _tested(row: Row) -> Cell:
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    df = "" if math.isnan(row["df"]) else f"; df {row['df']:.0f}"
    return Cell(decimal(row["estimate"]), f"P {p_value(row['p'])}{df}")


def _recalibration(evaluation: Evaluation) -> Table:
    table = evaluation.tables["recalibration"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for update, words in UPDATES.items():
        inside = table[table["update"] == update]
        for statistic in ("intercept", "slope", *ERRORS):
            found = inside[inside["statistic"] == statistic]
            if len(found):
                name = ERRORS.get(statistic, statistic)
                rows.append((f"{words}: {name}", {split: figure_cell(row) for split, row in by_split(found).items()}))
    note = (
        "What updating the model at a site would do. Intercept and slope are fitted on all cases of the site; Brier "
        "score and ICI of updated models are cross-fitted in five parts, so no case updates its own prediction."
    )
    return grid(evaluation, f"Recalibration of {evaluation.primary} at each site", "Update", rows, note)


def _images(evaluation: Evaluation) -> Table:
    table = evaluation.tables["images"]
    rows = []
    for model, inside in table.groupby("model", sort=False):
        cells = {
            split: figure_cell(row, f"{row['n']} images of {row['patients']} patients")
            for split, row in by_split(inside).items()
        }
        rows.append((str(model), cells))
    note = "Unit: the image, labelled as its case. Images of a patient are not independent: Obuchowski's interval."
    return grid(evaluation, "AUC over single images", "Model", rows, note)


def _difference(row: Row, df: bool = False) -> Cell:
    if math.isnan(row["difference"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    if math.isnan(row["p"]):
        return Cell(decimal(row["difference"]), row["reason"])
    degrees = f"; df {decimal(row['df'], 1)}" if df else ""
    tested = f"P {p_value(row['p'])}; Holm {p_value(row['p_holm'])}{degrees}"
    return Cell(decimal(row["difference"]), f"{interval(row['lower'], row['upper'])}; {tested}")


def _methods(methods: Any) -> str:
    return ", ".join(sorted({method for method in methods if method})) or "Not estimable"
