"""What rules ask the registry of kinds: builders, jobs and files behind a name in params.yaml. No rules live here."""

from math import inf

from sonomics.kinds.models.network import JOINT
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.tasks import TASKS

# Pixels that a fit sees, one view of each case in every epoch. Below it, a small network takes about as long to import
# as to train (some seconds); above it, folds are jobs of their own that run side by side. A convention.
SHORT_TRAINING = 0.2e6


def builders_of(*keys):
    """Make a params function: the builders of the kinds that the named keys hold, so that another one reruns a job."""
    return lambda wildcards: builders(Parameters.partial(cut(keys, wildcards)))


def plugins(*keys):
    """Make an input function: the files of those kinds that installed packages bring."""
    return lambda wildcards: plugin_files(Parameters.partial(cut(keys, wildcards)))


def kind_of_model(variant, name):
    """Return the declaration of the kind of a model."""
    return MODELS.get(SEEN[variant]["train"]["models"][name]["kind"])


def models_of(variant, takes=("features", "columns", "crops")):
    """List the models that a variant trains, all or those that take features, columns or crops."""
    return sorted(name for name in SEEN[variant]["train"]["models"] if kind_of_model(variant, name).takes in takes)


def job_of_model(wildcards):
    """Name the module of the job that trains a model, where its kind has a job of its own."""
    return kind_of_model(wildcards.variant, wildcards.model).builder.partition(":")[0]


def networks_of(variant):
    """List the networks that a variant trains on crops."""
    return models_of(variant, takes=("crops",))


def joint_networks(variant):
    """List the networks that learn their tasks together, one set of weights for all of them."""
    models = SEEN[variant]["train"]["models"]
    return [name for name in networks_of(variant) if "together" in models[name]]


def single_networks(variant):
    """List the networks that are trained anew for each task."""
    return [name for name in networks_of(variant) if name not in joint_networks(variant)]


def weights_at(variant, name):
    """List the folders below a network's that hold its weights: one a task, or one for all."""
    return [JOINT] if name in joint_networks(variant) else tasks_learned(variant, name)


def twins_of(variant, task):
    """Pair the joint networks of the main run with the single ones of a task that are the same in everything else."""
    if variant != MAIN:
        return []
    models = STUDY["train"]["models"]
    learning = [name for name in networks_of(MAIN) if task in tasks_learned(MAIN, name)]
    alike = {
        name: {key: value for key, value in models[name].items() if key not in ("tasks", "together")}
        for name in learning
    }
    joint = [name for name in learning if name in joint_networks(MAIN)]
    single = [name for name in learning if name in single_networks(MAIN)]
    return [(one, other) for one in joint for other in single if alike[one] == alike[other]]


def classifiers(searched):
    """List the classifiers of the main run, those whose values are searched by trials or the others."""
    return [name for name in models_of(MAIN, takes=("features",)) if is_searched(name) == searched]


def is_searched(name):
    """Tell whether the values of a model of the main run are searched by trials, which its job tabulates."""
    search = SEEN[MAIN]["train"]["models"][name].get("search", {})
    return search.get("method", "grid") != "grid"


def searched_models(variant):
    """List the models of a variant whose values are searched by trials."""
    return list(filter(is_searched, models_of(variant, takes=("features",))))


def tasks_learned(variant, name):
    """List the tasks that a model of a variant is trained for."""
    seen_as = Parameters.partial(pick(SEEN[variant], ["study.tasks", "train.models"]))
    return tasks_of_model(seen_as.study.tasks, seen_as.train.models[name])


def finals_of(task):
    """List the final models of a task, in the order of params: those whose base models are all trained for it."""
    seen_as = Parameters.partial(pick(STUDY, ["study.tasks", "train.models", "stack.models"]))
    finals = seen_as.stack.models.items()
    return [name for name, final in finals if task in tasks_of_final(seen_as.study.tasks, seen_as.train, final.of)]


def final_runs(only=lambda final: True):
    """List the final models of the main run with each of their tasks, all or those whose settings fit."""
    models = STUDY["stack"]["models"]
    tasks = {name: [task for task in STUDY["study"]["tasks"] if name in finals_of(task)] for name in models}
    return [dict(model=name, task=task) for name, final in models.items() if only(final) for task in tasks[name]]


def primary_of(task):
    """Name the primary final model of a task."""
    seen_as = Parameters.partial(pick(STUDY, ["study.tasks", "evaluate"]))
    return seen_as.evaluate.primary_of(task, seen_as.study.tasks[task])


def is_short(name):
    """Tell whether a network of the main run sees so little that one job trains all its folds."""
    network = SEEN[MAIN]["train"]["models"][name]
    cases = (ROSTER["split"] == "train").sum()
    return cases * network.get("epochs", inf) * network.get("size", inf) ** 2 < SHORT_TRAINING


def outline_plugins():
    """List the modules of installed packages that read file formats of outlines."""
    return [str(file) for name in OUTLINES.names() for file in OUTLINES.files(name)]


def families_that_read(source):
    """List the feature families whose jobs read crops, or curves."""
    families = STUDY["extract"]["families"]
    return [name for name, family in families.items() if FAMILIES.get(family["kind"]).reads == source]


def job_of_family(wildcards):
    """Name the module whose job extracts a feature family."""
    return FAMILIES.get(STUDY["extract"]["families"][wildcards.family]["kind"]).builder.partition(":")[0]


def code_of_family(wildcards):
    """List the modules that the job of a feature family runs; those of an installed package too."""
    plugins = FAMILIES.files(STUDY["extract"]["families"][wildcards.family]["kind"])
    return [*code_of("extract"), *map(str, plugins)]


@cache
def source_contents():
    """Name the content of the source, by chunk, once for all jobs."""
    return SOURCES.get(STUDY["export"]["source"]).name_contents(Parameters.partial(STUDY), ROSTER)


def tasks_by_finals():
    """Group the tasks by their final models: all tasks of one kind share them in most studies."""
    groups = {}
    for task in STUDY["study"]["tasks"]:
        groups.setdefault(tuple(finals_of(task)), []).append(task)
    return groups


def of_finals(file):
    """Make an input function: a file of every final model of a task."""
    return lambda wildcards: expand(
        f"results/stack/{{variant}}/{{model}}/{{task}}/{file}", model=finals_of(wildcards.task), **wildcards
    )


def tasks_by_ratios():
    """Group the tasks by the name of the table of ratios of their clinical models."""
    groups = {}
    for name, task in STUDY["study"]["tasks"].items():
        groups.setdefault(TASKS.get(task["type"]).ratios, []).append(name)
    return groups


def tasks_with(ratios):
    """List the tasks whose clinical models have that table."""
    return tasks_by_ratios().get(ratios, [])
