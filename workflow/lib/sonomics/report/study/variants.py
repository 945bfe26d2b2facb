"""The runs of a study: what each variant changes, and which of them are negative controls."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from sonomics.core.params import MAIN, overlaid
from sonomics.core.settings.by_task import every_value
from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.wording import join_words

# By split: the mean AUC over all permutations of the labels, its interval and their number; empty where too few.
ShuffledMeans = Mapping[str, Mapping[str, float]]

# Keys and values of overlays that have a name in the field.
KNOWN_CHANGES = {
    ("crop.region", "whole"): "whole images, not cropped",
    ("crop.region", "ring"): "the ring around the lesion",
    ("crop.region", "background"): "tissue next to the lesion in the lesion's shape, without the lesion itself",
    ("crop.pixels", "as_exported"): "overlays left in the images",
    ("select.features", "noise"): "noise in place of the features, with all other inputs of the models unchanged",
}


def describe_variant(variant: str, params: Parameters) -> str:
    """Describe a run and, if it is a negative control, the AUC that it should give."""
    if variant == MAIN:
        return "the study itself"
    if control := describe_control(variant, params):
        return f"negative control: {control}; expected 0.50"
    changes = [_describe_change(key, value) for key, value in _list_changes(params.study.variants[variant])]
    return f"sensitivity analysis: {', '.join(filter(None, changes))}"


def describe_control(variant: str, params: Parameters) -> str:
    """Describe why the primary model of a run can find nothing; "" when the run is not a negative control."""
    if shuffles_labels(variant, params):
        return "training labels shuffled at random; out-of-fold scores are compared with the shuffled labels"
    if params.study.variants[variant].get("select", {}).get("features") == "noise":
        varied = Parameters.partial(overlaid(params.plain(), variant))
        primaries = every_value(varied.evaluate.primary)
        models = [varied.train.models[base] for primary in primaries for base in varied.stack.models[primary].of]
        if all(hasattr(model, "families") for model in models):
            return "features replaced by noise of the same shape"
    return ""


def shuffles_labels(variant: str, params: Parameters) -> bool:
    """Tell whether a run learns from labels that were permuted at random."""
    return bool(params.study.variants[variant].get("study", {}).get("shuffle_labels"))


def list_controls(params: Parameters) -> dict[str, str]:
    """List the negative controls of the study and why each can find nothing."""
    described = {variant: describe_control(variant, params) for variant in params.study.variants}
    return {variant: control for variant, control in described.items() if control}


def list_sensitivity_runs(params: Parameters) -> list[str]:
    """List the runs that are neither the main run nor a negative control."""
    return [name for name in params.study.variants if name not in (MAIN, *list_controls(params))]


def read_shuffled_means(metrics: Mapping[str, Any], task: str) -> ShuffledMeans:
    """Return the mean AUC of a task over all permutations of its labels, out of the metrics; null becomes NaN."""
    by_split = metrics.get("evaluate", {}).get("over_deals", {}).get(task, {})
    return {
        split: {name: math.nan if value is None else value for name, value in values.items()}
        for split, values in by_split.items()
    }


def _list_changes(overlay: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in overlay.items():
        if isinstance(value, Mapping):
            yield from _list_changes(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _describe_change(key: str, value: Any) -> str:
    if isinstance(value, str) and (key, value) in KNOWN_CHANGES:
        return KNOWN_CHANGES[key, value]
    match key.split("."):
        case ["crop", "analysis", "perturbed"]:
            return "outlines changed at random"
        case ["select", "folds"]:
            return f"folds of the scheme {value}"
        case ["crop", "perturb", _]:
            return ""
        case ["crop", "analysis", "reader"]:
            return f"outlines of {value}"
        case ["crop", "analysis", "session"]:
            return f"session {value}"
        case ["train", "models", name] if value is None:
            return f"without {name}"
        case ["stack", "models", name, "of"]:
            return f"{name} made of {join_words(value)}"
    if value is None:
        return f"without {key}"
    return f"{key} = {join_words(map(str, value)) if isinstance(value, list) else value}"
