"""ROC curves, cutoffs and paired decisions of two models of the same patients."""

from collections.abc import Sequence
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sonomics.statistics.classification.confusion import Classification, Confusion, count_confusion, summarise_confusion
from sonomics.statistics.classification.cutoffs import Cutoff, accuracy_cutoff, youden_cutoff
from sonomics.statistics.classification.proportion import Proportion
from sonomics.statistics.comparison.mcnemar import McNemar, mcnemar
from sonomics.statistics.discrimination.auc import (
    auc,
    auc_interval,
    auc_logit_interval,
    delong_covariance,
    hanley_mcneil_se,
)
from sonomics.statistics.discrimination.auc_comparison import delong_test, unpaired_delong_test
from sonomics.statistics.resampling.bootstrap import summarise_draws, weighted_aucs
from sonomics.verify.tree import Tree, Undefined, explain_nan, pick_fields, undefined_fields

PROPORTIONS = ("sensitivity", "specificity", "ppv", "npv", "accuracy")
SUMMARIES = ("f1", "balanced_accuracy", "youden", "mcc", "kappa", "lr_pos", "lr_neg")
MCNEMAR = {
    "b": "b",
    "c": "c",
    "chi2_cc": "chi2_corrected",
    "p_cc": "p_corrected",
    "chi2": "chi2",
    "p": "p",
    "p_exact": "p_exact",
    "p_midp": "p_mid",
}
FIXED_CUTOFF = 0.5
NOBODY = "0 of 0"


def list_models(patients: pd.DataFrame) -> list[str]:
    """List the columns of model probabilities, in the order of the file."""
    return [name for name in map(str, patients.columns) if name.startswith("model_")]


