"""Phase 6 - train: one job per variant, model and task, and per fold too where a fold takes long.

Reads results/select/, data/crop/, data/cohort.csv; writes results/train/, results/metrics/train.json and
results/plots/train/.
"""

TRAINED = "results/train/{variant}/{model}/{task}"
FOLDER = f"{TRAINED}/{{fold}}"
# The folder of what a network of several tasks has once.
TOGETHER = f"results/train/{{variant}}/{{model}}/{JOINT}"
# The options of every training job.
JOB = (
    "--settings {params.settings:q} --cohort {input.cohort:q} --folds {input.folds:q} --scheme {params.scheme}"
    " --variant {wildcards.variant} --model {wildcards.model} --task {wildcards.task} --fold {params.folds}"
    " --out results/train/{wildcards.variant}/{wildcards.model}/{wildcards.task}"
)


for SCHEME, VARIANTS in variants_by_scheme().items():

    for RULE, IS_SEARCHED in (("train_classifier", False), ("train_searched", True)):

        rule:
            name:
                name_by_scheme(RULE, SCHEME)
            # Train a classifier on the selected features of each fold and score the cases it has not seen.
            input:
                cohort=COHORT,
                folds=FOLDS,
                features=selected("features.parquet"),
                selections=selected("state.json"),
                code=code_of("train"),
                plugins=plugins("train.models.{model}"),
            output:
                models=of_folds(f"{FOLDER}/model.skops", VARIANTS[0]),
                predictions=of_folds(f"{FOLDER}/predictions.parquet", VARIANTS[0]),
                trials=of_folds(f"{FOLDER}/trials.parquet", VARIANTS[0]) if IS_SEARCHED else [],
            log:
                "logs/train_classifier/{variant}_{model}_{task}.log",
            wildcard_constraints:
                variant="|".join(VARIANTS),
                model="|".join(classifiers(IS_SEARCHED)) or "(?!)",
            params:
                content=content(COHORT, code_of("train"), plugins("train.models.{model}")),
                settings=settings(*LEARNING, "train.models.{model}"),
                builders=builders_of("train.models.{model}"),
                folds=folds(VARIANTS[0]),
                scheme=SCHEME,
            message:
                "train: {wildcards.model} for {wildcards.task}, variant {wildcards.variant}"
            shell:
                f"python -m sonomics.train.classifier {JOB}"
                " --selected results/select/{wildcards.variant}"
                " > {log:q} 2>&1"


for SCHEME, VARIANTS in variants_by_scheme().items():

    for RATIOS in ("odds_ratios", "hazard_ratios"):

        rule:
            name:
                name_by_scheme(f"train_clinical_{RATIOS}", SCHEME)
            # Train a clinical model on each fold and score the cases it has not seen.
            input:
                cohort=COHORT,
                folds=FOLDS,
                code=code_of("train"),
                plugins=plugins("train.models.{model}"),
            output:
                states=of_folds(f"{FOLDER}/clinical.json", VARIANTS[0]),
                ratios=of_folds(f"{FOLDER}/{RATIOS}.csv", VARIANTS[0]),
                nomograms=of_folds(f"{FOLDER}/nomogram.csv", VARIANTS[0]),
                predictions=of_folds(f"{FOLDER}/predictions.parquet", VARIANTS[0]),
            log:
                "logs/train_clinical/{variant}_{model}_{task}.log",
            wildcard_constraints:
                variant="|".join(VARIANTS),
                model="|".join(models_of(MAIN, takes=("columns",))) or "(?!)",
                task="|".join(tasks_with(RATIOS)) or "(?!)",
            params:
                content=content(COHORT, code_of("train"), plugins("train.models.{model}")),
                settings=settings(*LEARNING, "train.models.{model}"),
                builders=builders_of("train.models.{model}"),
                job=job_of_model,
                folds=folds(VARIANTS[0]),
                scheme=SCHEME,
            message:
                "train: {wildcards.model} for {wildcards.task}, variant {wildcards.variant}"
            shell:
                f"python -m {{params.job}} {JOB} > {{log:q}} 2>&1"


rule train_network:
    """Train a network on the crops of one fold and score the images it has not seen."""
    input:
        cohort=COHORT,
        folds=FOLDS,
        images="data/clean/images.parquet",
        crops=at_home("crop", "data/crop/{variant}/{chunk}/crops.parquet"),
        pixels=at_home("crop", "data/crop/{variant}/{chunk}/pixels"),
        code=code_of("train"),
        plugins=plugins("train.models.{model}"),
    output:
        weights=f"{FOLDER}/weights.safetensors",
        states=f"{FOLDER}/state.json",
        curves=f"{FOLDER}/curves.csv",
        predictions=f"{FOLDER}/predictions.parquet",
    log:
        "logs/train_network/{variant}_{model}_{task}_{fold}.log",
    wildcard_constraints:
        model="|".join(single_networks(MAIN)) or "(?!)",
    priority: 1
    params:
        content=content(COHORT, code_of("train"), plugins("train.models.{model}")),
        settings=settings(*LEARNING, "crop.analysis", "train.models.{model}"),
        builders=builders_of("train.models.{model}"),
        job=job_of_model,
        folds=lambda wildcards: wildcards.fold,
        scheme=scheme_of_run,
    message:
        "train: {wildcards.model} for {wildcards.task}, fold {wildcards.fold}, variant {wildcards.variant}"
    shell:
        f"python -m {{params.job}} {JOB} --images {{input.images:q}} --crops {{input.crops:q}} > {{log:q}} 2>&1"


