"""Phase 4 - extract: crops become features, one table a chunk and family.

Reads data/crop/<variant>/<chunk>/, and data/clean/<chunk>/curves.parquet for families of contrast; writes
data/features/<variant>/<family>/<chunk>.parquet, results/plots/extract/phantom.csv and results/metrics/extract.json.
"""

CURVES = [name for name, family in STUDY["extract"]["families"].items() if family["kind"] == "contrast"]


rule extract_features:
    """Extract one family of features from one chunk of crops."""
    input:
        crops=at_home("crop", "data/crop/{variant}/{chunk}/crops.parquet"),
        pixels=at_home("crop", "data/crop/{variant}/{chunk}/pixels"),
        code=code_of("extract"),
    output:
        features="data/features/{variant}/{family}/{chunk}.parquet",
    log:
        "logs/extract_features/{variant}_{family}_{chunk}.log",
    benchmark:
        "logs/benchmarks/extract_features/{variant}_{family}_{chunk}.tsv"
    params:
        settings=settings("study.seed", "extract.families.{family}"),
        module=kind_of_family,
    message:
        "extract: {wildcards.family} of chunk {wildcards.chunk}, variant {wildcards.variant}"
    shell:
        "python -m sonomics.extract.{params.module}"
        " --settings {params.settings:q}"
        " --family {wildcards.family}"
        " --crops {input.crops:q}"
        " --out {output.features:q}"
        " > {log:q} 2>&1"


rule extract_contrast:
    """Give the images of one chunk their clip's time-intensity curve as features."""
    input:
        crops=at_home("crop", "data/crop/{variant}/{chunk}/crops.parquet"),
        curves="data/clean/{chunk}/curves.parquet",
        code=code_of("extract"),
    output:
        features="data/features/{variant}/{family}/{chunk}.parquet",
    log:
        "logs/extract_features/{variant}_{family}_{chunk}.log",
    benchmark:
        "logs/benchmarks/extract_features/{variant}_{family}_{chunk}.tsv"
    wildcard_constraints:
        family="|".join(CURVES) or "(?!)",
    message:
        "extract: {wildcards.family} of chunk {wildcards.chunk}, variant {wildcards.variant}"
    shell:
        "python -m sonomics.extract.contrast"
        " --family {wildcards.family}"
        " --crops {input.crops:q}"
        " --curves {input.curves:q}"
        " --out {output.features:q}"
        " > {log:q} 2>&1"


ruleorder: extract_contrast > extract_features


rule summarise_extract:
    """Count regions and features, name those that are undefined, and hold the engines to IBSI's phantom."""
    input:
        features=expand(
            "data/features/{variant}/{family}/{chunk}.parquet",
            variant=homes("extract"),
            family=STUDY["extract"]["families"],
            chunk=chunks(),
        ),
        code=code_of("extract"),
    output:
        phantom="results/plots/extract/phantom.csv",
        metrics="results/metrics/extract.json",
    log:
        "logs/summarise_extract.log",
    params:
        settings=settings("extract.families"),
    message:
        "extract: what was extracted, and the phantom"
    shell:
        "python -m sonomics.extract.summarise"
        " --settings {params.settings:q}"
        " --features {input.features:q}"
        " --phantom {output.phantom:q}"
        " --metrics {output.metrics:q}"
        " > {log:q} 2>&1"
