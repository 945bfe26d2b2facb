"""Rules on what was asked, of whom, and how cases were labelled and divided."""

from sonomics.core.params import MAIN
from sonomics.report.elements.numbers import listed, plural
from sonomics.report.study.record import Finding, Record, missing, named, not_applicable, partly, reported
from sonomics.report.study.variants import blind
from sonomics.report.study.wording import SOURCES, classes_alike, label_in_words, worded

FLOW, METHODS, RECORD = "page: Flow of cases", "page: Methods", "page: Record of the run"


def title(record: Record) -> Finding:
    """Judge whether the title or question names radiomics and ultrasound."""
    text = f"{record.params['study']['title']} {record.params['study']['question']}".lower()
    lacking = [word for word, stem in (("radiomics", "radiomic"), ("ultrasound", "ultraso")) if stem not in text]
    shown = f"“{record.params['study']['title']}”"
    if lacking:
        return partly("page: title", f"{shown}; it does not name {listed(lacking)}")
    return reported("page: title", shown)


def question(record: Record) -> Finding:
    """Give the question of the study."""
    return reported("page: title", record.params["study"]["question"])


def goal(record: Record) -> Finding:
    """Say whether models were developed, and on what they were tested."""
    tested = listed([record.first.splits[split].lower() for split in record.unseen]) or "out-of-fold scores alone"
    return reported(METHODS, f"models were developed, and tested on: {tested}")


def standards_followed(record: Record) -> Finding:
    """Name the checklists filled."""
    return reported("file: results/checklists", "CLEAR, METRICS, TRIPOD+AI, CLAIM 2024, STARD 2015")


def source(record: Record) -> Finding:
    """Name the source of the exams."""
    return reported(METHODS, worded(SOURCES, record.params["export"]["source"]))


def centres(record: Record) -> Finding:
    """Count centres and the cases of each."""
    cases = record.first.tables["cases"]
    if "centre" not in cases:
        return missing("the cohort names no centre")
    counts = cases["centre"].value_counts().sort_index()
    return reported(FLOW, listed([f"{centre}: {plural(int(count), 'case')}" for centre, count in counts.items()]))


def several_centres(record: Record) -> Finding:
    """Judge whether more than one centre gave images."""
    cases = record.first.tables["cases"]
    count = cases["centre"].nunique() if "centre" in cases else 0
    return reported(FLOW, f"{count} centres") if count > 1 else missing("one centre")


def deidentification(record: Record) -> Finding:
    """Say how identities were taken out."""
    export = record.params["export"]
    if record.simulated:
        return not_applicable("no patient: the exams were simulated")
    pictures = export.get("folder", {}) if export["source"] == "folder" else {"dicom": {}}
    if pictures.get("pixels") == "keep":
        return partly(METHODS, "pictures without metadata; their pixels not checked for text")
    if "dicom" not in pictures:
        return reported(METHODS, "pictures without metadata, blanked outside the scan and freed of writing")
    kept = export.get("deidentify", {}).get("retain", ["device", "dates"])
    return reported(METHODS, f"DICOM PS3.15 basic profile, keyed pseudonyms; kept: {listed(list(kept)) or 'nothing'}")


def selection_criteria(record: Record) -> Finding:
    """List the criteria that the screening applied."""
    criteria = record.params["clean"].get("criteria", [])
    if not criteria:
        return not_applicable("the screening applied no criterion (clean.criteria)")
    return reported(METHODS, "; ".join(f"{criterion['name']}: {criterion['rule']}" for criterion in criteria))


def flow(record: Record) -> Finding:
    """Count the cases listed and analysed."""
    cases, analysed = sum(one.cases for one in record.sets), sum(one.analysed for one in record.sets)
    return reported(FLOW, f"{cases:,} cases listed, {analysed:,} analysed")


def subsets(record: Record) -> Finding:
    """Count the images that screening kept of those exported, by reason left out."""
    images = record.screening[record.screening["level"] == "image"]
    kept = int((images["fate"] == "kept").sum())
    said = f"{kept:,} of {len(images):,} images kept, each with its fate"
    return reported(f"{FLOW}; file: results/screening.csv", said)


