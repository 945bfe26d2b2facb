"""What rules ask for: chunks, folds, variants, and functions that name inputs and params. No rules live here."""

import json
from itertools import product


def content(*sources):
    """Make a params function: the content of files that people write or install, so that another one reruns a job.

    A source is a path, a list of paths, or an input function. Made of wildcards alone: Snakemake does not record what
    is derived from `input`.
    """

    def name(wildcards):
        found = [source(wildcards) if callable(source) else source for source in sources]
        listed = [[files] if isinstance(files, str) else files for files in found]
        return fingerprint_of(tuple(str(file) for files in listed for file in files))

    return name


@cache
def fingerprint_of(files):
    """Name the content of several files, once for all jobs that read the same ones."""
    return CONTENTS.fingerprint(files)


def chunks():
    """List the chunks that have a patient."""
    return sorted({chunk_of(patient, STUDY["study"]["chunks"]) for patient in ROSTER["patient"]})


def in_chunk(chunk):
    """Mark the rows of the roster that a chunk holds."""
    return ROSTER["patient"].map(lambda patient: chunk_of(patient, STUDY["study"]["chunks"])) == int(chunk)


def variants():
    """List the variants of the study."""
    return list(STUDY["study"]["variants"])


def folds():
    """List the cross-validation folds, and `all`, the fit on the whole training set."""
    return name_folds(STUDY["select"]["folds"])


def homes(phase):
    """List the variants that have files of their own in a phase."""
    return sorted({home(STUDY, variant, phase) for variant in variants()})


def at_home(phase, path):
    """Make an input function: a path of a phase, in the folder of the variant that holds it, for one or all chunks."""

    def find(wildcards):
        known = dict(wildcards.items())
        return expand(path, **{"chunk": chunks(), **known, "variant": home(STUDY, wildcards.variant, phase)})

    return find


@cache
def outlines_drawn():
    """List the user's outlines. Jobs get their content as a parameter and not as inputs, whose names are shown."""
    return sorted(file for file in Path("data/outlines").rglob("[!.]*") if file.is_file())


def outline_files(wildcards):
    """List the user's outlines but those named after a case of another chunk."""
    elsewhere = set(ROSTER["case"][~in_chunk(wildcards.chunk)])
    return [str(file) for file in outlines_drawn() if file.name.split(".")[0].split("-")[0] not in elsewhere]


def cut(keys, wildcards):
    """Cut the study, as the wildcard variant sees it, to the named keys; a key may hold wildcards."""
    known = dict(wildcards.items())
    return pick(SEEN[known.get("variant", MAIN)], [key.format(**known) for key in keys])


def settings(*keys):
    """Make a params function: the named keys with their defaults, as JSON.

    A key may hold wildcards (`train.models.{model}`), so that a job reruns when its own model changes and only then.
    Every job has `study.portable`, which changes the last digits of all.
    """
    return lambda wildcards: as_json(cut(["study.portable", *keys], wildcards))


def as_json(params):
    """Write parameters sorted by key, but for the tasks: the first of them counts."""
    ordered = json.loads(json.dumps(params, sort_keys=True))
    if tasks := params["study"].get("tasks"):
        ordered["study"]["tasks"] = {name: ordered["study"]["tasks"][name] for name in tasks}
    return json.dumps(ordered)


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
        for run in runs_over(variant=[variant], model=[model], task=tasks_learned(variant, model), fold=folds())
    ]


def members(wildcards):
    """Name the rows of a chunk by their hash: a change to the cohort reruns only the chunks it touches."""
    return fingerprint(ROSTER[in_chunk(wildcards.chunk)].drop(columns="split"))


def labelled():
    """Cut the roster down to the cases that have an image labelled for quality control."""
    stems = Path(QC_LABELS).read_text().splitlines()[1:] if Path(QC_LABELS).exists() else []
    cases = {line.split(",")[0].split("-")[0] for line in stems}
    return ROSTER[ROSTER["case"].isin(cases)]


def labelled_chunks(path):
    """Expand a path over the chunks that hold a labelled image."""
    chunked = {chunk_of(patient, STUDY["study"]["chunks"]) for patient in labelled()["patient"]}
    return expand(path, chunk=sorted(chunked))


def of_folds(path):
    """List a file of every fold, for rules whose job makes all of them."""
    return expand(path, fold=folds(), allow_missing=True)


def selected(file):
    """Make an input function: a file of `select`, for every fold and every family that a classifier takes."""

    def find(wildcards):
        families = SEEN[wildcards.variant]["train"]["models"][wildcards.model]["families"]
        return expand(
            f"results/select/{{variant}}/{{family}}/{{task}}/{{fold}}/{file}",
            family=families,
            fold=folds(),
            **dict(wildcards.items()),
        )

    return find


def base_predictions(wildcards):
    """List the predictions of every base model that a final model of the task uses, fold by fold."""
    finals = SEEN[wildcards.variant]["stack"]["models"]
    models = {base for name in finals_of(wildcards.task) for base in finals[name]["of"]}
    return expand(
        "results/train/{variant}/{model}/{task}/{fold}/predictions.parquet",
        variant=wildcards.variant,
        model=sorted(models),
        task=wildcards.task,
        fold=folds(),
    )


def compared_variants(wildcards):
    """List the variants that the main run is compared with: all others that learn from the true labels."""
    others = [variant for variant in variants() if variant != MAIN and not deals_labels(STUDY, variant)]
    return others if wildcards.variant == MAIN else []


def predictions_of_compared(wildcards):
    """List the primary model's predictions in every variant that this one is compared with."""
    path = f"results/stack/{{variant}}/{primary_of(wildcards.task)}/{wildcards.task}/predictions.parquet"
    return expand(path, variant=compared_variants(wildcards))


def drawn(file):
    """List a file of the maps of every network of the main run."""
    runs = [dict(model=model, task=task) for model in networks_of(MAIN) for task in tasks_learned(MAIN, model)]
    return files_of(f"results/train/main/{{model}}/{{task}}/all/{file}", runs)


def explained():
    """List the classifiers of the main run, whose values are shared out among their features."""
    models = models_of(MAIN, takes=("features",))
    return [dict(variant=MAIN, model=model, task=task) for model in models for task in tasks_learned(MAIN, model)]
