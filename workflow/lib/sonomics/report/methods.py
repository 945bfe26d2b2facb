"""The methods paragraph, and what every network started from, written from params."""

from collections.abc import Iterator, Mapping
from typing import Any

from sonomics.report.numbers import listed

Params = Mapping[str, Any]

SOURCES = {
    "simulator": "Exams were simulated with a planted risk that drives label, follow-up and image.",
    "folder": "Images and outlines were taken from a folder of de-identified files.",
}
PICKS = {"peak": "the brightest frame", "mean": "the frame nearest the mean brightness"}
RULES = {"youden": "the largest Youden index", "accuracy": "the largest accuracy"}
PENALTIES = {"min": "the smallest cross-validated deviance", "1se": "the one-standard-error rule"}


def methods(params: Params) -> list[str]:
    """Write the methods as paragraphs, in the order of the phases."""
    return [_data(params), _features(params), _selection(params), _models(params), _statistics(params)]


def starting_weights(params: Params) -> list[str]:
    """Say of every network in the study what its weights were before training."""
    return [f"{place}: {_start(network)}" for place, network in _networks(params)]


def _data(params: Params) -> str:
    tasks = [f"{name} ({_label(task)})" for name, task in params["study"]["tasks"].items()]
    views = [f"{name} ({_view(view)})" for name, view in params["clean"]["views"].items()]
    heads = list(params["clean"]["qc"]["heads"])
    screened = f"screened by a classifier for {listed(heads)}" if heads else "not screened by a classifier"
    marks = "were inpainted" if params["clean"]["overlays"] == "remove" else "were left in place"
    return (
        f"{SOURCES[params['export']['source']]} The target was {listed(tasks)}. The views were {listed(views)}. "
        f"Images were cut to the scan region, calipers and text inside it {marks}, and images were {screened}; exact "
        "and near duplicates were removed or kept in one fold."
    )


def _features(params: Params) -> str:
    crop = params["crop"]
    area = "The whole image was used" if crop["region"] == "whole" else "The outlined lesion was cropped"
    rim = f"with a rim of {100 * crop['margin']:g} % of its longer side"
    outline = f"as outlined by {crop['analysis']['reader']} in session {crop['analysis']['session']}"
    families = [f"{name} ({_family(family)})" for name, family in params["extract"]["families"].items()]
    return f"{area}, {outline}, {rim}. The feature families were {listed(families)}."


def _selection(params: Params) -> str:
    select = params["select"]
    return (
        f"Training patients were divided once into {select['folds']} folds. In each fold, and again on all training "
        f"cases, features were kept whose ICC(2,1) over repeated outlines exceeded {select['icc']:g}, whose "
        f"Mann-Whitney U test had P < {select['u_test']:g}, and which did not correlate above "
        f"{select['correlation']:g} with one kept before; a LASSO with {select['lasso']['folds']} inner folds then "
        f"chose the rest by {PENALTIES[select['lasso']['rule']]}. One row was one {select['unit']}."
    )


def _models(params: Params) -> str:
    base = [f"{name} ({_model(model)})" for name, model in params["train"]["models"].items()]
    final = [f"{name} (of {listed(list(model['of']))})" for name, model in params["stack"]["models"].items()]
    stack = params["stack"]
    return (
        f"The models trained were {listed(base)}. From their out-of-fold scores, pooled over a case's images by the "
        f"{stack['pool']}, came the final models {listed(final)}; several scores were stacked by logistic regression. "
        f"Probabilities were calibrated and thresholds set by {RULES[stack['threshold']]} on cross-fitted training "
        f"scores, and frozen. The primary model was {params['evaluate']['primary']}, named in the parameters."
    )


def _statistics(params: Params) -> str:
    settings = params["evaluate"]
    return (
        f"Intervals are {100 * settings['level']:g} %: DeLong for the AUC (percentile bootstrap over patients where a "
        f"patient has several cases), Wilson for proportions, {settings['bootstrap']:,} patient resamples for decision "
        "curves, log-log for Kaplan-Meier. Models were compared by DeLong's paired test, risk groups by the log-rank "
        "test and Cox regression (Efron). Scores of training cases are out of fold throughout. Test labels were masked "
        "until evaluation. What could not be estimated is stated as such with the reason. The seed of the study was "
        f"{params['study']['seed']}."
    )


def _networks(params: Params) -> Iterator[tuple[str, Params]]:
    if params["clean"]["qc"]["heads"]:
        yield "quality control", params["clean"]["qc"]["network"]
    for section, kind in (("extract", "families"), ("train", "models")):
        for name, part in params[section][kind].items():
            if "weights" in part:
                yield name, part


def _start(network: Params) -> str:
    if network["weights"] == "none":
        return (
            f"{network['architecture']}, random initial weights (weights: none, a declared choice of this study; "
            "no pretrained file was used)"
        )
    weights = network["weights"]
    return f"{network['architecture']}, weights of {weights['file']} (SHA-256 {weights['sha256']})"


def _label(task: Params) -> str:
    return task["rule"] if "rule" in task else f"{task['column']} = {task['positive']}"


def _view(view: Params) -> str:
    if view["from"] == "still":
        return "still image"
    start, end = view["window_s"]
    return f"{PICKS[view['pick']]} between {start:g} and {end:g} s of a clip"


def _family(family: Params) -> str:
    if family["kind"] == "pyradiomics":
        images = listed(list(family["filters"]))
        return f"PyRadiomics in two dimensions, {family['bins']} grey levels, images: {images}"
    return f"pooled output of {family['architecture']} at {family['size']} pixels"


def _model(model: Params) -> str:
    kind = model["kind"]
    if kind == "network":
        return f"{model['architecture']} at {model['size']} pixels, {model['epochs']} epochs"
    names = {"forest": "random forest", "svm": "support vector machine", "logistic": "logistic regression"}
    return f"{names[kind]} on {listed(list(model['families']))}"
