"""Paragraphs on models, how their scores became decisions, and software."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from sonomics.core.settings.task_checks import tasks_of_final
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.kinds.families import FAMILIES
from sonomics.kinds.models import MODELS, Search
from sonomics.kinds.pools import POOLS
from sonomics.kinds.tasks import TASKS
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_count
from sonomics.report.study.record import Record
from sonomics.report.study.wording import describe_base_model, describe_scorers, list_starts


def describe_models(record: Record) -> str:
    """Describe the base models, how each was fitted, and the final models made of them."""
    described = [f"{name} ({describe_base_model(record.params, name)})" for name in record.params.train.models]
    text = f"The models trained were {join_words(described)}."
    return " ".join([text, *_describe_fitting(record), _describe_final_models(record)])


def describe_evaluation(record: Record) -> str:
    """Describe how scores became probabilities and decisions, and what was kept from the models."""
    rule = record.threshold_rules
    both = "both " if any(kind.is_fitted for kind in record.calibrations) else ""
    return (
        f"{record.calibration_words}, and a threshold was set by {rule}, {both}on training scores that were "
        "cross-fitted over the same folds; thresholds were then frozen. Training cases were scored by models fitted "
        f"without their fold, all others by {describe_scorers(record.params.train.models)}. Labels and outcomes "
        f"outside training were masked until evaluation. The primary model was {record.primary_models}, named in the "
        "parameters."
    )


def describe_software(record: Record) -> str:
    """Name the software that computed the results, with versions, and the seed."""
    families = sorted((FAMILIES.get(one.kind) for one in record.families.values()), key=lambda kind: kind.has_network)
    networks = record.params.clean.qc.heads or any(
        MODELS.get(model.kind).takes == "crops" for model in record.models.values()
    )
    of_families = [package for kind in families for package in kind.software]
    packages = dict.fromkeys(["scikit-learn", *of_families, *(["torch", "timm"] if networks else [])])
    own = "sonomics' own engine for the texture features, " if any(kind.own_engine for kind in families) else ""
    versions = join_words([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)])
    study = record.params.study
    where = "every x86-64 processor with AVX2 (portable arithmetic)" if study.portable else "the same machine"
    return (
        f"Software: {own}{versions}; every version is in the record of the run. The seed of the study was "
        f"{study.seed}; the same seed gives the same numbers on {where}."
    )


def _describe_fitting(record: Record) -> list[str]:
    models = {name: (MODELS.get(model.kind), model) for name, model in record.params.train.models.items()}
    sentences = []
    if balanced := [name for name, (kind, model) in models.items() if kind.balances_classes(model)]:
        sentences.append(f"Classes were weighted equally in {join_words(balanced)}.")
    for name, (_, model) in models.items():
        if search := getattr(model, "search", None):
            sentences.append(_describe_search(name, search))
    for name, (kind, model) in models.items():
        if training := kind.describe_training(model):
            sentences.append(f"{name} {training}.")
    sentences += [f"Of the networks, {start}." for start in list_starts(record.params)]
    changes = dict.fromkeys(kind.image_changes for kind, _ in models.values() if kind.image_changes)
    sentences += [f"The training images were {change} at random." for change in changes]
    return sentences


MEASURES = {"auc": "mean AUC", "log_loss": "mean log loss", "c_index": "mean of Harrell's C"}
METHODS_OF_SEARCH = {"random": "at random", "tpe": "by a tree-structured Parzen estimator (optuna)"}


def _describe_search(name: str, search: Search[Any]) -> str:
    folds = format_count(search.folds, "inner fold")
    if search.method == "grid":
        return f"The values chosen in {name} had the best mean AUC in {folds} of its training rows."
    best = MEASURES[search.measure] if search.measure else "mean AUC (of survival, Harrell's C)"
    trials = format_count(search.trials or 0, "trial")
    return (
        f"The values chosen in {name} had the best {best} in {folds} of its training rows, of {trials} proposed "
        f"{METHODS_OF_SEARCH[search.method]}, again for every fold."
    )


def _describe_final_models(record: Record) -> str:
    models = record.final_models
    described = join_words(f"{name} (of {join_words(model.of)})" for name, model in models.items())
    pools = _group_names({name: record.params.stack.pool_of(name) for name in models})
    words = {pool: f"the {POOLS.get(pool).describe()}" for pool in pools}
    by_pool = (
        words.popitem()[1]
        if len(words) == 1
        else join_words(f"{words[pool]} in {join_words(names)}" for pool, names in pools.items())
    )
    text = f"From their scores, pooled over a case's images by {by_pool}, came the final models {described}"
    ways = "; ".join(_describe_combinations(record))
    return f"{text}; {ways}." if ways else f"{text}."


def _group_names(values: Mapping[str, str]) -> dict[str, list[str]]:
    """Gather the names of each value, in order."""
    groups: dict[str, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(value, []).append(name)
    return groups


def _describe_combinations(record: Record) -> list[str]:
    """Describe how several scores were combined, for each kind of task that has a final model of several."""
    tasks, train = record.params.study.tasks, record.params.train
    several = {name: model for name, model in record.final_models.items() if len(model.of) > 1}
    described = []
    for kind in dict.fromkeys(task.type for task in tasks.values()):
        named = [name for name, task in tasks.items() if task.type == kind]
        trained = {name: set(tasks_of_final(tasks, train, model.of)) & set(named) for name, model in several.items()}
        named = [task for task in named if any(task in of for of in trained.values())]
        ways = _group_names({name: model.weights for name, model in several.items() if trained[name]})
        scores = "several scores"
        if len({task.type for task in tasks.values()}) > 1:
            scores += f" of {join_words(named)}"
        given = {way: names for way, names in ways.items() if COMBINATIONS.get(way).takes_as_given}
        scaled = {way: names for way, names in ways.items() if way not in given}
        if scaled:
            described.append(f"{scores}, {TASKS.get(kind).scores} and {_describe_ways(scaled, kind)}")
        if given:
            described.append(f"{scores} were {_describe_ways(given, kind)}")
    return described


def _describe_ways(ways: Mapping[str, Sequence[str]], kind: str) -> str:
    return join_words(f"{COMBINATIONS.get(way).describe_for(kind)} in {join_words(of)}" for way, of in ways.items())
