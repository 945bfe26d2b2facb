"""Which runs a study has, and their files: chunks, variants, folds, models, tasks. No rules live here."""

from itertools import product


def chunks():
    """List the chunks that have a patient."""
    return sorted({chunk_of(patient, STUDY["study"]["chunks"]) for patient in ROSTER["patient"]})


def variants():
    """List the variants of the study."""
    return list(STUDY["study"]["variants"])


@cache
def fold_count(scheme):
    """Count the folds of a scheme, which the cohort decides where every value of a column is left out."""
    return count_folds(COHORT, parameters.select.schemes()[scheme])


def scheme_of_run(wildcards):
    """Name the scheme of folds of the wildcard variant."""
    return scheme_of(config, wildcards.variant)


def folds(variant=MAIN):
    """List the cross-validation folds of a variant, and `all`, the fit on the whole training set."""
    return name_folds(fold_count(scheme_of(config, variant)))


def variants_by_scheme():
    """Group the variants by their scheme of folds, that of the main run first: a job makes all folds of its scheme."""
    groups = {}
    for variant in [MAIN, *variants()]:
        groups.setdefault(scheme_of(config, variant), {})[variant] = None
    return {scheme: list(members) for scheme, members in groups.items()}


def name_by_scheme(name, scheme):
    """Name what is made once a scheme; that of the main run has no ending."""
    return name if scheme == scheme_of(config, MAIN) else f"{name}_{scheme}"


def homes(phase):
    """List the variants that have files of their own in a phase."""
    return sorted({home(STUDY, variant, phase) for variant in variants()})


def runs_over(**axes):
    """List the combinations of wildcards, the last one fastest."""
    return [dict(zip(axes, values)) for values in product(*axes.values())]


def files_of(path, runs):
    """List a file of every run."""
    return [path.format(**run) for run in runs]


def options_of(option, path, runs):
    """List an option for every run: its wildcards by value, so that a job reads none of them off a path, and its file."""
    return [part for run in runs for part in (option, *run.values(), path.format(**run))]


def trained(models=models_of):
    """List the training runs of all variants: their models, or those that a function of the variant lists."""
    return [
        run
        for variant in variants()
        for model in models(variant)
        for run in runs_over(variant=[variant], model=[model], task=tasks_learned(variant, model), fold=folds(variant))
    ]


def trained_networks():
    """List the networks of all variants as `trained` does, by the folders that hold weights and curves."""
    return [
        run
        for variant in variants()
        for model in networks_of(variant)
        for run in runs_over(variant=[variant], model=[model], task=weights_at(variant, model), fold=folds(variant))
    ]


def of_folds(path, variant=MAIN):
    """List a file of every fold of the scheme of a variant, for rules whose job makes all of them."""
    return expand(path, fold=folds(variant), allow_missing=True)


def of_network(file):
    """Make an input function: a file of every fold of a network of the main run, by the folder that holds its weights."""

    def find(wildcards):
        task = JOINT if wildcards.model in joint_networks(MAIN) else wildcards.task
        return expand(
            f"results/train/main/{{model}}/{{task}}/{{fold}}/{file}", model=wildcards.model, task=task, fold=folds()
        )

    return find


def selected(file):
    """Make an input function: a file of `select`, for every fold and every family that a classifier takes."""

    def find(wildcards):
        families = SEEN[wildcards.variant]["train"]["models"][wildcards.model]["families"]
        return expand(
            f"results/select/{{variant}}/{{family}}/{{task}}/{{fold}}/{file}",
            family=families,
            fold=folds(wildcards.variant),
            **dict(wildcards.items()),
        )

    return find


def bases_of(wildcards):
    """List the base models that a final model of the task uses."""
    finals = SEEN[wildcards.variant]["stack"]["models"]
    return {base for name in finals_of(wildcards.task) for base in finals[name]["of"]}


def predictions_of(models, wildcards):
    """List the predictions of base models of a task, fold by fold."""
    return expand(
        "results/train/{variant}/{model}/{task}/{fold}/predictions.parquet",
        variant=wildcards.variant,
        model=sorted(models),
        task=wildcards.task,
        fold=folds(wildcards.variant),
    )


def base_predictions(wildcards):
    """List the predictions of every base model that a final model of the task uses."""
    return predictions_of(bases_of(wildcards), wildcards)


def evaluated_predictions(wildcards):
    """List the same predictions, and those of networks that are compared with one another."""
    twins = {name for pair in twins_of(wildcards.variant, wildcards.task) for name in pair}
    return predictions_of(bases_of(wildcards) | twins, wildcards)


def compared_variants(wildcards):
    """List the variants that the main run is compared with: all others that learn from the true labels."""
    others = [variant for variant in variants() if variant != MAIN and not deals_labels(STUDY, variant)]
    return others if wildcards.variant == MAIN else []


def of_compared(file):
    """Make an input function: a file of the primary model in every variant that this one is compared with."""

    def find(wildcards):
        path = f"results/stack/{{variant}}/{primary_of(wildcards.task)}/{wildcards.task}/{file}"
        return expand(path, variant=compared_variants(wildcards))

    return find


def drawn(file):
    """List a file of the maps of every network of the main run whose score comes from one image alone."""
    models = SEEN[MAIN]["train"]["models"]
    alone = [name for name in networks_of(MAIN) if not models[name].get("fusion") and not models[name].get("columns")]
    runs = [dict(model=model, task=task) for model in alone for task in tasks_learned(MAIN, model)]
    return files_of(f"results/train/main/{{model}}/{{task}}/all/{file}", runs)


def explained():
    """List the classifiers of the main run, whose values are shared out among their features."""
    models = models_of(MAIN, takes=("features",))
    return [dict(variant=MAIN, model=model, task=task) for model in models for task in tasks_learned(MAIN, model)]
