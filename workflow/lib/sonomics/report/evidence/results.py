"""Rules on what was measured, how surely, and what is given to others."""

import math
import platform
from importlib.metadata import version

import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.report.elements.numbers import decimal, interval, listed, plural
from sonomics.report.elements.tables import FURTHER, MEASURES
from sonomics.report.evidence.design import METHODS, RECORD
from sonomics.report.evidence.images import PERFORMANCE
from sonomics.report.study.record import REPORTED, Finding, Record, missing, named, not_applicable, partly, reported


def testing(record: Record) -> Finding:
    """Name the sets that models were tested on."""
    folds = record.params["select"]["folds"]
    sets = listed([record.first.splits[split] for split in record.unseen])
    inner = f"{folds}-fold cross-validation inside training"
    return reported(METHODS, f"{inner}; {sets}") if sets else partly(METHODS, f"{inner} alone")


def internal_test(record: Record) -> Finding:
    """Judge whether there is a held-out set of the training centres."""
    sets = [record.first.splits[split] for split in record.unseen if not split.startswith("external")]
    return reported(PERFORMANCE, listed(sets)) if sets else missing("no internal test set")


def external_test(record: Record) -> Finding:
    """Judge whether there is a set of another centre."""
    sets = [record.first.splits[split] for split in record.unseen if split.startswith("external")]
    return reported(PERFORMANCE, listed(sets)) if sets else missing("no external test set")


def measures(record: Record) -> Finding:
    """List the measures of performance."""
    return reported(f"{METHODS}; {PERFORMANCE}", listed([*MEASURES.values(), *FURTHER.values(), "net benefit"]))


def performance(record: Record) -> Finding:
    """Give the primary model's AUC in every set."""
    evaluation = record.first
    said, known = [], 0
    for split, title in evaluation.splits.items():
        row = evaluation.statistic(evaluation.primary, split, "auc")
        bounds = interval(row["lower"], row["upper"])
        known += not math.isnan(row["estimate"])
        said.append(f"{title} {decimal(row['estimate'])}" + (f" ({bounds})" if bounds else ""))
    shown = f"AUC of {evaluation.primary}: {'; '.join(said)}"
    return reported(PERFORMANCE, shown) if known == len(said) else partly(PERFORMANCE, f"{shown}; – is not estimable")


def uncertainty(record: Record) -> Finding:
    """State the intervals."""
    settings, table = record.params["evaluate"], record.first.tables["performance"]
    known = table[(table["model"] == record.first.primary) & table["lower"].notna() & table["statistic"].isin(MEASURES)]
    own = [method for method in dict.fromkeys(known["method"]) if not method.startswith("bootstrap")]
    methods = ", ".join([*own, f"{settings['bootstrap']:,} resamples of patients"])
    said = f"{100 * settings['level']:g} % intervals: {methods}"
    return reported(f"{METHODS}; {PERFORMANCE}", said)


def comparison(record: Record) -> Finding:
    """Say how models were compared."""
    if len(record.first.models) < 2:
        return not_applicable("one model")
    methods = sorted({method for method in record.first.tables["comparison"]["method"] if method})
    if not methods:
        return missing("no difference is estimable")
    return reported(PERFORMANCE, f"{listed(methods)}; with P")


def calibration(record: Record) -> Finding:
    """Judge whether calibration was assessed in an unseen set."""
    evaluation = record.first
    known = [
        evaluation.splits[split]
        for split in record.unseen or [TRAIN]
        if not math.isnan(evaluation.statistic(evaluation.primary, split, "calibration_slope")["estimate"])
    ]
    if not known:
        return missing("the calibration slope is not estimable in any set")
    return reported(PERFORMANCE, f"curve, intercept, slope, ICI and Brier score: {listed(known)}")


def clinical_utility(record: Record) -> Finding:
    """Say whether decision curves were drawn."""
    if record.first.tables["decision"].empty:
        return missing("no decision curve")
    return reported(PERFORMANCE, "decision curves with a bootstrap band")


def cross_table(record: Record) -> Finding:
    """Give the primary model's counts in the first unseen set."""
    evaluation = record.first
    split = (record.unseen or [TRAIN])[0]
    counts = [evaluation.statistic(evaluation.primary, split, name)["estimate"] for name in ("tp", "fp", "tn", "fn")]
    said = " / ".join(decimal(count, 0) for count in counts)
    return reported(PERFORMANCE, f"{evaluation.splits[split]}: TP / FP / TN / FN {said}; all sets on the page")


def unscored(record: Record) -> Finding:
    """Say what became of cases that got no score."""
    count = sum(one.unscored for one in record.sets)
    return reported("page: Flow of cases", f"{plural(count, 'case')} without a score, left out and counted by reason")


def subgroups(record: Record) -> Finding:
    """Judge whether performance is given by subgroup in an unseen set."""
    known = _estimable(record)
    if known.empty:
        return missing("no subgroup is large enough")
    return reported("page: Subgroups and fairness", f"by {listed(sorted(map(str, known['variable'].unique())))}")


def across_centres(record: Record) -> Finding:
    """Judge whether performance is given by centre."""
    known = _estimable(record)
    if known.loc[known["variable"] == "centre", "level"].nunique() > 1:
        return reported("page: Subgroups and fairness", "AUC by centre")
    if external_test(record).status == REPORTED:
        return partly(PERFORMANCE, "performance of the external sets beside the internal ones; no measure of spread")
    return missing("one centre")


def explored_cases(record: Record) -> Finding:
    """Say whether single cases can be looked at."""
    shown = record.params["report"]["shown_cases"]
    if not shown:
        return missing("report.shown_cases is 0")
    return partly("page: Example cases; file: cases.csv", "cases from the lowest to the highest score, with label")


def limits(record: Record) -> Finding:
    """Say what limits the page states of itself."""
    simulated = ", and that data are simulated" if record.simulated else ""
    return reported("page: Limits", f"of intervals, P values and training figures{simulated}")


def software(record: Record) -> Finding:
    """Name the software."""
    named_versions = [f"{name} {version(name)}" for name in ("scikit-learn", "pyradiomics", "torch")]
    return reported(RECORD, listed([f"Python {platform.python_version()}", *named_versions]) + "; all on the page")


def pipeline(record: Record) -> Finding:
    """Say where the phases are drawn."""
    return reported(RECORD, "a drawing of the phases and of what each has made")


def settings(record: Record) -> Finding:
    """State that every setting is given."""
    return reported(RECORD, "params.yaml in full, seed included; preprocessing runs from it alone")


def _estimable(record: Record) -> pd.DataFrame:
    """Cut the table of subgroups down to the parts of unseen sets whose AUC is estimable."""
    table = record.first.tables["subgroups"]
    return table[table["split"].isin(record.unseen) & (table["variable"] != "all") & table["estimate"].notna()]


RULES = named(
    testing, internal_test, external_test, measures, performance, uncertainty, comparison, calibration,
    clinical_utility, cross_table, unscored, subgroups, across_centres, explored_cases, limits, software, pipeline,
    settings,
)  # fmt: skip
