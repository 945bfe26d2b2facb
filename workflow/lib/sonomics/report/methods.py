"""The methods paragraph, and what every network started from, written from params."""

from collections.abc import Iterator, Mapping
from typing import Any

from sonomics.report.numbers import listed

Params = Mapping[str, Any]

# What each choice of the schema is called on the page; a choice that has no words here is named as it is.
SOURCES = {
    "simulator": "a simulator with a planted risk that drives label, follow-up and image",
    "dicomweb": "a PACS (DICOMweb), de-identified after DICOM PS3.15",
    "dimse": "a PACS (DIMSE), de-identified after DICOM PS3.15",
    "folder": (
        "a folder: pictures were copied without their metadata, DICOM files as they are where they state that they are "
        "de-identified; pixels were not checked for text that names a patient"
    ),
}
MARKS = {"remove": "were inpainted", "keep": "were left in place"}
VIEWS = {"still": "still image", "clip": "{pick} between {start:g} and {end:g} s of a clip"}
PICKS = {"peak": "the brightest frame", "mean": "the frame nearest the mean brightness"}
REGIONS = {
    "lesion": "the outlined lesion, cropped with a rim of {rim:g} % of its longer side",
    "ring": "the ring around the outlined lesion, cropped with a rim of {rim:g} % of its longer side",
    "background": (
        "tissue beside the outlined lesion in the lesion's shape, not the lesion itself, cropped with a rim of "
        "{rim:g} % of its longer side"
    ),
    "whole": "the whole of every image that has an outline, not cropped",
}
FAMILIES = {
    "pyradiomics": "PyRadiomics in two dimensions, {bins} grey levels, images: {filters}",
    "texture": "first-order, shape and texture features in two dimensions, {bins} grey levels, images: {filters}",
    "mazda": "MaZda's families of texture features",
    "lexicon": "descriptors of shape, orientation, margin, echo pattern and posterior echoes",
    "contrast": "parameters of the time-intensity curve of a contrast clip",
    "deep": "pooled output of {architecture} at {size} pixels",
}
STEPS = {
    "icc": "{of} over repeated outlines, of the form ({form}), above {above:g}",
    "u_test": "Mann-Whitney U test with P < {below:g} ({correction})",
    "t_test": "Welch's t test with P < {below:g} ({correction})",
    "correlation": "of two features with an absolute {method} correlation above {above:g}, {drop} went",
    "mrmr": "the {count} of most relevance to redundancy (mRMR, F test over mean correlation)",
    "lasso": "LASSO logistic regression with {folds} inner folds, penalty by {rule}",
    "elastic_net": "elastic-net logistic regression ({mixing:g} L1) with {folds} inner folds, penalty by {rule}",
}
PENALTIES = {"min": "the smallest cross-validated deviance", "1se": "the one-standard-error rule"}
CORRECTIONS = {"none": "not corrected for their number", "bh": "Benjamini-Hochberg", "bonferroni": "Bonferroni"}
METHODS = {"pearson": "Pearson", "spearman": "Spearman"}
DROPPED = {"mean_correlation": "the one with the higher mean correlation", "larger_p": "the one with the larger P"}
BOUNDS = {"value": "ICC", "lower": "lower 95 % bound of the ICC"}
STEP_VALUES = {"rule": PENALTIES, "correction": CORRECTIONS, "method": METHODS, "drop": DROPPED, "of": BOUNDS}
STEP_DEFAULTS = {
    "form": "2,1",
    "of": BOUNDS["value"],
    "correction": CORRECTIONS["none"],
    "method": METHODS["pearson"],
    "drop": DROPPED["mean_correlation"],
}
MODELS = {
    "radscore": "the LASSO's own linear score of {families}",
    "forest": "random forest on {families}",
    "boosting": "gradient boosting on {families}",
    "clinical": "multivariable logistic regression on the clinical variables with a univariable P < {enter:g}",
    "svm": "support vector machine on {families}",
    "logistic": "logistic regression on {families}",
    "network": "{architecture} at {size} pixels, {epochs} epochs",
}
POOLS = {"mean": "mean", "max": "maximum"}
RULES = {"youden": "the largest Youden index", "accuracy": "the largest accuracy"}


