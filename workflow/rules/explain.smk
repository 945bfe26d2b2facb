"""What the models of the main run looked at: features of classifiers, parts of images of networks; part of `train`."""


rule explain_classifier:
    """Share the values that a classifier gives the cases out among its features."""
    input:
        cohort=COHORT,
        folds=FOLDS,
        features=selected("features.parquet"),
        models=of_folds(f"{FOLDER}/model.skops"),
        code=code_of("train"),
    output:
        f"{TRAINED}/all/attributions.parquet",
    log:
        "logs/explain_classifier/{variant}_{model}_{task}.log",
    params:
        content=content(COHORT, code_of("train")),
        settings=settings(*LEARNING, "train.models.{model}"),
        folds=folds(),
        scheme=scheme_of_run,
    message:
        "train: what {wildcards.model} weighed for {wildcards.task}"
    shell:
        f"python -m sonomics.train.explain {JOB}" " --selected results/select/{wildcards.variant}" " > {log:q} 2>&1"


rule draw_maps:
    """Draw where a network of the main run looked in the images it was not fitted on."""
    input:
        images="data/clean/images.parquet",
        crops=expand("data/crop/main/{chunk}/crops.parquet", chunk=chunks()),
        pixels=expand("data/crop/main/{chunk}/pixels", chunk=chunks()),
        predictions=expand(f"{FOLDER}/predictions.parquet", variant=MAIN, fold=folds(), allow_missing=True),
        states=of_network("state.json"),
        weights=of_network("weights.safetensors"),
        code=code_of("train"),
    output:
        maps=directory("results/train/main/{model}/{task}/all/maps"),
        table="results/train/main/{model}/{task}/all/maps.parquet",
    log:
        "logs/draw_maps/{model}_{task}.log",
    params:
        content=content(code_of("train")),
        settings=settings("crop.analysis", "train.maps"),
    message:
        "train: maps of {wildcards.model} for {wildcards.task}"
    shell:
        "python -m sonomics.train.maps"
        " --settings {params.settings:q}"
        " --images {input.images:q}"
        " --crops {input.crops:q}"
        " --predictions {input.predictions:q}"
        " --states {input.states:q}"
        " --weights {input.weights:q}"
        " --maps {output.maps:q}"
        " --out {output.table:q}"
        " > {log:q} 2>&1"
