"""Rules on what was asked, of whom, and how cases were labelled and divided."""

from sonomics.core.params import MAIN
from sonomics.kinds.models import MODELS
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_count
from sonomics.report.evidence.findings import (
    CHARACTERISTICS,
    CONTROLS,
    FLOW,
    METHODS,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    PERFORMANCE,
    REPORTED,
    Finding,
    index_rules,
)
from sonomics.report.study.record import Record
from sonomics.report.study.variants import list_controls, list_sensitivity_runs
from sonomics.report.study.wording import describe_label


def find_title(record: Record) -> Finding:
    """Judge whether the title or question names radiomics and ultrasound."""
    study = record.params.study
    text = f"{study.title} {study.question}".lower()
    lacking = [word for word, stem in (("radiomics", "radiomic"), ("ultrasound", "ultraso")) if stem not in text]
    quoted = f"“{study.title}”"
    if lacking:
        return Finding(PARTLY, "page: title", f"{quoted}; it does not name {join_words(lacking)}")
    return Finding(REPORTED, "page: title", quoted)


def find_question(record: Record) -> Finding:
    """Return the question of the study."""
    return Finding(REPORTED, "page: title", record.params.study.question)


def find_goal(record: Record) -> Finding:
    """Describe that models were developed, and on what they were tested."""
    titles = record.first.splits
    tested = join_words(titles[split].lower() for split in record.tested_splits) or "out-of-fold scores alone"
    return Finding(REPORTED, METHODS, f"models were developed, and tested on: {tested}")


def find_standards_followed(record: Record) -> Finding:
    """Name the checklists that are filled."""
    return Finding(REPORTED, "file: results/checklists", "CLEAR, METRICS, TRIPOD+AI, CLAIM 2024, STARD 2015")


def find_source(record: Record) -> Finding:
    """Name the source of the exams."""
    export = record.params.export
    description = SOURCES.get(export.source).describe(export.sources()[export.source])
    return Finding(REPORTED, METHODS, description)


def find_centres(record: Record) -> Finding:
    """Count centres and the cases of each."""
    cases = record.first.tables["cases"]
    if "centre" not in cases:
        return Finding(MISSING, evidence="the cohort names no centre")
    counts = cases["centre"].value_counts().sort_index()
    by_centre = [f"{centre}: {format_count(int(count), 'case')}" for centre, count in counts.items()]
    return Finding(REPORTED, FLOW, join_words(by_centre))


def find_several_centres(record: Record) -> Finding:
    """Judge whether more than one centre provided images."""
    cases = record.first.tables["cases"]
    count = cases["centre"].nunique() if "centre" in cases else 0
    return Finding(REPORTED, FLOW, f"{count} centres") if count > 1 else Finding(MISSING, evidence="one centre")


def find_deidentification(record: Record) -> Finding:
    """Describe how identities were removed."""
    export = record.params.export
    source, settings = SOURCES.get(export.source), export.sources()[export.source]
    if source.is_simulated:
        return Finding(NOT_APPLICABLE, evidence="no patient: the exams were simulated")
    if pictures := source.describe_pictures(settings):
        return Finding(PARTLY if source.keeps_pixels(settings) else REPORTED, METHODS, pictures)
    retained = join_words(export.deidentify.retain) or "nothing"
    return Finding(REPORTED, METHODS, f"DICOM PS3.15 basic profile, keyed pseudonyms; retained: {retained}")


def find_selection_criteria(record: Record) -> Finding:
    """List the criteria that the screening applied."""
    criteria = record.params.clean.criteria
    if not criteria:
        return Finding(NOT_APPLICABLE, evidence="the screening applied no criterion (clean.criteria)")
    return Finding(REPORTED, METHODS, "; ".join(f"{criterion.name}: {criterion.rule}" for criterion in criteria))


def find_flow(record: Record) -> Finding:
    """Count the cases listed and analysed."""
    cases, analysed = sum(one.cases for one in record.sets), sum(one.analysed for one in record.sets)
    return Finding(REPORTED, FLOW, f"{cases:,} cases listed, {analysed:,} analysed")


def find_subsets(record: Record) -> Finding:
    """Count the images that screening kept of those exported."""
    images = record.screening[record.screening["level"] == "image"]
    kept = int((images["fate"] == "kept").sum())
    counts = f"{kept:,} of {len(images):,} images kept; the outcome of each is listed"
    return Finding(REPORTED, f"{FLOW}; file: results/screening.csv", counts)


def find_split(record: Record) -> Finding:
    """Describe how cases were assigned to sets, with numbers."""
    sizes = [f"{one.title} ({one.cases:,})" for one in record.sets]
    return Finding(REPORTED, f"{METHODS}; {FLOW}", f"by the column split of the cohort: {join_words(sizes)}")