def methods(params: Params) -> list[str]:
    """Write the methods as paragraphs, in the order of the phases."""
    return [_data(params), _features(params), _selection(params), _models(params), _statistics(params)]


def starting_weights(params: Params) -> list[str]:
    """Say of every network in the study what its weights were before training."""
    return [f"{place}: {_start(network)}" for place, network in _networks(params)]


def _data(params: Params) -> str:
    tasks = [f"{name} ({label_in_words(task)})" for name, task in params["study"]["tasks"].items()]
    views = [f"{name} ({view_in_words(view)})" for name, view in params["clean"]["views"].items()]
    heads = list(params["clean"]["qc"]["heads"])
    screened = f"screened by a classifier for {listed(heads)}" if heads else "not screened by a classifier"
    source, marks = params["export"]["source"], params["clean"]["overlays"]
    return (
        f"Exams came from {_worded(SOURCES, source)}. The target was {listed(tasks)}. "
        f"The views were {listed(views)}. Images were cut to the scan region, calipers and text found inside it "
        f"{_worded(MARKS, marks)}, and images were {screened}; exact and near duplicates were removed or "
        "kept in one fold."
    )


def _features(params: Params) -> str:
    crop = params["crop"]
    region = _worded(REGIONS, crop["region"]).format(rim=100 * crop["margin"])
    outline = f"outlines are those of {crop['analysis']['reader']} in session {crop['analysis']['session']}"
    families = [f"{name} ({family_in_words(family)})" for name, family in params["extract"]["families"].items()]
    return f"Models saw {region}; {outline}. The feature families were {listed(families)}."


def _selection(params: Params) -> str:
    select = params["select"]
    steps = "; ".join(f"({number}) {step_in_words(step)}" for number, step in enumerate(select["steps"], start=1))
    return (
        f"Training patients were divided once into {select['folds']} folds. In each fold, and again on all training "
        f"cases, features were kept that varied, were defined in half of the rows, and passed in turn: {steps}. "
        f"One row was one {select['unit']}."
    )


def step_in_words(step: Params) -> str:
    """Say what a step of the selection keeps, with its values and those by default."""
    name = str(step["step"])
    stated = {key: _worded(STEP_VALUES[key], value) for key, value in step.items() if key in STEP_VALUES}
    return STEPS.get(name, name).format(**{**STEP_DEFAULTS, **step, **stated})


def _models(params: Params) -> str:
    base = [f"{name} ({model_in_words(model)})" for name, model in params["train"]["models"].items()]
    final = [f"{name} (of {listed(list(model['of']))})" for name, model in params["stack"]["models"].items()]
    pool, threshold = params["stack"]["pool"], params["stack"]["threshold"]
    return (
        f"The models trained were {listed(base)}. From their out-of-fold scores, pooled over a case's images by the "
        f"{_worded(POOLS, pool)}, came the final models {listed(final)}; several scores were stacked by "
        f"logistic regression. Probabilities were calibrated and thresholds set by {_worded(RULES, threshold)} "
        f"on cross-fitted training scores, and frozen. The primary model was {params['evaluate']['primary']}, "
        "named in the parameters."
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


def _worded(words: Mapping[str, str], choice: str) -> str:
    return words.get(choice, choice)


def label_in_words(task: Params) -> str:
    """Say how a case gets its label."""
    return task["rule"] if "rule" in task else f"{task['column']} = {task['positive']}"


def view_in_words(view: Params) -> str:
    """Say what the images of a view are."""
    start, end = view.get("window_s", (0, 0))
    pick = view.get("pick", "")
    return _worded(VIEWS, view["from"]).format(pick=_worded(PICKS, pick), start=start, end=end)


def family_in_words(family: Params) -> str:
    """Say what a feature family is."""
    filters = listed(list(family.get("filters", ())))
    return _worded(FAMILIES, family["kind"]).format(**{**family, "filters": filters})


def model_in_words(model: Params) -> str:
    """Say what a base model is, with its hyperparameters."""
    families = listed(list(model.get("families", ())))
    return _worded(MODELS, model["kind"]).format(**{**model, "families": families})
