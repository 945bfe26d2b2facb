"""Phase 5 - select: the features kept inside each fold.

Reads data/features/, data/clean/images.parquet, results/folds.parquet, data/cohort.csv; writes results/select/,
results/metrics/select.json and results/plots/select/.
"""

CHOSEN = "results/select/{variant}/{family}/{task}/{fold}"
OF_ALL = "results/select/{variant}/{family}/{task}/all"
SELECTION_FIGURES = ["steps", "curve", "path", "frequencies"]
SELECTIONS = [
    run
    for variant in variants()
    for run in runs_over(
        variant=[variant], family=STUDY["extract"]["families"], task=STUDY["study"]["tasks"], fold=folds(variant)
    )
]


for SCHEME, VARIANTS in variants_by_scheme().items():

    rule:
        name:
            name_by_scheme("select_features", SCHEME)
        # Choose features of one family on the training rows of each fold, and hand on their values.
        input:
            cohort=COHORT,
            folds=FOLDS,
            images="data/clean/images.parquet",
            features=at_home("extract", "data/features/{variant}/{family}/{chunk}.parquet"),
            code=code_of("select"),
            plugins=plugins("select.steps"),
        output:
            states=of_folds(f"{CHOSEN}/state.json", VARIANTS[0]),
            steps=of_folds(f"{CHOSEN}/steps.csv", VARIANTS[0]),
            features=of_folds(f"{CHOSEN}/features.parquet", VARIANTS[0]),
            penalties=expand(
                f"{CHOSEN}/{{table}}.csv", fold=folds(VARIANTS[0]), table=["curve", "path"], allow_missing=True
            ),
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
        wildcard_constraints:
            variant="|".join(VARIANTS),
        params:
            content=content(COHORT, code_of("select"), plugins("select.steps")),
            settings=settings(*LEARNING, "crop.analysis", "select"),
            builders=builders_of("select.steps"),
            folds=folds(VARIANTS[0]),
            scheme=SCHEME,
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
            " --scheme {params.scheme}"
            " --images {input.images:q}"
            " --features {input.features:q}"
            " --out results/select/{wildcards.variant}/{wildcards.family}/{wildcards.task}"
            " > {log:q} 2>&1"


rule summarise_select:
    """Count the features left after each step."""
    input:
        steps=files_of(f"{CHOSEN}/steps.csv", SELECTIONS),
        folds=FOLDS,
        code=code_of("select"),
    output:
        metrics="results/metrics/select.json",
        plots=directory("results/plots/select"),
    log:
        "logs/summarise_select.log",
    params:
        content=content(code_of("select")),
        schemes=list(variants_by_scheme()),
        steps=options_of("--steps", f"{CHOSEN}/steps.csv", SELECTIONS),
    message:
        "select: what was selected"
    shell:
        "python -m sonomics.select.summarise"
        " {params.steps:q}"
        " --folds {input.folds:q}"
        " --schemes {params.schemes}"
        " --metrics {output.metrics:q}"
        " --plots {output.plots:q}"
        " > {log:q} 2>&1"