def split(record: Record) -> Finding:
    """Say how cases were assigned to sets, with numbers."""
    sizes = [f"{one.title} ({one.cases:,})" for one in record.sets]
    return reported(f"{METHODS}; {FLOW}", f"by the cohort's column split: {listed(sizes)}")


def split_by_patient(record: Record) -> Finding:
    """State the level at which sets are disjoint."""
    return reported(METHODS, "by patient; near-duplicate images are removed from training or kept in one fold")


def leakage_guards(record: Record) -> Finding:
    """State what kept the test sets apart, and which runs were there to find nothing."""
    controls = [name for name in record.params["study"]["variants"] if blind(name, record.params)]
    stated = "every fit on training rows of its fold; test labels masked until evaluation"
    return reported(METHODS, f"{stated}; negative control: {listed(controls) or 'none'}")


def blinding(record: Record) -> Finding:
    """State that no model saw a test label."""
    return reported(METHODS, "labels and outcomes of test cases were masked until models and thresholds were frozen")


def label(record: Record) -> Finding:
    """Give the rule of every label."""
    tasks = record.params["study"]["tasks"].items()
    return reported(METHODS, "; ".join(f"{name}: {label_in_words(task)}" for name, task in tasks))


def follow_up(record: Record) -> Finding:
    """Say whether follow-up was analysed."""
    if "risk_groups" in record.first.tables:
        return reported("page: Follow-up", "time to event of the risk groups: Kaplan-Meier, log-rank, Cox")
    return not_applicable("the cohort has no follow-up")


def clinical_variables(record: Record) -> Finding:
    """List the predictors that are not images."""
    columns = record.params["study"]["clinical"]
    if not columns:
        return not_applicable("the study uses no clinical variable")
    return reported("page: Characteristics", listed(list(columns)))


def sample(record: Record) -> Finding:
    """Count cases and positives of every set."""
    counts = [f"{one.title}: {one.analysed:,}, {one.positives:,} positive" for one in record.sets]
    return reported("page: Performance", "; ".join(counts))


def sample_size(record: Record) -> Finding:
    """State that sample size and power were computed."""
    return reported("page: Sample size, power and missing values", "size of the development, precision, power")


def class_balance(record: Record) -> Finding:
    """Give the share of positives, and how classes were weighed."""
    positives, analysed = sum(one.positives for one in record.sets), sum(one.analysed for one in record.sets)
    alike = classes_alike(record.models())
    handling = f"classes weighed alike in {listed(alike)}" if alike else "classes not weighed"
    return reported(f"page: Performance; {METHODS}", f"{positives:,} of {analysed:,} positive; {handling}")


def baseline(record: Record) -> Finding:
    """Say whether the table of characteristics has clinical variables."""
    variables = set(record.first.tables["baseline"]["variable"]) - {"label"}
    if not variables:
        return partly("page: Characteristics", "the label alone; study.clinical names no variable")
    return reported("page: Characteristics", listed(sorted(map(str, variables))))


def training_against_test(record: Record) -> Finding:
    """Say whether characteristics of test sets are held against training."""
    if not record.unseen:
        return not_applicable("there is no test set")
    return reported("page: Characteristics", "every test set beside training, with P")


def variants(record: Record) -> Finding:
    """List the runs beside the main one that change something and could find something."""
    others = [name for name in record.params["study"]["variants"] if name != MAIN]
    sensitivity = [name for name in others if not blind(name, record.params)]
    if sensitivity:
        return reported("page: Controls", f"sensitivity runs: {listed(sensitivity)}")
    if others:
        return partly("page: Controls", "a negative control, no sensitivity run")
    return missing("study.variants has no run beside the main one")


RULES = named(
    title, question, goal, standards_followed, source, centres, several_centres, deidentification, selection_criteria,
    flow, subsets, split, split_by_patient, leakage_guards, blinding, label, follow_up, clinical_variables, sample,
    sample_size, class_balance, baseline, training_against_test, variants,
)  # fmt: skip
