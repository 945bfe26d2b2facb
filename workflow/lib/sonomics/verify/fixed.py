"""Sample sizes from given inputs, and small cases with known answers."""

from typing import Any

from sonomics.statistics.agreement.kappa import cohen_kappa, fleiss_kappa
from sonomics.statistics.classification.confusion import count_confusion, summarise_confusion
from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.comparison.mcnemar import mcnemar_counts
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.planning.sample_size import SHRINKAGE, BinarySize, binary_size, r2_of_c, survival_size
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, survival_at
from sonomics.verify.discrimination import auc_fields, classification_fields, mcnemar_fields, proportion_fields
from sonomics.verify.tree import Tree, explain_nan, pick_fields, undefined_fields

SIZES = ("n1", "n2", "n3", "n")


def sample_size(inputs: dict[str, Any]) -> Tree:
    """Compute Riley's sample sizes of a binary model, from R2 and from C, and of a survival model."""
    binary, survival = inputs["binary"], inputs["survival"]
    parameters, prevalence = binary["parameters"], binary["prevalence"]
    r2 = _or_nan(r2_of_c, binary["cstatistic"], prevalence)
    return {
        "binary_from_r2": _binary(parameters, binary["r2_cs_adj"], prevalence),
        "binary_from_c": {"cstatistic": binary["cstatistic"], "r2_cs_from_c_exact_binormal": r2}
        | _binary(parameters, r2, prevalence),
        "survival": _survival(survival),
    }


def edge_cases() -> Tree:
    """Compute statistics of degenerate inputs, all given here."""
    perfect = {"y": [0, 0, 0, 1, 1], "score": [0.1, 0.2, 0.3, 0.6, 0.9]}
    nobody = {"y": [1, 1, 0, 0, 0], "pred": [0, 0, 0, 0, 0]}
    ratings, constant = [[1, 1, 1]] * 4, [1, 1, 1, 1]
    followed = {"time": [2, 4, 6, 8, 10, 12], "event": [1, 0, 1, 0, 0, 0]}
    tied: Tree = {"y": [0, 1, 0, 1], "score": [0.5, 0.5, 0.5, 0.5]}
    curve = kaplan_meier(followed["time"], followed["event"])
    perfect_area = auc_fields(perfect["y"], perfect["score"])
    perfect_area.pop("se_hanley_mcneil")
    called = classification_fields(summarise_confusion(count_confusion(nobody["y"], nobody["pred"], 1.0)))
    kept = ("tp", "fp", "tn", "fn", "sensitivity", "specificity", "ppv", "npv", "f1", "mcc", "kappa")
    return {
        **{f"prop_{x}_of_{n}": proportion_fields(proportion(x, n)) for x, n in ((0, 25), (25, 25), (0, 0), (1, 3))},
        "perfect_auc": perfect | perfect_area,
        "no_predicted_positive": nobody | {name: called[name] for name in kept},
        "mcnemar_no_discordant": mcnemar_fields(mcnemar_counts(0, 0)),
        "mcnemar_b_eq_c": mcnemar_fields(mcnemar_counts(2, 2)),
        "fleiss_single_category": {"ratings": ratings} | pick_fields(fleiss_kappa(ratings), {"kappa": "kappa"}),
        "cohen_constant_raters": {"r1": constant, "r2": constant}
        | pick_fields(cohen_kappa(constant, constant), {"kappa": "estimate"}),
        "km_median_not_reached": followed
        | {"surv_at_12": survival_at(curve, [12])["survival"].iloc[0]}
        | pick_fields(curve.median, {"median": "estimate"}),
        "auc_with_all_tied_scores": tied | {"auc": auc(tied["y"], tied["score"])},
    }


def _binary(parameters: int, r2: float, prevalence: float) -> Tree:
    given = {"parameters": parameters, "r2_cs_adj": r2, "prevalence": prevalence, "shrinkage": SHRINKAGE}
    try:
        size: BinarySize = binary_size(parameters, r2, prevalence)
    except ValueError as error:
        rest = ("max_r2_cs", "nagelkerke_r2", "shrinkage_criterion2", "events", "epp")
        return given | undefined_fields((*SIZES, *rest), str(error))
    return given | pick_fields(
        size,
        {name: name for name in SIZES}
        | {
            "max_r2_cs": "max_r2",
            "nagelkerke_r2": "nagelkerke",
            "shrinkage_criterion2": "shrinkage2",
            "events": "events",
            "epp": "events_per_parameter",
        },
    )


def _survival(given: dict[str, Any]) -> Tree:
    names = ("parameters", "r2_cs_adj", "rate", "timepoint", "mean_followup")
    inputs = {name: given[name] for name in names} | {"shrinkage": SHRINKAGE}
    fields = {
        "n1": "n1",
        "n2": "n2",
        "n": "n",
        "max_r2_cs": "max_r2",
        "shrinkage_criterion2": "shrinkage2",
        "events": "events",
        "cuminc": "risk",
        "cuminc_ci": ("lower", "upper"),
    }
    try:
        size = survival_size(*(given[name] for name in names))
    except ValueError as error:
        return inputs | undefined_fields(fields, str(error))
    return inputs | pick_fields(size, fields)


def _or_nan(function: Any, *values: float) -> Any:
    try:
        return function(*values)
    except ValueError as error:
        return explain_nan(float("nan"), str(error))
