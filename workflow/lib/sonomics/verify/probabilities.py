"""Calibration, decision curves and reclassification of two models' probabilities."""

from typing import Any

import pandas as pd

from sonomics.statistics.calibration.grouped import expected_calibration_error, grouped_calibration, hosmer_lemeshow
from sonomics.statistics.calibration.intercept_slope import (
    calibration_in_the_large,
    calibration_slope,
    observed_to_expected,
    recalibrate_at_site,
)
from sonomics.statistics.calibration.probability_scores import (
    brier,
    log_loss,
    null_brier,
    scaled_brier,
    spiegelhalter_test,
)
from sonomics.statistics.calibration.smoothed import loess_errors
from sonomics.statistics.clinical_utility.decision_curve import net_benefit
from sonomics.statistics.clinical_utility.reclassification import Reclassification, categorical_nri, continuous_nri, idi
from sonomics.verify.discrimination import list_models, split_by_set
from sonomics.verify.tree import Tree, explain_nan, pick_fields

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)
RISK_CLASSES = (0.2, 0.5)
NO_CASES = "no cases"
ONE_CLASS = "only one class"


def calibration(patients: pd.DataFrame) -> Tree:
    """Compute the calibration of two models on all patients and of the first on test patients."""
    parts = split_by_set(patients)
    first, second = list_models(patients)[:2]
    chosen = ((first, "all"), (second, "all"), (first, "test"))
    return {f"{model}_{part}": _calibrated(parts[part]["y"], parts[part][model]) for model, part in chosen}


def dca_binary_all(patients: pd.DataFrame) -> Tree:
    """Compute the net benefit at literal thresholds, all patients."""
    first, second = list_models(patients)[:2]
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
    """Compute the reclassification from the first to the second model, all patients."""
    first, second = list_models(patients)[:2]
    data = (patients["y"], patients[first], patients[second])
    fields = {"idi": "idi", "se": "se", "z": "z", "p": "p", "ci": ("lower", "upper")}
    return {
        "cutoffs": list(RISK_CLASSES),
        "categorical": _reclassification(categorical_nri(*data, RISK_CLASSES)),
        "continuous": _reclassification(continuous_nri(*data)),
        "idi": pick_fields(idi(*data), fields),
    }


def _calibrated(y: Any, probability: Any) -> Tree:
    large, slope = calibration_in_the_large(y, probability), calibration_slope(y, probability)
    joint, _, _ = recalibrate_at_site(y, probability)
    observed = grouped_calibration(y, probability)
    test = hosmer_lemeshow(y, probability)
    return {
        **pick_fields(large, {"citl_intercept": "estimate", "citl_se": "se", "citl_ci": ("lower", "upper")}),
        **pick_fields(slope, {"slope": "estimate", "slope_se": "se", "slope_ci": ("lower", "upper")}),
        **pick_fields(joint, {"intercept_joint": "estimate"}),
        "brier": explain_nan(brier(y, probability), NO_CASES),
        "brier_null": explain_nan(null_brier(y), NO_CASES),
        "brier_scaled": explain_nan(scaled_brier(y, probability), ONE_CLASS),
        "oe_ratio": explain_nan(observed_to_expected(y, probability), NO_CASES),
        "log_loss": explain_nan(log_loss(y, probability), NO_CASES),
        **pick_fields(
            loess_errors(y, probability),
            {"ici_loess": "ici", "e50_loess": "e50", "e90_loess": "e90", "emax_loess": "emax"},
        ),
        **pick_fields(spiegelhalter_test(y, probability), {"spiegelhalter_z": "statistic", "spiegelhalter_p": "p"}),
        "hl_quantile_cut": pick_fields(test, {"chi2": "chi2", "groups": "groups"})
        | {"group_sizes": observed["n"].to_numpy()}
        | pick_fields(test, {name: name for name in ("df_internal", "p_internal", "df_external", "p_external")}),
        "deciles_quantile_cut": [
            {
                "n": row.n,
                "mean_pred": row.predicted,
                "obs": row.observed,
                "wilson": [row.lower, row.upper],
            }
            for row in observed.itertuples()
        ],
        "ece_quantile_cut": explain_nan(expected_calibration_error(y, probability), NO_CASES),
    }


def _reclassification(result: Reclassification) -> Tree:
    return pick_fields(
        result,
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
