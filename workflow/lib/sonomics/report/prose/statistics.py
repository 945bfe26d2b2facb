"""The paragraph on statistics: the method of everything that was computed, and nothing else."""

import pandas as pd

from sonomics.kinds.wording import join_words
from sonomics.report.study.evaluation import FURTHER_MEASURES, MEASURES
from sonomics.report.study.near_duplicates import name_unit
from sonomics.report.study.record import Record
from sonomics.report.study.variants import describe_variant, list_controls, list_sensitivity_runs

# The sentence for each table of `evaluate` that is there and has a row.
COMPUTED = {
    "operating": "Operating points of fixed sensitivity were set on training and applied unchanged.",
    "recalibration": (
        "Recalibration at each test site (intercept only; intercept and slope) was estimated, and evaluated with "
        "updates fitted on other patients of the site."
    ),
    "between_splits": "AUCs of different sets were compared by an unpaired test.",
    "reclassification": (
        "Net reclassification and integrated discrimination improvement describe what the primary model adds."
    ),
    "subgroups": "The AUC was estimated in subgroups, with a test for differences between them.",
    "hazard_subgroups": "Hazard ratios of the risk groups were estimated in subgroups, with a test of interaction.",
    "risk_groups": (
        "Groups at high and low risk by the frozen threshold were followed by Kaplan-Meier curves (log-log intervals) "
        "and compared by the log-rank test and Cox regression (Efron's method for ties)."
    ),
    "proportional_hazards": "Proportional hazards were tested.",
    "survival": "Time to event was evaluated by concordance, time-dependent AUC and the Brier score under censoring.",
    "cutpoint": "The P value of a cutpoint chosen by survival was corrected for the choice.",
    "treatment": "Treatment was compared within risk groups, with a test of interaction; this is not a causal effect.",
    "outcome_risk_groups": (
        "The scores were judged by further survival outcomes in the same way, with risk groups by the same threshold."
    ),
    "readers_auc": "Readers were compared with the model and, where aided, with their own unaided readings.",
    "readers_mrmc": "Readers and cases were both treated as samples (multi-reader multi-case analysis).",
    "power": "Sample size and power were computed under assumptions made beforehand, never under the result.",
}


def describe_statistics(record: Record) -> str:
    """Name the method of every statistic that the study has."""
    settings, tables = record.params.evaluate, record.first.tables
    sentences = [
        *_describe_intervals(tables["performance"], settings.level),
        f"Decision curves have bands of {settings.bootstrap:,} resamples of {name_unit(settings)}.",
        *_describe_comparison(record.first.table("comparison")),
        *_describe_tests(tables["baseline"]),
        *(sentence for name, sentence in COMPUTED.items() if name in tables and not tables[name].empty),
        *_describe_runs(record),
        "What could not be estimated is stated as such, with the reason.",
    ]
    return " ".join(sentences)


def _describe_intervals(performance: pd.DataFrame, level: float) -> list[str]:
    """Describe the statistics that have an interval, by its method."""
    names = {**MEASURES, **FURTHER_MEASURES}
    estimable = performance[performance["lower"].notna() & performance["statistic"].isin(list(names))]
    methods = estimable["method"].str.replace(r", \d+ resamples undefined$", "", regex=True)
    by_method = []
    for method, of_method in estimable.groupby(methods, sort=False):
        statistics = set(of_method["statistic"])
        by_method.append(f"{join_words(names[name] for name in names if name in statistics)} ({method})")
    return [f"Intervals are {100 * level:g} %: {'; '.join(by_method)}."] if by_method else []


def _describe_comparison(comparison: pd.DataFrame) -> list[str]:
    methods = join_words(sorted({method for method in comparison["method"] if method}))
    return [f"The primary model's AUC was compared with those of the others ({methods})."] if methods else []


def _describe_tests(baseline: pd.DataFrame) -> list[str]:
    tests = sorted({test for test in baseline["test"] if test})
    return [f"Characteristics were compared by these tests: {', '.join(tests)}."] if tests else []


def _describe_runs(record: Record) -> list[str]:
    params = record.params
    controls = [f"{name} ({control})" for name, control in list_controls(params).items()]
    others = [f"{name} ({describe_variant(name, params)})" for name in list_sensitivity_runs(params)]
    sentences = []
    if controls:
        repeated = "As a negative control, the study was repeated in such a way that nothing can be found"
        sentences.append(f"{repeated}: {join_words(controls)}.")
    if others:
        sentences.append(f"Further runs: {join_words(others)}.")
    return sentences
