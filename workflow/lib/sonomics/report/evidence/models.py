"""Rules on models: how they were built, chosen, combined and are explained."""

import pandas as pd

from sonomics.kinds.combinations import COMBINATIONS
from sonomics.kinds.models import MODELS
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_decimal
from sonomics.report.evidence.findings import (
    CONTROLS,
    METHODS,
    MISSING,
    NOT_APPLICABLE,
    PARTLY,
    PERFORMANCE,
    RECORD,
    REPORTED,
    SELECTION,
    Finding,
    index_rules,
)
from sonomics.report.study.record import Record
from sonomics.report.study.variants import describe_control
from sonomics.report.study.wording import describe_base_model, describe_scorers, describe_starting_weights


def find_algorithms(record: Record) -> Finding:
    """List the base models and the final ones."""
    base = [f"{name} ({describe_base_model(record.params, name)})" for name in record.models]
    final = [f"{name} (of {join_words(model.of)})" for name, model in record.final_models.items()]
    return Finding(REPORTED, METHODS, f"{join_words(base)}; final models {join_words(final)}")


def find_tuning(record: Record) -> Finding:
    """Describe how hyperparameters were set."""
    searched = [name for name, model in record.models.items() if getattr(model, "search", None)]
    fixed = [name for name in record.models if name not in searched]
    ways = {"chosen in inner folds": searched, "fixed beforehand": fixed}
    described = [f"{way}: {join_words(names)}" for way, names in ways.items() if names]
    return Finding(REPORTED, f"{METHODS}; {RECORD}", "; ".join(described))


def find_network_training(record: Record) -> Finding:
    """Return the schedule of every network."""
    described = {name: MODELS.get(model.kind).describe_schedule(model) for name, model in record.models.items()}
    schedules = [f"{name}: {schedule}" for name, schedule in described.items() if schedule]
    if not schedules:
        return Finding(NOT_APPLICABLE, evidence="no network was trained end to end")
    return Finding(REPORTED, f"{METHODS}; {RECORD}", "; ".join(schedules))


def find_initial_weights(record: Record) -> Finding:
    """Describe what every network started from."""
    described = describe_starting_weights(record.params)
    if not described:
        return Finding(NOT_APPLICABLE, evidence="the study uses no network")
    return Finding(REPORTED, METHODS, "; ".join(described))


def find_final_choice(record: Record) -> Finding:
    """State how the primary model was chosen."""
    return Finding(REPORTED, METHODS, f"{record.primary_models}, named in the parameters before test labels were read")


def find_ensembles(record: Record) -> Finding:
    """List the final models that combine several."""
    by_combination: dict[str, list[str]] = {}
    for name, model in record.final_models.items():
        if len(model.of) > 1:
            by_combination.setdefault(model.weights, []).append(name)
    if not by_combination:
        return Finding(NOT_APPLICABLE, evidence="every final model is of one base model")
    described = [f"{COMBINATIONS.get(way).evidence}: {join_words(names)}" for way, names in by_combination.items()]
    return Finding(REPORTED, METHODS, "; ".join(described))


def find_clinical_model(record: Record) -> Finding:
    """Judge whether there is a model without images to compare with."""
    names = _final_models_of(record, _clinical_models(record))
    if not names:
        return Finding(MISSING, evidence="no final model of clinical variables alone")
    return Finding(REPORTED, PERFORMANCE, f"clinical model: {join_words(names)}")


def find_combined_model(record: Record) -> Finding:
    """Judge whether a model combines images and clinical variables."""
    clinical = _clinical_models(record)
    names = [
        name for name, model in record.final_models.items() if clinical & set(model.of) and set(model.of) - clinical
    ]
    if not names:
        return Finding(MISSING, evidence="no final model combines clinical variables and images")
    return Finding(REPORTED, PERFORMANCE, join_words(names))


def find_classical_model(record: Record) -> Finding:
    """Judge whether there is a simple statistical model to compare with."""
    regressions = {name for name, model in record.models.items() if MODELS.get(model.kind).is_regression}
    names = _final_models_of(record, regressions)
    if not names:
        return Finding(MISSING, evidence="no final model is a plain regression")
    return Finding(REPORTED, PERFORMANCE, f"regression: {join_words(names)}")