def split_by_set(patients: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split the table into all, training and test patients."""
    return {"all": patients} | {name: patients[patients["set"] == name] for name in ("train", "test")}


def auc_fields(y: Any, score: Any) -> Tree:
    """Compute an AUC with its three intervals."""
    wald, on_logit = auc_interval(y, score), auc_logit_interval(y, score)
    positives = int(np.sum(y))
    return (
        pick_fields(wald, {"auc": "estimate", "se_delong": "se", "ci_delong": ("lower", "upper")})
        | pick_fields(on_logit, {"ci_delong_logit": ("lower", "upper")})
        | {
            "se_hanley_mcneil": explain_nan(
                hanley_mcneil_se(wald.estimate, positives, np.size(y) - positives), wald.reason
            )
        }
    )


def roc(patients: pd.DataFrame, resamples: pd.DataFrame) -> Tree:
    """Compute AUCs, paired and unpaired tests, and the bootstrap of given resamples."""
    first, second = list_models(patients)[:2]
    parts = split_by_set(patients)
    tree: Tree = {}
    for name, rows in parts.items():
        paired = delong_test(rows["y"], rows[first], rows[second])
        covariance = delong_covariance(rows["y"], rows[[first, second]].to_numpy().T)[1][0, 1]
        tree[name] = {
            "n": len(rows),
            "n_pos": int(rows["y"].sum()),
            first: auc_fields(rows["y"], rows[first]),
            second: auc_fields(rows["y"], rows[second]),
            "delong_paired": {"cov": explain_nan(float(covariance), "fewer than two cases in a class")}
            | pick_fields(
                paired,
                {_difference(first, second): "difference", "se": "se", "z": "z", "p": "p", "ci": ("lower", "upper")},
            ),
        }
    train, test = parts["train"], parts["test"]
    unpaired = unpaired_delong_test(train["y"], train[second], test["y"], test[second])
    names = {"diff": "difference", "z": "z", "p_normal": "p", "df_welch": "df", "p_welch_pROC": "p_welch"}
    tree[f"delong_unpaired_{_short(second)}_train_vs_test"] = pick_fields(unpaired, names)
    tree["bootstrap_given_indices"] = _bootstrap(patients, first, second, resamples)
    return tree


def cutoffs(patients: pd.DataFrame) -> Tree:
    """Choose cutoffs on training patients and apply them, unchanged, to test patients."""
    parts = split_by_set(patients)
    tree: Tree = {}
    for model in list_models(patients):
        train, test = ((parts[name]["y"], parts[name][model]) for name in ("train", "test"))
        youden, accuracy = youden_cutoff(*train), accuracy_cutoff(*train)
        tree[model] = {
            "youden": _cutoff(youden),
            "max_accuracy": _cutoff(accuracy),
            "train_at_youden": measure_at_cutoff(*train, youden.cutoff),
            "test_at_frozen_youden": measure_at_cutoff(*test, youden.cutoff),
            "test_at_frozen_max_accuracy": measure_at_cutoff(*test, accuracy.cutoff),
            f"test_at_{FIXED_CUTOFF}": measure_at_cutoff(*test, FIXED_CUTOFF),
        }
    return tree


def mcnemar_test_set(patients: pd.DataFrame) -> Tree:
    """Compare two models, each at its own frozen Youden cutoff, on test patients."""
    parts = split_by_set(patients)
    train, test = parts["train"], parts["test"]
    first, second = list_models(patients)[:2]
    frozen = [youden_cutoff(train["y"], train[model]).cutoff for model in (first, second)]
    if any(isnan(cutoff) for cutoff in frozen):
        return {name: undefined_fields(MCNEMAR, "no cutoff: only one class in training") for name in _KINDS}
    called = [(test[model] >= cutoff).to_numpy() for model, cutoff in zip((first, second), frozen, strict=True)]
    return compare_decisions(test["y"].to_numpy() == 1, called)


def compare_decisions(positive: np.ndarray, called: Sequence[np.ndarray]) -> Tree:
    """Compare two decisions by McNemar's test over all cases, the positives and the negatives."""
    right = [decision == positive for decision in called]
    return {
        name: mcnemar_fields(mcnemar(*(side[members] for side in right)))
        for name, members in zip(_KINDS, (np.ones_like(positive), positive, ~positive), strict=True)
    }


def mcnemar_fields(test: McNemar) -> Tree:
    """Return McNemar's test under the names of the reference."""
    return pick_fields(test, MCNEMAR)


def proportion_fields(value: Proportion) -> Tree:
    """Return a proportion with its counts and intervals."""
    return {
        "x": value.x,
        "n": value.n,
        "est": explain_nan(value.estimate, NOBODY),
        "clopper_pearson": [explain_nan(bound, NOBODY) for bound in value.clopper_pearson],
        "wilson": [explain_nan(bound, NOBODY) for bound in value.wilson],
    }


def measure_at_cutoff(y: Any, score: Any, cutoff: float) -> Tree:
    """Compute all measures at a cutoff; undefined when there is none."""
    if isnan(cutoff):
        reason = "no cutoff: only one class in training"
        counts = undefined_fields(Confusion._fields, reason)
        unknown: Tree = undefined_fields(("x", "n", "est"), reason) | {
            name: [Undefined(reason), Undefined(reason)] for name in ("clopper_pearson", "wilson")
        }
        return counts | {name: dict(unknown) for name in PROPORTIONS} | undefined_fields(SUMMARIES, reason)
    return classification_fields(summarise_confusion(count_confusion(y, score, cutoff)))


def classification_fields(measures: Classification) -> Tree:
    """Return a confusion table and the measures that follow from it."""
    return (
        measures.confusion._asdict()
        | {name: proportion_fields(getattr(measures, name)) for name in PROPORTIONS}
        | {name: explain_nan(getattr(measures, name), "an empty margin: 0/0") for name in SUMMARIES}
    )


_KINDS = ("accuracy", "sensitivity", "specificity")


def _bootstrap(patients: pd.DataFrame, first: str, second: str, resamples: pd.DataFrame) -> Tree:
    y = patients["y"].to_numpy()
    weights = np.stack([np.bincount(draw - 1, minlength=y.size) for draw in resamples.to_numpy(dtype=np.int64)])
    draws = {model: weighted_aucs(y, patients[model], weights) for model in (first, second)}
    areas = {model: auc(y, patients[model]) for model in (first, second)}
    a, b = (summarise_draws(areas[model], draws[model]) for model in (first, second))
    difference = summarise_draws(areas[first] - areas[second], draws[first] - draws[second])
    defined = draws[first][~np.isnan(draws[first])]
    p = _normal_p(difference.estimate / difference.se) if difference.se > 1e-12 else Undefined("no variance")
    return {
        "n_resamples": len(weights),
        f"auc_{_short(first)}_mean": float(defined.mean()) if defined.size else Undefined(a.reason),
        **pick_fields(a, {f"auc_{_short(first)}_sd": "se"}),
        **pick_fields(a, {f"auc_{_short(first)}_ci": ("lower", "upper")}),
        **pick_fields(b, {f"auc_{_short(second)}_ci": ("lower", "upper")}),
        **pick_fields(difference, {f"{_difference(first, second)}_ci": ("lower", "upper"), "diff_sd": "se"}),
        "p_two_sided_normal": p,
    }


def _cutoff(chosen: Cutoff) -> Tree:
    if chosen.reason:
        return undefined_fields(("cutoff", "value", "n_ties"), chosen.reason) | {"tied_cutoffs": []}
    return {
        "cutoff": chosen.cutoff,
        "value": chosen.value,
        "n_ties": len(chosen.tied),
        "tied_cutoffs": list(chosen.tied),
    }


def _normal_p(z: float) -> float:
    return float(2 * ndtr(-abs(z)))


def _short(model: str) -> str:
    return model.removeprefix("model_")


def _difference(first: str, second: str) -> str:
    return f"diff_{_short(first)}_minus_{_short(second)}"
