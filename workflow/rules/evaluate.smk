"""Phase 8 - evaluate: the only phase that sees test labels.

Reads results/stack/, results/train/, results/folds.parquet, data/clean/images.parquet, data/cohort.csv, data/readers.csv and, for
evaluate.label_aware, data/clean/qc; writes results/evaluate/<variant>/<task>/, results/metrics/evaluate.json and
results/plots/evaluate/.
"""

from sonomics.kinds.analyses import evaluation_files

LABEL_AWARE = bool(STUDY["evaluate"]["label_aware"])


# The evaluations of the study, as pairs of variant and task.
EVALUATIONS = [(variant, task) for variant in variants() for task in STUDY["study"]["tasks"]]


rule evaluate_task:
    """Evaluate every final model of one variant on one task."""
    input:
        cohort=COHORT,
        readers=READERS,
        folds=FOLDS,
        predictions=of_finals("predictions.parquet"),
        thresholds=of_finals("thresholds.json"),
        images="data/clean/images.parquet",
        qc=["data/clean/qc"] if LABEL_AWARE else [],
        base=evaluated_predictions,
        variants=of_compared("predictions.parquet"),
        variant_thresholds=of_compared("thresholds.json"),
        code=[*code_of("evaluate"), *evaluation_files()],
    output:
        evaluation=report(
            directory("results/evaluate/{variant}/{task}"),
            patterns=["{figure}.svg"],
            caption="../report/figures.rst",
            category="Evaluation",
            subcategory="{task}",
            labels={"run": "{variant}", "figure": "{figure}"},
        ),
    log:
        "logs/evaluate_task/{variant}_{task}.log",
    params:
        content=content(COHORT, READERS, code_of("evaluate"), evaluation_files()),
        settings=settings(*LEARNING, "export.source", "select.folds", "stack.models", "evaluate"),
        models=lambda wildcards: finals_of(wildcards.task),
        twins=lambda wildcards: [
            part for pair in twins_of(wildcards.variant, wildcards.task) for part in ("--twins", *pair)
        ],
        compared=compared_variants,
        schemes=lambda wildcards: [
            scheme_of(config, name) for name in [wildcards.variant, *compared_variants(wildcards)]
        ],
    message:
        "evaluate: {wildcards.task}, variant {wildcards.variant}"
    shell:
        "python -m sonomics.evaluate.task"
        " --settings {params.settings:q}"
        " --variant {wildcards.variant}"
        " --task {wildcards.task}"
        " --cohort {input.cohort:q}"
        " --folds {input.folds:q}"
        " --schemes {params.schemes}"
        " --readers {input.readers:q}"
        " --models {params.models:q}"
        " --predictions {input.predictions:q}"
        " --thresholds {input.thresholds:q}"
        " --images {input.images:q}"
        " --qc {input.qc:q}"
        " --base-predictions {input.base:q}"
        " {params.twins:q}"
        " --compared {params.compared:q}"
        " --variants {input.variants:q}"
        " --variant-thresholds {input.variant_thresholds:q}"
        " --out {output.evaluation:q}"
        " > {log:q} 2>&1"


rule summarise_evaluate:
    """Gather the headline figures, and the main curves for `dvc plots`."""
    input:
        evaluations=[f"results/evaluate/{variant}/{task}" for variant, task in EVALUATIONS],
        code=code_of("evaluate"),
    output:
        metrics="results/metrics/evaluate.json",
        plots=directory("results/plots/evaluate"),
    log:
        "logs/summarise_evaluate.log",
    params:
        content=content(code_of("evaluate")),
        settings=settings("study.variants", "study.tasks", "evaluate"),
        variants=[variant for variant, _ in EVALUATIONS],
        tasks=[task for _, task in EVALUATIONS],
    message:
        "evaluate: the headline figures"
    shell:
        "python -m sonomics.evaluate.summarise"
        " --settings {params.settings:q}"
        " --evaluations {input.evaluations:q}"
        " --variants {params.variants:q}"
        " --tasks {params.tasks:q}"
        " --metrics {output.metrics:q}"
        " --plots {output.plots:q}"
        " > {log:q} 2>&1"
