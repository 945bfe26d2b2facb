"""Rules on what was measured, with what uncertainty, and what is given to others."""

import math
import platform
from importlib.metadata import version

import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_count, format_decimal, format_interval
from sonomics.report.evidence.findings import (
    FLOW,
    METHODS,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    PERFORMANCE,
    RECORD,
    REPORTED,
    SUBGROUPS,
    Finding,
    index_rules,
)
from sonomics.report.study.evaluation import FURTHER_MEASURES, MEASURES
from sonomics.report.study.folds import name_cross_validation
from sonomics.report.study.near_duplicates import name_unit
from sonomics.report.study.record import Record


def find_testing(record: Record) -> Finding:
    """Name the sets that models were tested on."""
    sets = join_words(record.first.splits[split] for split in record.tested_splits)
    inner = f"{name_cross_validation(record.params.select)} inside training"
    return Finding(REPORTED, METHODS, f"{inner}; {sets}") if sets else Finding(PARTLY, METHODS, f"{inner} alone")


def find_internal_test(record: Record) -> Finding:
    """Judge whether there is a held-out set of the training centres."""
    sets = [record.first.splits[split] for split in record.tested_splits if not split.startswith("external")]
    return _find_sets(sets, "no internal test set")


def find_external_test(record: Record) -> Finding:
    """Judge whether there is a set of another centre."""
    sets = [record.first.splits[split] for split in record.tested_splits if split.startswith("external")]
    return _find_sets(sets, "no external test set")


def find_measures(record: Record) -> Finding:
    """List the measures of performance."""
    measures = join_words([*MEASURES.values(), *FURTHER_MEASURES.values(), "net benefit"])
    return Finding(REPORTED, f"{METHODS}; {PERFORMANCE}", measures)


def find_performance(record: Record) -> Finding:
    """Return the primary model's AUC in every set."""
    evaluation = record.first
    aucs, estimable = [], []
    for split, title in evaluation.splits.items():
        row = evaluation.find_statistic(evaluation.primary, split, "auc")
        interval = format_interval(row["lower"], row["upper"])
        estimable.append(not math.isnan(row["estimate"]))
        aucs.append(f"{title} {format_decimal(row['estimate'])}" + (f" ({interval})" if interval else ""))
    description = f"AUC of {evaluation.primary}: {'; '.join(aucs)}"
    if all(estimable):
        return Finding(REPORTED, PERFORMANCE, description)
    return Finding(PARTLY, PERFORMANCE, f"{description}; – is not estimable")


def find_uncertainty(record: Record) -> Finding:
    """Describe the intervals."""
    settings, table = record.params.evaluate, record.first.tables["performance"]
    of_primary = table[(table["model"] == record.first.primary) & table["statistic"].isin(MEASURES)]
    estimable = of_primary[of_primary["lower"].notna()]
    analytic = [method for method in dict.fromkeys(estimable["method"]) if not method.startswith("bootstrap")]
    methods = ", ".join([*analytic, f"{settings.bootstrap:,} resamples of {name_unit(settings)}"])
    return Finding(REPORTED, f"{METHODS}; {PERFORMANCE}", f"{100 * settings.level:g} % intervals: {methods}")


def find_comparison(record: Record) -> Finding:
    """Describe how models were compared."""
    if len(record.first.models) < 2:
        return Finding(NOT_APPLICABLE, evidence="one model")
    methods = sorted({method for method in record.first.table("comparison")["method"] if method})
    if not methods:
        return Finding(MISSING, evidence="no difference is estimable")
    return Finding(REPORTED, PERFORMANCE, f"{join_words(methods)}; with P")


def find_calibration(record: Record) -> Finding:
    """Judge whether calibration was assessed in a test set."""
    evaluation = record.first
    assessed = [
        evaluation.splits[split]
        for split in record.tested_splits or [TRAIN]
        if not math.isnan(evaluation.find_statistic(evaluation.primary, split, "calibration_slope")["estimate"])
    ]
    if not assessed:
        return Finding(MISSING, evidence="the calibration slope is not estimable in any set")
    description = f"curve, intercept, slope, ICI and Brier score: {join_words(assessed)}"
    return Finding(REPORTED, PERFORMANCE, description)


