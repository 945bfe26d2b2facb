"""What each choice in params is called in the text, and what every network started from."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from sonomics.networks.weights.registry import entry_of
from sonomics.report.page.numbers import listed

Params = Mapping[str, Any]

# What each choice of the schema is called on the page; a choice that has no words here is named as it is.
SOURCES = {
    "simulator": "a simulator with a planted risk that drives label, follow-up and image",
    "dicomweb": "a PACS (DICOMweb), de-identified after DICOM PS3.15",
    "dimse": "a PACS (DIMSE), de-identified after DICOM PS3.15",
    "folder": "a folder, de-identified: DICOM files after DICOM PS3.15, pictures written anew without their metadata",
}
PIXELS = {
    "deidentify": "pixels outside the scan were blanked, and writing found inside it removed",
    "keep": "pixels of pictures were not checked for text that names a patient",
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
    "pca": "principal components, {amount}{of_families}",
    "combat": "ComBat by {by} without covariates, {reference}",
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
    "reference": "towards the mean of all",
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
HYPERPARAMETERS = {
    "forest": {"trees": "trees"},
    "boosting": {"trees": "trees", "rate": "rate", "depth": "depth"},
    "svm": {"kernel": "kernel", "cost": "cost"},
    "logistic": {"cost": "cost"},
}
DEFAULTS = {"svm": {"kernel": "rbf"}}
BALANCED = "balanced"
POOLS = {"mean": "mean", "max": "maximum"}
CALIBRATIONS = {
    "platt": "Scores were turned into probabilities by a logistic calibration (Platt)",
    "isotonic": "Scores were turned into probabilities by isotonic regression",
    "none": "Probabilities were taken as they were, without calibration",
}
RULES = {"youden": "the largest Youden index", "accuracy": "the largest accuracy"}


def starting_weights(params: Params) -> list[str]:
    """Say of every network in the study what its weights were before training."""
    return [f"{place}: {_start(network)}" for place, network in _networks(params)]


def step_in_words(step: Params) -> str:
    """Say what a step of the selection keeps, with its values and those by default."""
    name = str(step["step"])
    stated = {key: worded(STEP_VALUES[key], value) for key, value in step.items() if key in STEP_VALUES}
    if "reference" in step:
        stated["reference"] = f"towards {step['reference']}, which unseen ones count as"
    if name == "pca":
        stated["amount"] = (
            f"{step['components']} of them"
            if "components" in step
            else f"for {100 * step['variance']:g} % of the variance"
        )
        stated["of_families"] = f" (of {listed(list(step['families']))} alone)" if "families" in step else ""
    return STEPS.get(name, name).format(**{**STEP_DEFAULTS, **step, **stated})


def classes_alike(models: Mapping[str, Params]) -> list[str]:
    """Name the models in which classes weigh the same, whatever their numbers; networks always do."""
    stated = ("forest", "boosting", "svm", "logistic")
    return [
        name
        for name, model in models.items()
        if model["kind"] == "network" or (model["kind"] in stated and model.get("class_weight", BALANCED) == BALANCED)
    ]


def _networks(params: Params) -> Iterator[tuple[str, Params]]:
    if params["clean"]["qc"]["heads"]:
        yield "quality control", params["clean"]["qc"]["network"]
    for section, kind in (("extract", "families"), ("train", "models")):
        for name, part in params[section][kind].items():
            if "weights" in part:
                yield name, part


def _start(network: Params) -> str:
    entry = entry_of(network["weights"], network["architecture"])
    if entry is None:
        return (
            f"{network['architecture']}, random initial weights (weights: none, a declared choice of this study; "
            "no pretrained file was used)"
        )
    credit = f"; {entry.citation}" if entry.citation else ""
    source = entry.hub or PurePath(entry.file).name
    return (
        f"{entry.architecture}, starting weights {entry.name} (file {source}, SHA-256 {entry.sha256}, "
        f"licence {entry.licence}{credit})"
    )


def worded(words: Mapping[str, str], choice: str) -> str:
    """Put a choice in words; one without words is named as it is."""
    return words.get(choice, choice)


def label_in_words(task: Params) -> str:
    """Say how a case gets its label."""
    return task["rule"] if "rule" in task else f"{task['column']} = {task['positive']}"


def view_in_words(view: Params) -> str:
    """Say what the images of a view are."""
    start, end = view.get("window_s", (0, 0))
    pick = view.get("pick", "")
    return worded(VIEWS, view["from"]).format(pick=worded(PICKS, pick), start=start, end=end)


def family_in_words(family: Params) -> str:
    """Say what a feature family is."""
    filters = listed(list(family.get("filters", ())))
    return worded(FAMILIES, family["kind"]).format(**{**family, "filters": filters})


def model_in_words(model: Params) -> str:
    """Say what a base model is, with its hyperparameters; of those that a search chooses, the values it tried."""
    families = listed(list(model.get("families", ())))
    words = worded(MODELS, model["kind"]).format(**{**model, "families": families})
    tried = model.get("search", {}).get("values", {})
    stated = {**DEFAULTS.get(model["kind"], {}), **model}
    values = [
        f"{name} chosen among {', '.join(map(str, tried[key]))}" if key in tried else f"{name} {stated[key]}"
        for key, name in HYPERPARAMETERS.get(model["kind"], {}).items()
    ]
    return f"{words}: {', '.join(values)}" if values else words
