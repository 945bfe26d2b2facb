"""Phase 7 - stack: image to case, stacking, calibration, thresholds frozen on the training set.

Reads results/train/, data/cohort.csv; writes results/stack/<variant>/<model>/<task>/ and results/metrics/stack.json.
"""

FINAL_MODELS = list(STUDY["stack"]["models"])
STACKED = "results/stack/{variant}/{model}/{task}"
FINAL_RUNS = runs_over(variant=variants(), model=FINAL_MODELS, task=STUDY["study"]["tasks"])


rule stack_scores:
    """Combine, calibrate and freeze every final model: one probability per case."""
    input:
        cohort=COHORT,
        folds="results/select/folds.parquet",
        predictions=base_predictions,
        code=code_of("stack"),
        plugins=plugins("stack"),
    output:
        states=expand(f"{STACKED}/state.json", model=FINAL_MODELS, allow_missing=True),
        calibrators=expand(f"{STACKED}/calibrator.json", model=FINAL_MODELS, allow_missing=True),
        thresholds=expand(f"{STACKED}/thresholds.json", model=FINAL_MODELS, allow_missing=True),
        nomograms=expand(f"{STACKED}/nomogram.csv", model=FINAL_MODELS, allow_missing=True),
        predictions=expand(f"{STACKED}/predictions.parquet", model=FINAL_MODELS, allow_missing=True),
    log:
        "logs/stack_scores/{variant}_{task}.log",
    benchmark:
        "logs/benchmarks/stack_scores/{variant}_{task}.tsv"
    params:
        content=content(COHORT, code_of("stack"), plugins("stack")),
        settings=settings(*LEARNING, "stack"),
        builders=builders_of("stack"),
    message:
        "stack: final models for {wildcards.task}, variant {wildcards.variant}"
    shell:
        "python -m sonomics.stack.scores"
        " --settings {params.settings:q}"
        " --variant {wildcards.variant}"
        " --task {wildcards.task}"
        " --cohort {input.cohort:q}"
        " --folds {input.folds:q}"
        " --predictions {input.predictions:q}"
        " --out results/stack/{wildcards.variant}"
        " > {log:q} 2>&1"


rule summarise_stack:
    """Gather thresholds, weights and calibration slopes."""
    input:
        thresholds=files_of(f"{STACKED}/thresholds.json", FINAL_RUNS),
        code=code_of("stack"),
    output:
        metrics="results/metrics/stack.json",
    log:
        "logs/summarise_stack.log",
    params:
        content=content(code_of("stack")),
        finals=options_of("--final", STACKED, FINAL_RUNS),
    message:
        "stack: what was combined"
    shell:
        "python -m sonomics.stack.summarise {params.finals:q} --metrics {output.metrics:q} > {log:q} 2>&1"
