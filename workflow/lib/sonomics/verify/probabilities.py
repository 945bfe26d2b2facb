"""Calibration, decision curves and reclassification of two models' probabilities."""

from typing import Any

import pandas as pd

from sonomics.statistics.calibration.grouped import expected_calibration_error, grouped_calibration, hosmer_lemeshow
from sonomics.statistics.calibration.intercept_slope import (
    calibration_in_the_large,
    calibration_slope,
    observed_to_expected,
    site_recalibration,
)
from sonomics.statistics.calibration.probability_scores import brier, log_loss, null_brier, scaled_brier, spiegelhalter
from sonomics.statistics.calibration.smoothed import loess_errors
from sonomics.statistics.clinical_utility.decision_curve import net_benefit
from sonomics.statistics.clinical_utility.reclassification import Reclassification, categorical_nri, continuous_nri, idi
from sonomics.verify.discrimination import models_of, parts_of
from sonomics.verify.tree import Tree, because, picked

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)
RISK_CLASSES = (0.2, 0.5)
NO_CASES = "no cases"
ONE_CLASS = "only one class"


def calibration(patients: pd.DataFrame) -> Tree:
    """Calibration of two models on all patients and of the first on test patients."""
    parts = parts_of(patients)
    first, second = models_of(patients)[:2]
    chosen = ((first, "all"), (second, "all"), (first, "test"))
    return {f"{model}_{part}": _calibrated(parts[part]["y"], parts[part][model]) for model, part in chosen}


def dca_binary_all(patients: pd.DataFrame) -> Tree:
    """Net benefit at literal thresholds, all patients."""
    first, second = models_of(patients)[:2]
    curves = {model: net_benefit(patients["y"], patients[model], THRESHOLDS) for model in (first, second)}
    return {
        "thresholds": list(THRESHOLDS),
        "treat_all": curves[first]["treat_all"].to_numpy(),
        "treat_none": curves[first]["treat_none"].to_numpy(),
        first: curves[first]["model"].to_numpy(),
        second: curves[second]["model"].to_numpy(),
        f"{second}_interventions_avoided_per_100": curves[second]["avoided_per_100"].to_numpy(),
    }


def reclassification_a_to_b(patients: pd.DataFrame) -> Tree:
    """Reclassification from the first to the second model, all patients."""
    first, second = models_of(patients)[:2]
    data = (patients["y"], patients[first], patients[second])
    found = {"idi": "idi", "se": "se", "z": "z", "p": "p", "ci": ("lower", "upper")}
    return {
        "cutoffs": list(RISK_CLASSES),
        "categorical": _moved(categorical_nri(*data, RISK_CLASSES)),
        "continuous": _moved(continuous_nri(*data)),
        "idi": picked(idi(*data), found),
    }


def _calibrated(y: Any, probability: Any) -> Tree:
    large, slope = calibration_in_the_large(y, probability), calibration_slope(y, probability)
    joint, _, _ = site_recalibration(y, probability)
    observed = grouped_calibration(y, probability)
    test = hosmer_lemeshow(y, probability)
    return {
        **picked(large, {"citl_intercept": "estimate", "citl_se": "se", "citl_ci": ("lower", "upper")}),
        **picked(slope, {"slope": "estimate", "slope_se": "se", "slope_ci": ("lower", "upper")}),
        **picked(joint, {"intercept_joint": "estimate"}),
        "brier": because(brier(y, probability), NO_CASES),
        "brier_null": because(null_brier(y), NO_CASES),
        "brier_scaled": because(scaled_brier(y, probability), ONE_CLASS),
        "oe_ratio": because(observed_to_expected(y, probability), NO_CASES),
        "log_loss": because(log_loss(y, probability), NO_CASES),
        **picked(
            loess_errors(y, probability),
            {"ici_loess": "ici", "e50_loess": "e50", "e90_loess": "e90", "emax_loess": "emax"},
        ),
        **picked(spiegelhalter(y, probability), {"spiegelhalter_z": "statistic", "spiegelhalter_p": "p"}),
        "hl_quantile_cut": picked(test, {"chi2": "chi2", "groups": "groups"})
        | {"group_sizes": observed["n"].to_numpy()}
        | picked(test, {name: name for name in ("df_internal", "p_internal", "df_external", "p_external")}),
        "deciles_quantile_cut": [
            {
                "n": row.n,
                "mean_pred": row.predicted,
                "obs": row.observed,
                "wilson": [row.lower, row.upper],
            }
            for row in observed.itertuples()
        ],
        "ece_quantile_cut": because(expected_calibration_error(y, probability), NO_CASES),
    }


def _moved(found: Reclassification) -> Tree:
    return picked(
        found,
        {
            "nri": "nri",
            "nri_events": "events",
            "nri_nonevents": "nonevents",
            "p_up_events": "up_events",
            "p_down_events": "down_events",
            "p_up_nonevents": "up_nonevents",
            "p_down_nonevents": "down_nonevents",
            "se_hmisc": "se",
            "z_hmisc": "z",
            "p_hmisc": "p",
            "ci_hmisc": ("lower", "upper"),
            "se_pencina2008_null": "se_null",
            "z_pencina2008_null": "z_null",
        },
    )