def find_split_by_patient(record: Record) -> Finding:
    """State the level at which sets are disjoint."""
    description = "by patient; near-duplicate images are removed from training or kept in one fold"
    return Finding(REPORTED, METHODS, description)


def find_leakage_guards(record: Record) -> Finding:
    """State what kept the test sets apart, and which negative controls were run."""
    guards = "every fit on training rows of its fold; test labels masked until evaluation"
    controls = join_words(list_controls(record.params)) or "none"
    return Finding(REPORTED, METHODS, f"{guards}; negative control: {controls}")


def find_blinding(record: Record) -> Finding:
    """State that no model saw a test label."""
    description = "labels and outcomes of test cases were masked until models and thresholds were frozen"
    return Finding(REPORTED, METHODS, description)


def find_label(record: Record) -> Finding:
    """Return the rule of every label."""
    tasks = record.params.study.tasks.items()
    return Finding(REPORTED, METHODS, "; ".join(f"{name}: {describe_label(task)}" for name, task in tasks))


def find_follow_up(record: Record) -> Finding:
    """Judge whether follow-up was analysed."""
    if "risk_groups" in record.first.tables:
        description = "time to event of the risk groups: Kaplan-Meier, log-rank, Cox"
        return Finding(REPORTED, "page: Follow-up", description)
    return Finding(NOT_APPLICABLE, evidence="the cohort has no follow-up")


def find_clinical_variables(record: Record) -> Finding:
    """List the predictors that are not images."""
    columns = record.params.study.clinical
    if not columns:
        return Finding(NOT_APPLICABLE, evidence="the study uses no clinical variable")
    return Finding(REPORTED, CHARACTERISTICS, join_words(columns))


def find_sample(record: Record) -> Finding:
    """Count cases and positives of every set."""
    counts = [f"{one.title}: {one.analysed:,}{record.first.count_in_words(one.positives)}" for one in record.sets]
    return Finding(REPORTED, PERFORMANCE, "; ".join(counts))


def find_sample_size(record: Record) -> Finding:
    """State that sample size and power were computed."""
    description = "size of the development set, precision, power"
    return Finding(REPORTED, "page: Sample size, power and missing values", description)


def _count_outcomes(record: Record) -> str:
    analysed = f"{sum(one.analysed for one in record.sets):,}"
    known = [one.positives for one in record.sets if one.positives is not None]
    if not known:
        return f"{analysed} of several classes"
    words = "positive" if record.first.is_binary else "with the event"
    return f"{sum(known):,} of {analysed} {words}"


def find_class_balance(record: Record) -> Finding:
    """Count the positives, and describe how classes were weighted."""
    balanced = [name for name, model in record.models.items() if MODELS.get(model.kind).balances_classes(model)]
    weighting = f"classes weighted equally in {join_words(balanced)}" if balanced else "classes not weighted"
    where = f"{PERFORMANCE}; {METHODS}"
    return Finding(REPORTED, where, f"{_count_outcomes(record)}; {weighting}")


def find_baseline(record: Record) -> Finding:
    """Judge whether the table of characteristics has clinical variables."""
    variables = set(record.first.tables["baseline"]["variable"]) - {"label"}
    if not variables:
        return Finding(PARTLY, CHARACTERISTICS, "the label alone; study.clinical names no variable")
    return Finding(REPORTED, CHARACTERISTICS, join_words(sorted(map(str, variables))))


def find_training_against_test(record: Record) -> Finding:
    """Judge whether characteristics of test sets are compared with training."""
    if not record.tested_splits:
        return Finding(NOT_APPLICABLE, evidence="there is no test set")
    return Finding(REPORTED, CHARACTERISTICS, "every test set compared with training, with P")


def find_variants(record: Record) -> Finding:
    """List the runs besides the main one that change something and are not negative controls."""
    if sensitivity := list_sensitivity_runs(record.params):
        return Finding(REPORTED, CONTROLS, f"sensitivity runs: {join_words(sensitivity)}")
    if any(name != MAIN for name in record.params.study.variants):
        return Finding(PARTLY, CONTROLS, "a negative control, no sensitivity run")
    return Finding(MISSING, evidence="study.variants has no run besides the main one")


RULES = index_rules(
    find_title, find_question, find_goal, find_standards_followed, find_source, find_centres, find_several_centres,
    find_deidentification, find_selection_criteria, find_flow, find_subsets, find_split, find_split_by_patient,
    find_leakage_guards, find_blinding, find_label, find_follow_up, find_clinical_variables, find_sample,
    find_sample_size, find_class_balance, find_baseline, find_training_against_test, find_variants,
)  # fmt: skip
