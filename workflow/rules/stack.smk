"""Phase 7 - stack: image to case, stacking, calibration, thresholds frozen on the training set.

Reads results/train/, data/cohort.csv; writes results/stack/<variant>/<model>/<task>/ and results/metrics/stack.json.
"""

STACKED = "results/stack/{variant}/{model}/{task}"


rule stack_scores:
    """Combine, calibrate and freeze: one probability a case."""
    input:
        cohort=COHORT,
        predictions=base_predictions,
        code=code("stack"),
    output:
        state=f"{STACKED}/state.json",
        calibrator=f"{STACKED}/calibrator.json",
        thresholds=f"{STACKED}/thresholds.json",
        predictions=f"{STACKED}/predictions.parquet",
    log:
        "logs/stack_scores/{variant}_{model}_{task}.log",
    benchmark:
        "logs/benchmarks/stack_scores/{variant}_{model}_{task}.tsv"
    params:
        settings=settings(*LEARNING, "stack"),
    shell:
        "python -m sonomics.stack.scores"
        " --settings {params.settings:q}"
        " --variant {wildcards.variant}"
        " --model {wildcards.model}"
        " --task {wildcards.task}"
        " --cohort {input.cohort:q}"
        " --predictions {input.predictions:q}"
        " --state {output.state:q}"
        " --calibrator {output.calibrator:q}"
        " --thresholds {output.thresholds:q}"
        " --out {output.predictions:q}"
        " > {log:q} 2>&1"


rule summarise_stack:
    """Gather thresholds, weights and calibration slopes."""
    input:
        thresholds=expand(
            f"{STACKED}/thresholds.json",
            variant=variants(),
            model=STUDY["stack"]["models"],
            task=STUDY["study"]["tasks"],
        ),
        code=code("stack"),
    output:
        metrics="results/metrics/stack.json",
    log:
        "logs/summarise_stack.log",
    params:
        folders=lambda wildcards, input: [os.path.dirname(path) for path in input.thresholds],
    shell:
        "python -m sonomics.stack.summarise"
        " --folders {params.folders:q}"
        " --metrics {output.metrics:q}"
        " > {log:q} 2>&1"
