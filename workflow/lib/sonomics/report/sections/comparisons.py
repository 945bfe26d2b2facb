"""The section on further comparisons: other thresholds, decisions, sets and runs, and recalibration."""

import math
from collections.abc import Iterable

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_interval, format_p
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Row, Table, show_estimate_and_counts
from sonomics.report.study.evaluation import Evaluation

RULES = {"youden": "largest Youden index", "max_accuracy": "largest accuracy"}
SHARES = {"sensitivity": "sensitivity", "specificity": "specificity"}
RECLASSIFICATION = {"nri_categorical": "NRI at the thresholds", "nri_continuous": "NRI, any change", "idi": "IDI"}
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


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on comparisons besides those of AUCs; None when the tables are not there."""
    if "operating" not in evaluation.tables:
        return None
    tables = [_tabulate_thresholds(evaluation), tabulate_between_sets(evaluation)]
    if len(evaluation.models) > 1:
        tables += [tabulate_decisions(evaluation), _tabulate_reclassification(evaluation)]
    tables += [_tabulate_calibration(evaluation), _tabulate_recalibration(evaluation)]
    paragraphs = [
        "Would another threshold, another model or another site change the results? Every threshold was chosen on "
        "out-of-fold scores of training cases and then frozen; the first is the study's own, the others are "
        "sensitivity analyses."
    ]
    if "sensitivity" in evaluation.tables:
        tables.insert(0, tabulate_sensitivity_runs(evaluation))
        paragraphs.append("Other runs of the whole study are compared with the main run on the same cases.")
    if len(images := evaluation.tables["images"]):
        tables.append(_tabulate_images(evaluation))
        models = ", ".join(sorted(set(images["model"])))
        paragraphs.append(f"Of the models that score single images ({models}), the AUC over images is given as well.")
    # A study without test sets has nothing to compare between sets or to update.
    shown = [table for table in tables if table.rows]
    return Section("further", "Further comparisons and sensitivity analyses", paragraphs, shown)


def tabulate_sensitivity_runs(evaluation: Evaluation) -> Table:
    """Tabulate the main run minus the other runs of the study: one row per run."""
    table = evaluation.tables["sensitivity"]
    rows = [
        (str(variant), {split: _show_difference(row) for split, row in index_by_split(of_variant).items()})
        for variant, of_variant in table.groupby("variant", sort=False)
    ]
    note = f"{_list_methods(table['method'])}. Holm: adjusted for the number of runs in the set."
    caption = f"{evaluation.auc_title} of {evaluation.primary}: the main run minus other runs"
    return tabulate_by_split(evaluation, caption, "Run", rows, note)


def _tabulate_thresholds(evaluation: Evaluation) -> Table:
    table = evaluation.tables["operating"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for rule, of_rule in table.groupby("rule", sort=False):
        name = _name_rule(str(rule))
        cutoff = format_decimal(float(of_rule["cutoff"].iloc[0]), 3)
        for statistic, word in SHARES.items():
            of_statistic = of_rule[of_rule["statistic"] == statistic]
            cells = {split: show_estimate_and_counts(row) for split, row in index_by_split(of_statistic).items()}
            rows.append((f"{name} ({cutoff}): {word}", cells))
    methods = _list_methods(table.loc[table["statistic"].isin(list(SHARES)), "method"])
    note = f"The cutoff in brackets; intervals: {methods}. A case at or above the cutoff is called positive."
    caption = f"{evaluation.primary} at other thresholds, all frozen on training"
    return tabulate_by_split(evaluation, caption, "Threshold", rows, note)


def _name_rule(rule: str) -> str:
    if rule.startswith("sensitivity_"):
        return f"sensitivity of at least {rule.removeprefix('sensitivity_')}"
    return RULES.get(rule, f"the study's own, {rule}")


def tabulate_between_sets(evaluation: Evaluation) -> Table:
    """Tabulate every test set minus training: one row per model."""
    table = evaluation.tables["between_splits"]
    has_df, words = evaluation.is_binary, evaluation.auc_words
    rows = [
        (str(model), {split: _show_difference(row, df=has_df) for split, row in index_by_split(of_model).items()})
        for model, of_model in table.groupby("model", sort=False)
    ]
    test = "DeLong's unpaired test, Welch's degrees of freedom" if has_df else "Test of two independent estimates (z)"
    note = f"{test}. Holm: adjusted for the number of sets."
    caption = f"{evaluation.auc_title} in each test set minus the {words} in training (out of fold)"
    return tabulate_by_split(evaluation, caption, "Model", rows, note)


def tabulate_decisions(evaluation: Evaluation) -> Table:
    """Tabulate the cases that one of two models alone decides rightly, with McNemar's tests: one row per model."""
    table = evaluation.tables["comparison"]
    rows = [
        (str(against), {split: _show_mcnemar(row) for split, row in index_by_split(of_model).items()})
        for against, of_model in table.groupby("against", sort=False)
    ]
    note = (
        f"Cases that only {evaluation.primary} / only the other model calls correctly. Below: McNemar's mid-P, exact P "
        "and mid-P adjusted for the number of models (Holm)."
    )
    caption = f"Decisions of {evaluation.primary} compared with other models"
    return tabulate_by_split(evaluation, caption, "Compared with", rows, note)


