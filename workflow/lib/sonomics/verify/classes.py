"""Tests, models and probabilities of several classes, nominal and ordered."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sonomics.statistics.agreement.kappa import cohen_kappa
from sonomics.statistics.calibration.class_probabilities import (
    class_accuracy,
    class_brier,
    class_log_loss,
    ranked_probability_score,
)
from sonomics.statistics.calibration.temperature import apply_temperature, fit_temperature
from sonomics.statistics.classification.multiclass import class_aucs
from sonomics.statistics.estimates import Floats
from sonomics.statistics.regression.multinomial import fit_multinomial
from sonomics.statistics.regression.ordinal import fit_ordinal, predict_ordinal
from sonomics.statistics.selection.multinomial_lasso import (
    Grouping,
    MultinomialPath,
    multinomial_lasso_cv,
    multinomial_lasso_path,
)
from sonomics.statistics.selection.univariable_classes import (
    anova_by_feature,
    kendall_by_feature,
    kruskal_wallis_by_feature,
    spearman_by_feature,
    welch_anova_by_feature,
)
from sonomics.verify.tree import Tree, explain_nan, pick_fields

PENALTIES = np.exp(np.linspace(np.log(0.2), np.log(0.005), 8))
PRECISION = 1e-14
SHOWN = (3, 6)
COVARIATES = ["x01", "x02", "x03", "x04"]
UNTESTED = "constant, or too few rows in a class"


def list_classes(patients: pd.DataFrame) -> list[str]:
    """List the classes in the order of the columns of the first model's probabilities."""
    first = list_class_models(patients)[0]
    return [str(name).removeprefix(f"{first}_") for name in patients if str(name).startswith(f"{first}_")]


def list_class_models(patients: pd.DataFrame) -> list[str]:
    """List the models with a column of probabilities for every class, `<model>_<class>`, in their order.

    Raises
    ------
    ValueError
        If there is none.
    """
    kinds = sorted(map(str, patients["kind"].unique()))
    names = [str(name) for name in patients]
    stems = [name.removesuffix(f"_{kinds[0]}") for name in names if name.endswith(f"_{kinds[0]}")] if kinds else []
    models = [stem for stem in stems if all(f"{stem}_{kind}" in names for kind in kinds)]
    if not models:
        raise ValueError("no model has a column of probabilities for every class")
    return models


def class_tests(patients: pd.DataFrame) -> Tree:
    """Compare every feature between classes and with the grade."""
    names, values = _features(patients)
    kruskal = kruskal_wallis_by_feature(values, patients["kind"])
    anova, welch = anova_by_feature(values, patients["kind"]), welch_anova_by_feature(values, patients["kind"])
    columns: dict[str, Floats] = {
        "kruskal_h": kruskal.statistic,
        "kruskal_df": kruskal.df,
        "kruskal_p": kruskal.p,
        "anova_f": anova.statistic,
        "anova_p": anova.p,
        "welch_f": welch.statistic,
        "welch_df2": welch.df2,
        "welch_p": welch.p,
        "spearman_rho": spearman_by_feature(values, patients["grade"]).coefficient,
        "kendall_tau_b": kendall_by_feature(values, patients["grade"]).coefficient,
    }
    return {
        name: {key: explain_nan(float(column[index]), UNTESTED) for key, column in columns.items()}
        for index, name in enumerate(names)
    }


def multinomial_lasso(patients: pd.DataFrame) -> Tree:
    """Fit the multinomial LASSO with both penalties, and cross-validate the separate one."""
    (names, values), classes = _features(patients), list_classes(patients)
    groupings: tuple[tuple[str, Grouping], ...] = (("ungrouped", "separate"), ("grouped", "grouped"))
    paths = {
        name: multinomial_lasso_path(values, patients["kind"], classes, PENALTIES, 1.0, grouping, PRECISION)
        for name, grouping in groupings
    }
    scored = multinomial_lasso_cv(
        values, patients["kind"], classes, patients["fold"], lambdas=PENALTIES, precision=PRECISION
    )
    used = {name: (path.coefficients != 0).any(axis=1).sum(axis=1) for name, path in paths.items()}
    return {
        "lambda": PENALTIES,
        **{
            f"{name}_at_{shown}": _coefficients(path, shown - 1, classes, names)
            for name, path in paths.items()
            for shown in SHOWN
        },
        "df_ungrouped_any": used["ungrouped"],
        "df_grouped": used["grouped"],
        "cv_deviance": scored.deviance_mean,
        "cv_se": scored.deviance_se,
        "lambda_min": scored.lambdas[scored.index_min],
        "lambda_1se": scored.lambdas[scored.index_1se],
    }


