"""What the runs beside the main one are, in words, and which of them must find nothing."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from sonomics.core.params import MAIN, deals_labels, overlaid
from sonomics.report.elements.numbers import listed

# Split to the figures of all deals of the labels together; empty where there are too few.
Pooled = Mapping[str, Mapping[str, float]]

# Keys and values of overlays that have a name in the field.
NAMED = {
    ("crop.region", "whole"): "whole images, not cropped",
    ("crop.region", "ring"): "the ring around the lesion",
    (
        "crop.region",
        "background",
    ): "tissue beside the lesion in the lesion's shape, so that what it tells is not the lesion",
    ("crop.pixels", "as_exported"): "overlays left in the images",
    ("select.features", "noise"): "noise in place of the features, while other inputs of models stay",
}


def expectation(variant: str, params: Mapping[str, Any]) -> str:
    """Say what a run is and, where it is a control, what it should give."""
    if variant == MAIN:
        return "the study itself"
    if what := blind(variant, params):
        return f"negative control: {what}; expected 0.50"
    changes = [_worded(key, value) for key, value in _changes(params["study"]["variants"][variant])]
    return f"sensitivity analysis: {', '.join(change for change in changes if change)}"


def blind(variant: str, params: Mapping[str, Any]) -> str:
    """Say why a run's primary model can find nothing; "" when it can."""
    overlay, seen = params["study"]["variants"][variant], overlaid(params, variant)
    if deals_labels(params, variant):
        return "training labels dealt out at random, and held against out of fold"
    bases = seen["stack"]["models"][seen["evaluate"]["primary"]]["of"]
    if overlay.get("select", {}).get("features") == "noise" and all(
        "families" in seen["train"]["models"][base] for base in bases
    ):
        return "features replaced by noise of the same shape"
    return ""


def over_deals(metrics: Mapping[str, Any], task: str) -> Pooled:
    """Take, of the metrics of all phases, what `evaluate` found over all deals of a task's labels; NaN for null."""
    pooled = metrics.get("evaluate", {}).get("over_deals", {}).get(task, {})
    return {
        split: {name: math.nan if value is None else value for name, value in figures.items()}
        for split, figures in pooled.items()
    }


def _changes(overlay: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in overlay.items():
        if isinstance(value, Mapping):
            yield from _changes(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _worded(key: str, value: Any) -> str:
    if isinstance(value, str) and (key, value) in NAMED:
        return NAMED[key, value]
    match key.split("."):
        case ["crop", "analysis", "perturbed"]:
            return "outlines changed at random"
        case ["crop", "perturb", _]:
            return ""
        case ["crop", "analysis", "reader"]:
            return f"outlines of {value}"
        case ["crop", "analysis", "session"]:
            return f"session {value}"
        case ["train", "models", name] if value is None:
            return f"without {name}"
        case ["stack", "models", name, "of"]:
            return f"{name} made of {listed(list(value))}"
    if value is None:
        return f"without {key}"
    return f"{key} = {listed([str(one) for one in value]) if isinstance(value, list) else value}"
