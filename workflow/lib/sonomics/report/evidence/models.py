"""Rules on models: how they were built, chosen, combined and are explained."""

from sonomics.report.elements.numbers import decimal, listed
from sonomics.report.evidence.design import METHODS, RECORD
from sonomics.report.evidence.images import PERFORMANCE, SELECTION
from sonomics.report.study.record import Finding, Record, missing, named, not_applicable, partly, reported
from sonomics.report.study.variants import blind
from sonomics.report.study.wording import CALIBRATIONS, model_in_words, starting_weights, worded
from sonomics.report.study.wording import RULES as CUTOFFS


def algorithms(record: Record) -> Finding:
    """List the base models and the final ones."""
    base = [f"{name} ({model_in_words(model)})" for name, model in record.models().items()]
    final = [f"{name} (of {listed(list(model['of']))})" for name, model in record.params["stack"]["models"].items()]
    return reported(METHODS, f"{listed(base)}; final models {listed(final)}")


def tuning(record: Record) -> Finding:
    """Say how hyperparameters were set."""
    searched = [name for name, model in record.models().items() if "search" in model]
    fixed = [name for name in record.models() if name not in searched]
    said = {"chosen in inner folds": searched, "fixed beforehand": fixed}
    stated = [f"{how}: {listed(names)}" for how, names in said.items() if names]
    return reported(f"{METHODS}; {RECORD}", "; ".join(stated))


def network_training(record: Record) -> Finding:
    """Give the schedule of every network."""
    networks = record.models("network")
    if not networks:
        return not_applicable("no network was trained end to end")
    said = [
        f"{name}: {model['epochs']} epochs, batch {model['batch']}, highest learning rate {model['learning_rate']:g}"
        for name, model in networks.items()
    ]
    return reported(f"{METHODS}; {RECORD}", "; ".join(said))


def initial_weights(record: Record) -> Finding:
    """Say what every network started from."""
    lines = starting_weights(record.params)
    return reported(METHODS, "; ".join(lines)) if lines else not_applicable("the study uses no network")


def final_choice(record: Record) -> Finding:
    """State how the primary model was chosen."""
    primary = record.params["evaluate"]["primary"]
    return reported(METHODS, f"{primary}, named in the parameters before test labels were read")


def ensembles(record: Record) -> Finding:
    """List the final models that join several."""
    joined = {name: model for name, model in record.params["stack"]["models"].items() if len(model["of"]) > 1}
    if not joined:
        return not_applicable("every final model is of one base model")
    alike = [name for name, model in joined.items() if model.get("weights") == "equal"]
    fitted = [name for name in joined if name not in alike]
    said = {"stacked by logistic regression on out-of-fold scores": fitted, "mean of z-scored scores": alike}
    return reported(METHODS, "; ".join(f"{how}: {listed(names)}" for how, names in said.items() if names))


def clinical_model(record: Record) -> Finding:
    """Judge whether a model without images stands beside the others."""
    names = _finals_of(record, "clinical")
    if not names:
        return missing("no final model of clinical variables alone")
    return reported(PERFORMANCE, f"clinical model: {listed(names)}")


def combined_model(record: Record) -> Finding:
    """Judge whether images and clinical variables are joined in a model."""
    clinical = set(record.models("clinical"))
    joined = [
        name
        for name, model in record.params["stack"]["models"].items()
        if clinical & set(model["of"]) and set(model["of"]) - clinical
    ]
    if not joined:
        return missing("no final model joins clinical variables and images")
    return reported(PERFORMANCE, listed(joined))


def classical_model(record: Record) -> Finding:
    """Judge whether a simple statistical model stands beside the others."""
    names = _finals_of(record, "logistic", "radscore", "clinical")
    if not names:
        return missing("no final model is a plain regression")
    return reported(PERFORMANCE, f"regression: {listed(names)}")


def one_view(record: Record) -> Finding:
    """Judge whether one kind of image alone was used."""
    views = list(record.params["clean"]["views"])
    if len(views) > 1:
        return missing(f"{len(views)} views, and no model of one of them alone")
    return reported(METHODS, views[0])


def interpretation(record: Record) -> Finding:
    """Say what explains the models."""
    kept = sum(len(state["coefficients"]) for _, _, state in record.selections)
    said = {f"{kept} features with their coefficients, and the score as a formula": kept > 0}
    said["maps of where the networks looked (Grad-CAM)"] = bool(record.models("network"))
    shown = [what for what, there in said.items() if there]
    if not shown:
        return missing("no feature was kept and no network was trained")
    return reported(SELECTION if kept else "page: Where the networks looked", "; ".join(shown))


def formula(record: Record) -> Finding:
    """Say where the score is written out."""
    if not any(state["coefficients"] for _, _, state in record.selections):
        return missing("no score can be written out: no feature was kept")
    place = f"{SELECTION}; file: results/select; file: results/stack"
    return reported(place, "coefficients, intercept and scaling; fitted models as files")


def output(record: Record) -> Finding:
    """State what a model gives."""
    stack = record.params["stack"]
    calibrated = CALIBRATIONS[stack.get("calibration", "platt")]
    rule = worded(CUTOFFS, stack["threshold"])
    return reported(METHODS, f"a score a case, positive at or above a threshold by {rule}. {calibrated}")


def threshold(record: Record) -> Finding:
    """Give the frozen threshold of the primary model."""
    evaluation = record.first
    row = evaluation.statistic(evaluation.primary, next(iter(evaluation.splits)), "threshold")
    rule = worded(CUTOFFS, record.params["stack"]["threshold"])
    said = f"{decimal(row['estimate'], 3)}, {rule} on training, set before testing"
    return reported(f"{METHODS}; {PERFORMANCE}", said)


def scoring(record: Record) -> Finding:
    """State how test cases were scored."""
    return reported(METHODS, "by the saved models of all training cases; training cases by models of the other folds")


def updating(record: Record) -> Finding:
    """State what was done about updating."""
    if record.first.tables["recalibration"].empty:
        return missing("no test set that a model could be updated at")
    return reported(PERFORMANCE, "what recalibrating at each test site would do; the model itself is left alone")


def network_robustness(record: Record) -> Finding:
    """Judge whether a network was run again under other conditions."""
    variants = record.params["study"]["variants"]
    again = [name for name, overlay in variants.items() if {"crop", "train"} & set(overlay)]
    if sensitivity := [name for name in again if not blind(name, record.params)]:
        return reported("page: Controls", f"runs of other crops or training: {listed(sensitivity)}")
    return partly("page: Controls", "a spread over folds in the metrics; no sensitivity run of crops or training")


def _finals_of(record: Record, *kinds: str) -> list[str]:
    bases = set(record.models(*kinds))
    return [name for name, model in record.params["stack"]["models"].items() if set(model["of"]) <= bases]


RULES = named(
    algorithms, tuning, network_training, initial_weights, final_choice, ensembles, clinical_model, combined_model,
    classical_model, one_view, interpretation, formula, output, threshold, scoring, updating, network_robustness,
)  # fmt: skip
