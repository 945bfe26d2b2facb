"""Phase 7 - stack: image to case, stacking, calibration, thresholds frozen on the training set.

Reads results/train/, results/folds.parquet, data/cohort.csv; writes results/stack/<variant>/<model>/<task>/ and results/metrics/stack.json.
"""

STACKED = "results/stack/{variant}/{model}/{task}"
FINAL_RUNS = [dict(variant=variant, **run) for variant in variants() for run in final_runs()]


for FINALS, TASKS_OF_FINALS in tasks_by_finals().items():

    rule:
        name:
            f"stack_scores_{TASKS_OF_FINALS[0]}"
        # Combine, calibrate and freeze the final models of a task: one probability or risk per case.
        input:
            cohort=COHORT,
            folds=FOLDS,
            predictions=base_predictions,
            code=code_of("stack"),
            plugins=plugins("stack"),
        output:
            states=expand(f"{STACKED}/state.json", model=FINALS, allow_missing=True),
            calibrators=expand(f"{STACKED}/calibrator.json", model=FINALS, allow_missing=True),
            thresholds=expand(f"{STACKED}/thresholds.json", model=FINALS, allow_missing=True),
            nomograms=expand(f"{STACKED}/nomogram.csv", model=FINALS, allow_missing=True),
            weights=expand(f"{STACKED}/weights.csv", model=FINALS, allow_missing=True),
            nested=expand(f"{STACKED}/nested.csv", model=FINALS, allow_missing=True),
            predictions=expand(f"{STACKED}/predictions.parquet", model=FINALS, allow_missing=True),
        log:
            "logs/stack_scores/{variant}_{task}.log",
        wildcard_constraints:
            task="|".join(TASKS_OF_FINALS),
        params:
            content=content(COHORT, code_of("stack"), plugins("stack")),
            settings=settings(*LEARNING, "stack"),
            builders=builders_of("stack"),
            models=list(FINALS),
            scheme=scheme_of_run,
        message:
            "stack: final models for {wildcards.task}, variant {wildcards.variant}"
        shell:
            "python -m sonomics.stack.scores"
            " --settings {params.settings:q}"
            " --variant {wildcards.variant}"
            " --task {wildcards.task}"
            " --models {params.models:q}"
            " --cohort {input.cohort:q}"
            " --folds {input.folds:q}"
            " --scheme {params.scheme}"
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