def find_one_view(record: Record) -> Finding:
    """Judge whether one kind of image alone was used."""
    views = list(record.params.clean.views)
    if len(views) > 1:
        return Finding(MISSING, evidence=f"{len(views)} views, and no model of one of them alone")
    return Finding(REPORTED, METHODS, views[0])


def find_interpretation(record: Record) -> Finding:
    """Describe what explains the models."""
    kept = sum(len(state["coefficients"]) for _, _, state in record.selections)
    has_maps = any(MODELS.get(model.kind).takes == "crops" for model in record.models.values())
    explanations = [
        *([f"{kept} features with their coefficients, and the score as a formula"] if kept else []),
        *(["maps of where the networks looked (Grad-CAM)"] if has_maps else []),
    ]
    if not explanations:
        return Finding(MISSING, evidence="no feature was kept and no network was trained")
    return Finding(REPORTED, SELECTION if kept else "page: Where the networks looked", "; ".join(explanations))


def find_formula(record: Record) -> Finding:
    """Describe where the score is written out."""
    if not any(state["coefficients"] for _, _, state in record.selections):
        return Finding(MISSING, evidence="no score can be written out: no feature was kept")
    where = f"{SELECTION}; file: results/select; file: results/stack"
    return Finding(REPORTED, where, "coefficients, intercept and scaling; fitted models as files")


def find_output(record: Record) -> Finding:
    """Describe what a model gives."""
    rule, calibration = record.threshold_rules, record.calibration_words
    return Finding(REPORTED, METHODS, f"a score per case, positive at or above a threshold by {rule}. {calibration}")


def find_threshold(record: Record) -> Finding:
    """Return the frozen threshold of the primary model."""
    evaluation = record.first
    row = evaluation.find_statistic(evaluation.primary, next(iter(evaluation.splits)), "threshold")
    description = f"{format_decimal(row['estimate'], 3)}, {record.threshold_rules} on training, set before testing"
    return Finding(REPORTED, f"{METHODS}; {PERFORMANCE}", description)


def find_scoring(record: Record) -> Finding:
    """State how test cases were scored."""
    scorers = describe_scorers(record.params.train.models)
    description = f"by {scorers}, as saved; training cases by models of the other folds"
    return Finding(REPORTED, METHODS, description)


def find_updating(record: Record) -> Finding:
    """Judge whether updating of the model was examined."""
    # A task of several classes has no such table.
    if record.first.tables.get("recalibration", pd.DataFrame()).empty:
        return Finding(MISSING, evidence="no test set that a model could be updated at")
    description = "the effect of recalibration at each test site; the model itself is left unchanged"
    return Finding(REPORTED, PERFORMANCE, description)


def find_network_robustness(record: Record) -> Finding:
    """Judge whether a network was run again under other conditions."""
    changed = [name for name, overlay in record.params.study.variants.items() if {"crop", "train"} & set(overlay)]
    if sensitivity := [name for name in changed if not describe_control(name, record.params)]:
        return Finding(REPORTED, CONTROLS, f"runs with other crops or training: {join_words(sensitivity)}")
    description = "a spread over folds in the metrics; no sensitivity run of crops or training"
    return Finding(PARTLY, CONTROLS, description)


def _clinical_models(record: Record) -> set[str]:
    return {name for name, model in record.models.items() if MODELS.get(model.kind).takes == "columns"}


def _final_models_of(record: Record, bases: set[str]) -> list[str]:
    return [name for name, model in record.final_models.items() if set(model.of) <= bases]


RULES = index_rules(
    find_algorithms, find_tuning, find_network_training, find_initial_weights, find_final_choice, find_ensembles,
    find_clinical_model, find_combined_model, find_classical_model, find_one_view, find_interpretation, find_formula,
    find_output, find_threshold, find_scoring, find_updating, find_network_robustness,
)  # fmt: skip
