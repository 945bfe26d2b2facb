"""Paragraphs on models, how their scores became calls, and software."""

import platform
from importlib.metadata import version

from sonomics.report.elements.numbers import listed, plural
from sonomics.report.study.record import Record
from sonomics.report.study.wording import CALIBRATIONS, POOLS, RULES, classes_alike, model_in_words, worded


def models_text(record: Record) -> str:
    """Describe the base models, how each was fitted, and the final models made of them."""
    models = record.params["train"]["models"]
    text = f"The models trained were {listed([f'{name} ({model_in_words(one)})' for name, one in models.items()])}."
    return " ".join([text, *_fitting(record), _final(record)])


def evaluation_text(record: Record) -> str:
    """Say how scores became probabilities and calls, and what was kept from the models."""
    stack = record.params["stack"]
    rule = worded(RULES, stack["threshold"])
    calibration = stack.get("calibration", "platt")
    both = "both " if calibration != "none" else ""
    return (
        f"{CALIBRATIONS[calibration]}, and a threshold was set by "
        f"{rule}, {both}on training scores that were cross-fitted over the same folds; thresholds were then frozen. "
        "Training cases were scored by models fitted without their fold, all others by the model fitted on the whole "
        "training set. Labels and outcomes outside training were masked until evaluation. The primary model was "
        f"{record.params['evaluate']['primary']}, named in the parameters."
    )


def software_text(record: Record) -> str:
    """Name the software that gave the numbers, with versions, and the seed."""
    used = ["scikit-learn"]
    if record.families("pyradiomics"):
        used.append("pyradiomics")
    if record.models("network") or record.families("deep") or record.params["clean"]["qc"]["heads"]:
        used += ["torch", "timm"]
    own = "sonomics' own engine for the texture features, " if record.families("texture", "mazda", "lexicon") else ""
    named = listed([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in used)])
    return (
        f"Software: {own}{named}; every version is in the record of the run. The seed of the study was "
        f"{record.params['study']['seed']}; the same seed gives the same numbers on the same machine."
    )


def _fitting(record: Record) -> list[str]:
    models = record.params["train"]["models"]
    sentences = []
    if alike := classes_alike(models):
        sentences.append(f"Classes weighed alike in {listed(alike)}.")
    for name, one in models.items():
        if "search" in one:
            folds = plural(one["search"]["folds"], "inner fold")
            sentences.append(f"What is chosen in {name} had the best mean AUC in {folds} of its training rows.")
    networks = {name: one for name, one in models.items() if one["kind"] == "network"}
    for name, one in networks.items():
        start = "random weights" if one["weights"] == "none" else "pretrained weights"
        decay, top = f"weight decay {one['weight_decay']:g}", f"{one['learning_rate']:g}"
        sentences.append(
            f"{name} started from {start} and was trained with AdamW ({decay}), batches of {one['batch']} and one "
            f"cycle of the learning rate up to {top}."
        )
    if networks:
        changes = "mirrored, turned, shifted, scaled and changed in brightness and contrast"
        sentences.append(f"Their training images were {changes} at random.")
    return sentences


def _final(record: Record) -> str:
    stack = record.params["stack"]
    final = [f"{name} (of {listed(list(model['of']))})" for name, model in stack["models"].items()]
    pool = worded(POOLS, stack["pool"])
    text = f"From their scores, pooled over a case's images by the {pool}, came the final models {listed(final)}"
    several = {name: model for name, model in stack["models"].items() if len(model["of"]) > 1}
    if not several:
        return f"{text}."
    alike = [name for name, model in several.items() if model.get("weights") == "equal"]
    fitted = [name for name in several if name not in alike]
    weighed = [f"stacked by logistic regression in {listed(fitted)}"] if fitted else []
    weighed += [f"averaged in {listed(alike)}"] if alike else []
    return f"{text}; several scores, as log odds where they are probabilities, were z-scored and {listed(weighed)}."