def find_clinical_utility(record: Record) -> Finding:
    """Judge whether decision curves were drawn."""
    if record.first.table("decision").empty:
        return Finding(MISSING, evidence="no decision curve")
    return Finding(REPORTED, PERFORMANCE, "decision curves with a bootstrap band")


def find_cross_table(record: Record) -> Finding:
    """Return the primary model's counts in the first test set."""
    evaluation = record.first
    split = (record.tested_splits or [TRAIN])[0]
    names = ("tp", "fp", "tn", "fn")
    counts = [evaluation.find_statistic(evaluation.primary, split, name)["estimate"] for name in names]
    described = " / ".join(format_decimal(count, 0) for count in counts)
    description = f"{evaluation.splits[split]}: TP / FP / TN / FN {described}; all sets on the page"
    return Finding(REPORTED, PERFORMANCE, description)


def find_unscored(record: Record) -> Finding:
    """Describe what happened to cases without a score."""
    count = sum(one.unscored for one in record.sets)
    return Finding(REPORTED, FLOW, f"{format_count(count, 'case')} without a score, left out and counted by reason")


def find_subgroups(record: Record) -> Finding:
    """Judge whether performance is given by subgroup in a test set."""
    estimable = _select_estimable_subgroups(record)
    if estimable.empty:
        return Finding(MISSING, evidence="no subgroup is large enough")
    return Finding(REPORTED, SUBGROUPS, f"by {join_words(sorted(map(str, estimable['variable'].unique())))}")


def find_across_centres(record: Record) -> Finding:
    """Judge whether performance is given by centre."""
    estimable = _select_estimable_subgroups(record)
    if estimable.loc[estimable["variable"] == "centre", "level"].nunique() > 1:
        return Finding(REPORTED, SUBGROUPS, "AUC by centre")
    if find_external_test(record).status == REPORTED:
        description = "performance of the external sets next to the internal ones; no measure of spread"
        return Finding(PARTLY, PERFORMANCE, description)
    return Finding(MISSING, evidence="one centre")


def find_explored_cases(record: Record) -> Finding:
    """Judge whether single cases can be examined."""
    if not record.params.report.shown_cases:
        return Finding(MISSING, evidence="report.shown_cases is 0")
    description = "cases from the lowest to the highest score, with label"
    return Finding(PARTLY, "page: Example cases; file: cases.csv", description)


def find_limits(record: Record) -> Finding:
    """Describe the limits that the page states of itself."""
    simulated = ", and that data are simulated" if record.is_simulated else ""
    return Finding(REPORTED, "page: Limits", f"of intervals, P values and training results{simulated}")


def find_software(record: Record) -> Finding:
    """Name the software."""
    versions = [f"{name} {version(name)}" for name in ("scikit-learn", "pyradiomics", "torch")]
    software = join_words([f"Python {platform.python_version()}", *versions])
    return Finding(REPORTED, RECORD, f"{software}; all on the page")


def find_pipeline(record: Record) -> Finding:
    """Say where the phases are drawn."""
    return Finding(REPORTED, RECORD, "a diagram of the phases and of what each has produced")


def find_settings(record: Record) -> Finding:
    """State that every setting is given."""
    return Finding(REPORTED, RECORD, "all parameters, seed included; preprocessing runs from them alone")


def _find_sets(titles: list[str], reason: str) -> Finding:
    return Finding(REPORTED, PERFORMANCE, join_words(titles)) if titles else Finding(MISSING, evidence=reason)


def _select_estimable_subgroups(record: Record) -> pd.DataFrame:
    """Return the rows of subgroups of test sets whose AUC is estimable."""
    table = record.first.table("subgroups")
    return table[table["split"].isin(record.tested_splits) & (table["variable"] != "all") & table["estimate"].notna()]


RULES = index_rules(
    find_testing, find_internal_test, find_external_test, find_measures, find_performance, find_uncertainty,
    find_comparison, find_calibration, find_clinical_utility, find_cross_table, find_unscored, find_subgroups,
    find_across_centres, find_explored_cases, find_limits, find_software, find_pipeline, find_settings,
)  # fmt: skip