def _show_mcnemar(row: Row) -> Cell:
    if math.isnan(row["p_mcnemar"]):
        return Cell(NOT_ESTIMABLE, row["mcnemar_reason"])
    counts = f"{row['only_model_right']:.0f} / {row['only_against_right']:.0f}"
    mid_p, exact, holm = (format_p(row[name]) for name in ("p_mcnemar", "p_mcnemar_exact", "p_mcnemar_holm"))
    return Cell(counts, f"P {mid_p}; exact {exact}; Holm {holm}")


def _tabulate_reclassification(evaluation: Evaluation) -> Table:
    table = evaluation.tables["reclassification"]
    rows = []
    for (against, statistic), of_statistic in table.groupby(["against", "statistic"], sort=False):
        cells = {
            split: show_estimate_and_counts(row, "" if math.isnan(row["p"]) else f"P {format_p(row['p'])}")
            for split, row in index_by_split(of_statistic).items()
        }
        rows.append((f"{RECLASSIFICATION[str(statistic)]}, over {against}", cells))
    note = (
        "With caution: the NRI can be positive for a marker without information (Kerr 2014). Read the decision curve "
        "first."
    )
    caption = f"Reclassification by {evaluation.primary} (positive: in the right direction)"
    return tabulate_by_split(evaluation, caption, "Measure", rows, note)


def _tabulate_calibration(evaluation: Evaluation) -> Table:
    rows = []
    for show, names in ((show_estimate_and_counts, CALIBRATION), (_show_test, TESTS)):
        for name, word in names.items():
            statistics = {
                split: evaluation.find_statistic(evaluation.primary, split, name) for split in evaluation.splits
            }
            rows.append((word, {split: show(row.to_dict()) for split, row in statistics.items()}))
    note = (
        "E50, E90, Emax: median, 90 % quantile and largest distance between prediction and loess curve. "
        "Hosmer-Lemeshow: ten groups, df = groups - 2 in training, df = groups elsewhere. A large P proves nothing."
    )
    caption = f"Calibration of {evaluation.primary}, further measures and tests"
    return tabulate_by_split(evaluation, caption, "Measure", rows, note)


def _show_test(row: Row) -> Cell:
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    df = "" if math.isnan(row["df"]) else f"; df {row['df']:.0f}"
    return Cell(format_decimal(row["estimate"]), f"P {format_p(row['p'])}{df}")


def _tabulate_recalibration(evaluation: Evaluation) -> Table:
    table = evaluation.tables["recalibration"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for update, word in UPDATES.items():
        of_update = table[table["update"] == update]
        for statistic in ("intercept", "slope", *ERRORS):
            of_statistic = of_update[of_update["statistic"] == statistic]
            if len(of_statistic):
                cells = {split: show_estimate_and_counts(row) for split, row in index_by_split(of_statistic).items()}
                rows.append((f"{word}: {ERRORS.get(statistic, statistic)}", cells))
    note = (
        "What updating the model at a site would change. Intercept and slope are fitted on all cases of the site; "
        "Brier score and ICI of updated models are cross-fitted in five parts, so that no case updates its own "
        "prediction."
    )
    caption = f"Recalibration of {evaluation.primary} at each site"
    return tabulate_by_split(evaluation, caption, "Update", rows, note)


def _tabulate_images(evaluation: Evaluation) -> Table:
    table = evaluation.tables["images"]
    rows = []
    for model, of_model in table.groupby("model", sort=False):
        cells = {
            split: show_estimate_and_counts(row, f"{row['n']} images of {row['patients']} patients")
            for split, row in index_by_split(of_model).items()
        }
        rows.append((str(model), cells))
    note = "Unit: the image, with the label of its case. Images of a patient are not independent: Obuchowski interval."
    return tabulate_by_split(evaluation, "AUC over single images", "Model", rows, note)


def _show_difference(row: Row, df: bool = False) -> Cell:
    if math.isnan(row["difference"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    difference = format_decimal(row["difference"])
    if math.isnan(row["p"]):
        return Cell(difference, row["reason"])
    degrees = f"; df {format_decimal(row['df'], 1)}" if df else ""
    interval = format_interval(row["lower"], row["upper"])
    return Cell(difference, f"{interval}; P {format_p(row['p'])}; Holm {format_p(row['p_holm'])}{degrees}")


def _list_methods(methods: Iterable[str]) -> str:
    return ", ".join(sorted({method for method in methods if method})) or "Not estimable"