# A variant with folds of its own has a job per fold in any case.
ruleorder: train_short_network > train_network


use rule train_network as train_short_network with:
    output:
        weights=of_folds(f"{FOLDER}/weights.safetensors"),
        states=of_folds(f"{FOLDER}/state.json"),
        curves=of_folds(f"{FOLDER}/curves.csv"),
        predictions=of_folds(f"{FOLDER}/predictions.parquet"),
    log:
        "logs/train_network/{variant}_{model}_{task}.log",
    wildcard_constraints:
        variant="|".join(variants_by_scheme()[scheme_of(config, MAIN)]),
        model="|".join(filter(is_short, single_networks(MAIN))) or "(?!)",
    params:
        folds=folds(),
    message:
        "train: {wildcards.model} for {wildcards.task}, variant {wildcards.variant}"


for MODEL in joint_networks(MAIN):

    rule:
        name:
            f"train_{MODEL}_together"
        # Train one network for several tasks on the crops of one fold and score the images it has not seen.
        input:
            cohort=COHORT,
            folds=FOLDS,
            images="data/clean/images.parquet",
            crops=at_home("crop", "data/crop/{variant}/{chunk}/crops.parquet"),
            pixels=at_home("crop", "data/crop/{variant}/{chunk}/pixels"),
            code=code_of("train"),
            plugins=plugins("train.models.{model}"),
        output:
            weights=f"{TOGETHER}/{{fold}}/weights.safetensors",
            states=f"{TOGETHER}/{{fold}}/state.json",
            curves=f"{TOGETHER}/{{fold}}/curves.csv",
            predictions=expand(f"{FOLDER}/predictions.parquet", task=tasks_learned(MAIN, MODEL), allow_missing=True),
        log:
            "logs/train_network/{variant}_{model}_{fold}.log",
        wildcard_constraints:
            model=MODEL,
        priority: 1
        params:
            content=content(COHORT, code_of("train"), plugins("train.models.{model}")),
            settings=settings(*LEARNING, "crop.analysis", "train.models.{model}"),
            builders=builders_of("train.models.{model}"),
            job=job_of_model,
            tasks=tasks_learned(MAIN, MODEL),
            joint=JOINT,
            scheme=scheme_of_run,
        message:
            "train: {wildcards.model} for its tasks together, fold {wildcards.fold}, variant {wildcards.variant}"
        shell:
            "python -m {params.job}"
            " --settings {params.settings:q}"
            " --cohort {input.cohort:q}"
            " --folds {input.folds:q}"
            " --scheme {params.scheme}"
            " --variant {wildcards.variant}"
            " --model {wildcards.model}"
            " --task {params.tasks}"
            " --fold {wildcards.fold}"
            " --images {input.images:q}"
            " --crops {input.crops:q}"
            " --out results/train/{wildcards.variant}/{wildcards.model}/{params.joint}"
            " > {log:q} 2>&1"


include: "explain.smk"


rule summarise_train:
    """Give the out-of-fold AUC of every model, fold by fold, the networks' training curves and their maps' overlap."""
    input:
        cohort=COHORT,
        folds=FOLDS,
        predictions=files_of(f"{FOLDER}/predictions.parquet", trained()),
        curves=files_of(f"{FOLDER}/curves.csv", trained_networks()),
        trials=files_of(f"{FOLDER}/trials.parquet", trained(searched_models)),
        maps=drawn("maps.parquet"),
        attributions=files_of(f"{TRAINED}/all/attributions.parquet", explained()),
        code=code_of("train"),
    output:
        metrics="results/metrics/train.json",
        plots=directory("results/plots/train"),
    log:
        "logs/summarise_train.log",
    params:
        content=content(COHORT, code_of("train")),
        settings=settings(*LEARNING, "study.variants"),
        schemes=[part for run in variants() for part in ("--scheme", run, scheme_of(config, run))],
        curves=options_of("--curve", f"{FOLDER}/curves.csv", trained_networks()),
        trials=options_of("--trials", f"{FOLDER}/trials.parquet", trained(searched_models)),
    message:
        "train: how training went"
    shell:
        "python -m sonomics.train.summarise"
        " --settings {params.settings:q}"
        " --cohort {input.cohort:q}"
        " --folds {input.folds:q}"
        " {params.schemes:q}"
        " --predictions {input.predictions:q}"
        " {params.curves:q}"
        " {params.trials:q}"
        " --maps {input.maps:q}"
        " --attributions {input.attributions:q}"
        " --metrics {output.metrics:q}"
        " --plots {output.plots:q}"
        " > {log:q} 2>&1"
