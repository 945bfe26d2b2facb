"""Phase 5 - select: the folds, and the features kept inside each of them.

Reads data/features/, data/clean/images.parquet, data/cohort.csv; writes results/select/, results/metrics/select.json
and results/plots/select/.
"""

CHOSEN = "results/select/{variant}/{family}/{task}/{fold}"
OF_ALL = "results/select/{variant}/{family}/{task}/all"
SELECTION_FIGURES = ["steps", "curve", "path", "frequencies"]
SELECTIONS = runs_over(
    variant=variants(), family=STUDY["extract"]["families"], task=STUDY["study"]["tasks"], fold=folds()
)


rule make_folds:
    """Divide the training patients into folds, once for the whole study."""
    input:
        cohort=COHORT,
        images="data/clean/images.parquet",
        code=code_of("select"),
    output:
        folds="results/select/folds.parquet",
    log:
        "logs/make_folds.log",
    params:
        content=content(COHORT, code_of("select")),
        settings=settings(*LEARNING, "select.folds"),
    message:
        "select: the folds"
    shell:
        "python -m sonomics.select.folds"
        " --settings {params.settings:q}"
        " --cohort {input.cohort:q}"
        " --images {input.images:q}"
        " --out {output.folds:q}"
        " > {log:q} 2>&1"


rule select_features:
    """Choose features of one family on the training rows of each fold, and hand on their values."""
    input:
        cohort=COHORT,
        folds="results/select/folds.parquet",
        images="data/clean/images.parquet",
        features=at_home("extract", "data/features/{variant}/{family}/{chunk}.parquet"),
        code=code_of("select"),
        plugins=plugins("select.steps"),
    output:
        states=expand(f"{CHOSEN}/state.json", fold=folds(), allow_missing=True),
        steps=expand(f"{CHOSEN}/steps.csv", fold=folds(), allow_missing=True),
        features=expand(f"{CHOSEN}/features.parquet", fold=folds(), allow_missing=True),
        penalties=expand(f"{CHOSEN}/{{table}}.csv", fold=folds(), table=["curve", "path"], allow_missing=True),
        frequencies=f"{OF_ALL}/frequencies.csv",
        reliability=f"{OF_ALL}/reliability.csv",
        figures=report(
            expand(f"{OF_ALL}/{{figure}}.svg", figure=SELECTION_FIGURES, allow_missing=True),
            caption="../report/selection.rst",
            category="Selection",
            subcategory="{task}",
            labels={"run": "{variant}", "family": "{family}"},
        ),
    log:
        "logs/select_features/{variant}_{family}_{task}.log",
    params:
        content=content(COHORT, code_of("select"), plugins("select.steps")),
        settings=settings(*LEARNING, "crop.analysis", "select"),
        builders=builders_of("select.steps"),
        folds=folds(),
    message:
        "select: {wildcards.family} for {wildcards.task}, variant {wildcards.variant}"
    shell:
        "python -m sonomics.select.choose"
        " --settings {params.settings:q}"
        " --task {wildcards.task}"
        " --family {wildcards.family}"
        " --fold {params.folds}"
        " --cohort {input.cohort:q}"
        " --folds {input.folds:q}"
        " --images {input.images:q}"
        " --features {input.features:q}"
        " --out results/select/{wildcards.variant}/{wildcards.family}/{wildcards.task}"
        " > {log:q} 2>&1"


rule summarise_select:
    """Count the features left after each step."""
    input:
        steps=files_of(f"{CHOSEN}/steps.csv", SELECTIONS),
        folds="results/select/folds.parquet",
        code=code_of("select"),
    output:
        metrics="results/metrics/select.json",
        plots=directory("results/plots/select"),
    log:
        "logs/summarise_select.log",
    params:
        content=content(code_of("select")),
        steps=options_of("--steps", f"{CHOSEN}/steps.csv", SELECTIONS),
    message:
        "select: what was selected"
    shell:
        "python -m sonomics.select.summarise"
        " {params.steps:q}"
        " --folds {input.folds:q}"
        " --metrics {output.metrics:q}"
        " --plots {output.plots:q}"
        " > {log:q} 2>&1"
