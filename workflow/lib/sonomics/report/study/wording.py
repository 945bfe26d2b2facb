"""What choices are called in the text that no kind declares, and what every network started from."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sonomics.core.packages import describe_package
from sonomics.core.predictor import FOLDS
from sonomics.core.settings.clean import Clean, View
from sonomics.core.settings.crop import Crop
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.task_checks import tasks_of_model
from sonomics.core.settings.tasks import Task
from sonomics.core.settings.train import Model
from sonomics.kinds.models import MODELS
from sonomics.kinds.tasks import TASKS
from sonomics.kinds.wording import join_words
from sonomics.networks.weights.provenance import FREE, find_seen
from sonomics.networks.weights.registry import Entry, find_entry

SIMULATED = "The data are simulated: these results validate the method and support no clinical claim."
# What each choice of the parameters is called on the page; a choice without words is named as it is.
OVERLAYS = {"remove": "were inpainted", "keep": "were left in place"}
ORIGINS = {"still": "still image", "clip": "{pick} between {start:g} and {end:g} s of a clip"}
PICKS = {"peak": "the brightest frame", "mean": "the frame nearest the mean brightness"}
REGIONS = {
    "lesion": "the outlined lesion, cropped with a rim of {rim:g} % of its longer side",
    "ring": "the ring around the outlined lesion, cropped with a rim of {rim:g} % of its longer side",
    "background": (
        "tissue next to the outlined lesion in the lesion's shape, not the lesion itself, cropped with a rim of "
        "{rim:g} % of its longer side"
    ),
    "whole": "the whole of every image that has an outline, not cropped",
}


def describe_label(task: Task) -> str:
    """Describe how a case gets its label."""
    return TASKS.get(task.type).describe(task)


def describe_base_model(params: Parameters, name: str) -> str:
    """Describe a base model, for the tasks that it is trained for."""
    model, tasks = params.train.models[name], params.study.tasks
    learned = {task: tasks[task] for task in tasks_of_model(tasks, model)}
    return MODELS.get(model.kind).describe_for(model, learned)


def describe_overlays(clean: Clean) -> str:
    """Describe what happened to calipers and text, as the end of a sentence about them."""
    return OVERLAYS.get(clean.overlays, clean.overlays)


def describe_view(view: View) -> str:
    """Describe what the images of a view are."""
    start, end = view.window_s or (0, 0)
    pick = PICKS.get(view.pick, view.pick) if view.pick else ""
    return ORIGINS.get(view.from_, view.from_).format(pick=pick, start=start, end=end)


def describe_region(crop: Crop) -> str:
    """Describe which part of the image models saw."""
    return REGIONS.get(crop.region, crop.region).format(rim=100 * crop.margin)


def describe_starting_weights(params: Parameters, *, models: list[str] | None = None) -> list[str]:
    """Describe for every network what its weights were before training.

    Parameters
    ----------
    params : Parameters
    models : list of str, optional
        Base models, to describe only the networks that these are made of.
    """
    networks = _list_networks(params) if models is None else _list_networks_of(params, models)
    return [f"{name}: {_describe_start(network)}" for name, network in networks]


def _list_networks(params: Parameters) -> Iterator[tuple[str, Any]]:
    if params.clean.qc.heads:
        yield "quality control", params.clean.qc.network
    for settings in (params.extract.families, params.train.models):
        yield from _with_weights(settings)


def _list_networks_of(params: Parameters, models: list[str]) -> Iterator[tuple[str, Any]]:
    settings = {name: params.train.models[name] for name in models}
    families = {family for model in settings.values() for family in getattr(model, "families", ())}
    yield from _with_weights({name: family for name, family in params.extract.families.items() if name in families})
    yield from _with_weights(settings)


def _with_weights(settings: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, network) for name, network in settings.items() if hasattr(network, "weights"))


def _describe_start(network: Any) -> str:
    entry = find_entry(network.weights, network.architecture)
    if entry is None:
        return (
            f"{network.architecture}, random initial weights (weights: none, a declared choice of this study; no "
            "pretrained file was used)"
        )
    citation = f"; {entry.citation}" if entry.citation else ""
    source = entry.hub or PurePath(str(entry.file)).name
    return (
        f"{entry.architecture}, starting weights {entry.name}{_name_images(entry)} (file {source}"
        f"{_name_package(entry)}, SHA-256 {entry.sha256}, licence {entry.licence}{citation})"
    )


def list_starts(params: Parameters) -> list[str]:
    """List in short, once per start, which networks have it and what it is."""
    networks: dict[Entry | None, list[str]] = {}
    for name, network in _list_networks(params):
        networks.setdefault(find_entry(network.weights, network.architecture), []).append(name)
    data = params.study.data
    return [f"{join_words(names)} started from {_name_start(entry, data)}" for entry, names in networks.items()]


def _name_start(entry: Entry | None, data: Sequence[str]) -> str:
    if entry is None:
        return "random numbers"
    seen, use = find_seen(entry, data), entry.use.replace("_", "-")
    parts = [
        f"the weights {entry.name}{_name_images(entry)} (licence {entry.licence}{_name_package(entry)})",
        f"trained on images of this study ({join_words(seen)}): their scores are too good by an unknown amount"
        if seen
        else "",
        f"whose use is {use}" if entry.use != FREE else "",
    ]
    return ", ".join(filter(None, parts))


def _name_images(entry: Entry) -> str:
    return f", pretrained on {entry.pretrained_on}" if entry.pretrained_on else ""


def _name_package(entry: Entry) -> str:
    return f", Python package {describe_package(entry.package)}" if entry.package else ""


def describe_scorers(models: Mapping[str, Model]) -> str:
    """Say what scored the cases outside training, of `train.models`."""
    averaged = [name for name, model in models.items() if model.predictor == FOLDS]
    mean, refit = "the mean of the models of the folds", "the model fitted on the whole training set"
    if not averaged:
        return refit
    return mean if len(averaged) == len(models) else f"{mean} ({join_words(averaged)}) or {refit} (the others)"
