"""Phase 4 - extract: compute features of crops, one table per chunk and family.

Reads data/crop/<variant>/<chunk>/, and data/clean/<chunk>/curves.parquet for families that read curves; writes
data/features/<variant>/<family>/<chunk>.parquet, results/plots/extract/phantom.csv and results/metrics/extract.json.
"""

FEATURES = "data/features/{variant}/{family}/{chunk}.parquet"
EXTRACT_RUNS = runs_over(variant=homes("extract"), family=STUDY["extract"]["families"], chunk=chunks())


rule extract_features:
    """Extract one family of features from one chunk of crops."""
    input:
        crops=at_home("crop", "data/crop/{variant}/{chunk}/crops.parquet"),
        pixels=at_home("crop", "data/crop/{variant}/{chunk}/pixels"),
        code=code_of_family,
    output:
        features=FEATURES,
    log:
        "logs/extract_features/{variant}_{family}_{chunk}.log",
    params:
        content=content(code_of_family),
        settings=settings("study.seed", "extract.families.{family}"),
        module=job_of_family,
    message:
        "extract: {wildcards.family} of chunk {wildcards.chunk}, variant {wildcards.variant}"
    shell:
        "python -m {params.module}"
        " --settings {params.settings:q}"
        " --family {wildcards.family}"
        " --crops {input.crops:q}"
        " --out {output.features:q}"
        " > {log:q} 2>&1"


rule extract_from_curves:
    """Extract one family of features of the time-intensity curves of one chunk of clips."""
    input:
        crops=at_home("crop", "data/crop/{variant}/{chunk}/crops.parquet"),
        curves="data/clean/{chunk}/curves.parquet",
        code=code_of_family,
    output:
        features=FEATURES,
    log:
        "logs/extract_features/{variant}_{family}_{chunk}.log",
    wildcard_constraints:
        family="|".join(families_that_read("curves")) or "(?!)",
    params:
        content=content(code_of_family),
        settings=settings("study.seed", "extract.families.{family}"),
        module=job_of_family,
    message:
        "extract: {wildcards.family} of chunk {wildcards.chunk}, variant {wildcards.variant}"
    shell:
        "python -m {params.module}"
        " --settings {params.settings:q}"
        " --family {wildcards.family}"
        " --crops {input.crops:q}"
        " --curves {input.curves:q}"
        " --out {output.features:q}"
        " > {log:q} 2>&1"


ruleorder: extract_from_curves > extract_features


rule summarise_extract:
    """Count regions and features, name those that are undefined, and check the engines on the IBSI phantom."""
    input:
        features=files_of(FEATURES, EXTRACT_RUNS),
        code=code_of("extract"),
    output:
        phantom="results/plots/extract/phantom.csv",
        metrics="results/metrics/extract.json",
    log:
        "logs/summarise_extract.log",
    params:
        content=content(code_of("extract")),
        settings=settings("extract.families"),
        features=options_of("--features", FEATURES, EXTRACT_RUNS),
    message:
        "extract: what was extracted, and the phantom"
    shell:
        "python -m sonomics.extract.summarise"
        " --settings {params.settings:q}"
        " {params.features:q}"
        " --phantom {output.phantom:q}"
        " --metrics {output.metrics:q}"
        " > {log:q} 2>&1"