def multinomial_logistic(patients: pd.DataFrame) -> Tree:
    """Fit the multinomial logistic model of four features; the first class is the reference."""
    classes = list_classes(patients)
    fit = fit_multinomial(patients[COVARIATES], patients["kind"], classes)
    tables = {"coef": (fit.intercepts, fit.coefficients), "se": (fit.intercepts_se, fit.coefficients_se)}
    return {
        "reference": classes[0],
        **{
            name: {
                label: _explained(["(Intercept)", *COVARIATES], [constants[k], *slopes[k]], fit.reason)
                for k, label in enumerate(classes[1:])
            }
            for name, (constants, slopes) in tables.items()
        },
        "deviance": explain_nan(fit.deviance, fit.reason),
    }


def ordinal_logistic(patients: pd.DataFrame) -> Tree:
    """Fit the proportional-odds model of four features."""
    levels = _levels(patients["grade"])
    fit = fit_ordinal(patients[COVARIATES], patients["grade"], levels)
    cuts = [f"{low}|{high}" for low, high in pairwise(levels)]
    return {
        "coef": _explained(COVARIATES, fit.coefficients, fit.reason),
        "se": _explained(COVARIATES, fit.coefficients_se, fit.reason),
        "thresholds": _explained(cuts, fit.thresholds, fit.reason),
        "deviance": explain_nan(fit.deviance, fit.reason),
        "parametrisation": "logit P(grade <= k) = threshold_k - x beta",
    }


def ordered_agreement(patients: pd.DataFrame) -> Tree:
    """Compute the kappas of grade and reader's grade."""
    both = pd.concat([patients["grade"], patients["reader_grade"]])
    scale = np.arange(both.min(), both.max() + 1) if len(both) else None
    rated = (patients["grade"], patients["reader_grade"])
    return {
        **pick_fields(cohen_kappa(*rated, categories=scale), {"kappa": "estimate"}),
        **pick_fields(cohen_kappa(*rated, "linear", categories=scale), {"kappa_linear": "estimate"}),
        **pick_fields(cohen_kappa(*rated, "quadratic", categories=scale), {"kappa_quadratic": "estimate"}),
    }


def class_probabilities(patients: pd.DataFrame) -> Tree:
    """Score the probabilities of every model."""
    classes = list_classes(patients)
    return {
        model: _scored(patients["kind"], patients[[f"{model}_{name}" for name in classes]].to_numpy(float), classes)
        for model in list_class_models(patients)
    }


def ranked_probability(patients: pd.DataFrame) -> Tree:
    """Score the ordinal model on the rows that it was fitted on."""
    levels = _levels(patients["grade"])
    fit = fit_ordinal(patients[COVARIATES], patients["grade"], levels)
    score = (
        np.nan
        if fit.reason
        else ranked_probability_score(
            patients["grade"], predict_ordinal(fit.thresholds, fit.coefficients, patients[COVARIATES]), levels
        )
    )
    return {
        "rps_of_ordinal_logistic": explain_nan(score, fit.reason),
        "definition": f"sum over k = 1..{len(levels) - 1} of (P(grade <= k) - 1[grade <= k])^2, mean over patients",
    }


def _scored(kind: Any, probabilities: Floats, classes: Sequence[str]) -> Tree:
    areas = class_aucs(kind, probabilities, classes)
    found = fit_temperature(kind, probabilities, classes)
    cooled = (
        np.nan if found.reason else class_log_loss(kind, apply_temperature(found.temperature, probabilities), classes)
    )
    return {
        "auc_one_vs_rest": {
            str(name): explain_nan(float(row["auc"]), str(row["reason"])) for name, row in areas.classes.iterrows()
        },
        **pick_fields(areas, {"auc_macro": "macro", "auc_weighted": "weighted", "auc_hand_till": "hand_till"}),
        "log_loss": class_log_loss(kind, probabilities, classes),
        "brier": class_brier(kind, probabilities, classes),
        "accuracy": class_accuracy(kind, probabilities, classes),
        "temperature": explain_nan(found.temperature, found.reason),
        "log_loss_at_temperature": explain_nan(cooled, found.reason),
    }


def _features(patients: pd.DataFrame) -> tuple[list[str], Floats]:
    names = [str(name) for name in patients if str(name).startswith("x") and str(name)[1:].isdigit()]
    return names, patients[names].to_numpy(dtype=np.float64)


def _levels(grade: pd.Series) -> list[int]:
    return sorted(int(level) for level in grade.unique())


def _coefficients(path: MultinomialPath, step: int, classes: Sequence[str], names: Sequence[str]) -> Tree:
    return {
        label: {"intercept": path.intercepts[step, k], **dict(zip(names, path.coefficients[step, k], strict=True))}
        for k, label in enumerate(classes)
    }


def _explained(names: Sequence[str], values: Any, reason: str) -> Tree:
    return {name: explain_nan(float(value), reason) for name, value in zip(names, values, strict=True)}
