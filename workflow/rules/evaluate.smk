"""Phase 8 - evaluate: the only phase that sees test labels.

Reads results/stack/, results/train/, data/clean/images.parquet, data/cohort.csv, data/readers.csv and, for
evaluate.label_aware, data/clean/qc; writes results/evaluate/<variant>/<task>/, results/metrics/evaluate.json and
results/plots/evaluate/.
"""

LABEL_AWARE = bool(STUDY["evaluate"]["label_aware"])
FINAL = "results/stack/{{variant}}/{model}/{{task}}"


rule evaluate_task:
    """Evaluate every final model of one variant on one task."""
    input:
        cohort=COHORT,
        readers=READERS,
        folds="results/select/folds.parquet",
        predictions=expand(f"{FINAL}/predictions.parquet", model=STUDY["stack"]["models"]),
        thresholds=expand(f"{FINAL}/thresholds.json", model=STUDY["stack"]["models"]),
        images="data/clean/images.parquet",
        qc=["data/clean/qc"] if LABEL_AWARE else [],
        base=base_predictions,
        variants=compared_variants,
        code=code_of("evaluate"),
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
    benchmark:
        "logs/benchmarks/evaluate_task/{variant}_{task}.tsv"
    params:
        settings=settings(*LEARNING, "export.source", "stack.models", "evaluate"),
    message:
        "evaluate: {wildcards.task}, variant {wildcards.variant}"
    shell:
        "python -m sonomics.evaluate.task"
        " --settings {params.settings:q}"
        " --variant {wildcards.variant}"
        " --task {wildcards.task}"
        " --cohort {input.cohort:q}"
        " --folds {input.folds:q}"
        " --readers {input.readers:q}"
        " --predictions {input.predictions:q}"
        " --thresholds {input.thresholds:q}"
        " --images {input.images:q}"
        " --qc {input.qc:q}"
        " --base-predictions {input.base:q}"
        " --variants {input.variants:q}"
        " --out {output.evaluation:q}"
        " > {log:q} 2>&1"


rule summarise_evaluate:
    """Gather the headline figures, and the main curves for `dvc plots`."""
    input:
        evaluations=expand("results/evaluate/{variant}/{task}", variant=variants(), task=STUDY["study"]["tasks"]),
        code=code_of("evaluate"),
    output:
        metrics="results/metrics/evaluate.json",
        plots=directory("results/plots/evaluate"),
    log:
        "logs/summarise_evaluate.log",
    params:
        settings=settings("study.variants", "evaluate"),
    message:
        "evaluate: the headline figures"
    shell:
        "python -m sonomics.evaluate.summarise"
        " --settings {params.settings:q}"
        " --evaluations {input.evaluations:q}"
        " --metrics {output.metrics:q}"
        " --plots {output.plots:q}"
        " > {log:q} 2>&1"
