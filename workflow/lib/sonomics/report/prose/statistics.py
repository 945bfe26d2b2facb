"""The paragraph on statistics: the method of everything that was computed, and nothing else."""

import pandas as pd

from sonomics.core.params import MAIN
from sonomics.report.elements.numbers import listed
from sonomics.report.elements.tables import FURTHER, MEASURES
from sonomics.report.study.record import Record
from sonomics.report.study.variants import blind, expectation

# What a table of `evaluate` stands for, said when it is there and has a row.
COMPUTED = {
    "operating": "Operating points of fixed sensitivity were set on training and applied unchanged.",
    "recalibration": (
        "Recalibration at each test site (intercept alone; intercept and slope) was estimated, and judged with updates "
        "fitted on other patients of the site."
    ),
    "between_splits": "AUCs of different sets were compared by an unpaired test.",
    "reclassification": (
        "Net reclassification and integrated discrimination improvement describe what the primary model adds."
    ),
    "subgroups": "The AUC was estimated in subgroups, with a test whether it differs between them.",
    "hazard_subgroups": "Hazard ratios of the risk groups were estimated in subgroups, with a test of interaction.",
    "risk_groups": (
        "Groups at high and low risk by the frozen threshold were followed by Kaplan-Meier curves (log-log intervals) "
        "and compared by the log-rank test and Cox regression (Efron's ties)."
    ),
    "proportional_hazards": "Proportional hazards were tested.",
    "survival": "Time to event was judged by concordance, time-dependent AUC and the Brier score under censoring.",
    "cutpoint": "The P value of a cutpoint chosen by survival was corrected for the choice.",
    "treatment": "Treatment was compared within risk groups, with a test of interaction; this is not a causal effect.",
    "readers_auc": "Readers were compared with the model and, where aided, with themselves alone.",
    "readers_mrmc": "Readers and cases were both taken as samples (multi-reader multi-case analysis).",
    "power": "Sample size and power were computed under assumptions made beforehand, never under the result.",
}


def statistics_text(record: Record) -> str:
    """Name the method of every statistic that the study has."""
    settings, tables = record.params["evaluate"], record.first.tables
    text = [
        *_intervals(tables["performance"], settings["level"]),
        f"Decision curves have bands of {settings['bootstrap']:,} resamples of patients.",
        *_comparison(record),
        *_tests(tables["baseline"]),
        *(sentence for name, sentence in COMPUTED.items() if name in tables and not tables[name].empty),
        *_runs(record),
        "What could not be estimated is stated as such, with the reason.",
    ]
    return " ".join(text)


def _intervals(performance: pd.DataFrame, level: float) -> list[str]:
    """List the statistics that have an interval, by its method."""
    shown = {**MEASURES, **FURTHER}
    known = performance[performance["lower"].notna() & performance["statistic"].isin(list(shown))]
    known = known.assign(method=known["method"].str.replace(r", \d+ resamples undefined$", "", regex=True))
    by_method = [
        f"{listed([shown[name] for name in shown if name in set(inside['statistic'])])} ({method})"
        for method, inside in known.groupby("method", sort=False)
    ]
    return [f"Intervals are {100 * level:g} %: {'; '.join(by_method)}."] if by_method else []


def _comparison(record: Record) -> list[str]:
    methods = sorted({method for method in record.first.tables["comparison"]["method"] if method})
    return [f"The primary model's AUC was compared with the others' ({listed(methods)})."] if methods else []


def _tests(baseline: pd.DataFrame) -> list[str]:
    tests = sorted({test for test in baseline["test"] if test})
    return [f"Characteristics were compared by these tests: {', '.join(tests)}."] if tests else []


def _runs(record: Record) -> list[str]:
    params = record.params
    controls = {name: what for name in params["study"]["variants"] if (what := blind(name, params))}
    others = [name for name in params["study"]["variants"] if name not in (MAIN, *controls)]
    said = []
    if controls:
        named = [f"{name} ({what})" for name, what in controls.items()]
        said.append(f"As a negative control the study was repeated so that nothing can be found: {listed(named)}.")
    if others:
        said.append(f"Further runs: {listed([f'{name} ({expectation(name, params)})' for name in others])}.")
    return said
