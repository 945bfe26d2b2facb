"""ROC curves, cutoffs and paired decisions of two models of the same patients."""

from collections.abc import Sequence
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from sonomics.statistics.classification.confusion import Classification, Confusion, classify, confusion
from sonomics.statistics.classification.cutoffs import Cutoff, accuracy_cutoff, youden_cutoff
from sonomics.statistics.classification.proportion import Proportion
from sonomics.statistics.comparison.mcnemar import McNemar, mcnemar
from sonomics.statistics.discrimination.auc import auc, auc_interval, delong, hanley_mcneil_se, logit_interval
from sonomics.statistics.discrimination.auc_comparison import delong_test, unpaired_delong_test
from sonomics.statistics.resampling.bootstrap import summarise_draws, weighted_aucs
from sonomics.verify.tree import Tree, Undefined, because, nothing, picked

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


def models_of(patients: pd.DataFrame) -> list[str]:
    """Columns of model probabilities, in the order of the file."""
    return [name for name in map(str, patients.columns) if name.startswith("model_")]


def parts_of(patients: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All, training and test patients."""
    return {"all": patients} | {name: patients[patients["set"] == name] for name in ("train", "test")}


def area(y: Any, score: Any) -> Tree:
    """AUC with the three intervals."""
    wald, on_logit = auc_interval(y, score), logit_interval(y, score)
    positives = int(np.sum(y))
    return (
        picked(wald, {"auc": "estimate", "se_delong": "se", "ci_delong": ("lower", "upper")})
        | picked(on_logit, {"ci_delong_logit": ("lower", "upper")})
        | {"se_hanley_mcneil": because(hanley_mcneil_se(wald.estimate, positives, np.size(y) - positives), wald.reason)}
    )


def roc(patients: pd.DataFrame, resamples: pd.DataFrame) -> Tree:
    """AUCs, paired and unpaired tests, and the bootstrap of given resamples."""
    first, second = models_of(patients)[:2]
    parts = parts_of(patients)
    tree: Tree = {}
    for name, rows in parts.items():
        paired = delong_test(rows["y"], rows[first], rows[second])
        covariance = delong(rows["y"], rows[[first, second]].to_numpy().T)[1][0, 1]
        tree[name] = {
            "n": len(rows),
            "n_pos": int(rows["y"].sum()),
            first: area(rows["y"], rows[first]),
            second: area(rows["y"], rows[second]),
            "delong_paired": {"cov": because(float(covariance), "fewer than two cases in a class")}
            | picked(
                paired,
                {_difference(first, second): "difference", "se": "se", "z": "z", "p": "p", "ci": ("lower", "upper")},
            ),
        }
    train, test = parts["train"], parts["test"]
    unpaired = unpaired_delong_test(train["y"], train[second], test["y"], test[second])
    names = {"diff": "difference", "z": "z", "p_normal": "p", "df_welch": "df", "p_welch_pROC": "p_welch"}
    tree[f"delong_unpaired_{_short(second)}_train_vs_test"] = picked(unpaired, names)
    tree["bootstrap_given_indices"] = _bootstrap(patients, first, second, resamples)
    return tree


def cutoffs(patients: pd.DataFrame) -> Tree:
    """Cutoffs chosen on training patients and what they give, unchanged, on test patients."""
    parts = parts_of(patients)
    tree: Tree = {}
    for model in models_of(patients):
        train, test = ((parts[name]["y"], parts[name][model]) for name in ("train", "test"))
        youden, accuracy = youden_cutoff(*train), accuracy_cutoff(*train)
        tree[model] = {
            "youden": _cutoff(youden),
            "max_accuracy": _cutoff(accuracy),
            "train_at_youden": performance(*train, youden.cutoff),
            "test_at_frozen_youden": performance(*test, youden.cutoff),
            "test_at_frozen_max_accuracy": performance(*test, accuracy.cutoff),
            f"test_at_{FIXED_CUTOFF}": performance(*test, FIXED_CUTOFF),
        }
    return tree


def mcnemar_test_set(patients: pd.DataFrame) -> Tree:
    """Two models, each at its own frozen Youden cutoff, on test patients."""
    parts = parts_of(patients)
    train, test = parts["train"], parts["test"]
    first, second = models_of(patients)[:2]
    frozen = [youden_cutoff(train["y"], train[model]).cutoff for model in (first, second)]
    if any(isnan(cutoff) for cutoff in frozen):
        return {name: nothing(MCNEMAR, "no cutoff: only one class in training") for name in _KINDS}
    called = [(test[model] >= cutoff).to_numpy() for model, cutoff in zip((first, second), frozen, strict=True)]
    return paired_decisions(test["y"].to_numpy() == 1, called)


def paired_decisions(positive: np.ndarray, called: Sequence[np.ndarray]) -> Tree:
    """McNemar's test of two decisions over all cases, the positives and the negatives."""
    right = [decision == positive for decision in called]
    return {
        name: discordance(mcnemar(*(side[members] for side in right)))
        for name, members in zip(_KINDS, (np.ones_like(positive), positive, ~positive), strict=True)
    }


def discordance(test: McNemar) -> Tree:
    """McNemar's test under the names of the reference."""
    return picked(test, MCNEMAR)


def share(value: Proportion) -> Tree:
    """A proportion with its counts and intervals."""
    return {
        "x": value.x,
        "n": value.n,
        "est": because(value.estimate, NOBODY),
        "clopper_pearson": [because(bound, NOBODY) for bound in value.clopper_pearson],
        "wilson": [because(bound, NOBODY) for bound in value.wilson],
    }


def performance(y: Any, score: Any, cutoff: float) -> Tree:
    """All measures at a cutoff; undefined when there is none."""
    if isnan(cutoff):
        reason = "no cutoff: only one class in training"
        counts = nothing(Confusion._fields, reason)
        unknown: Tree = nothing(("x", "n", "est"), reason) | {
            name: [Undefined(reason), Undefined(reason)] for name in ("clopper_pearson", "wilson")
        }
        return counts | {name: dict(unknown) for name in PROPORTIONS} | nothing(SUMMARIES, reason)
    return measures(classify(confusion(y, score, cutoff)))


def measures(found: Classification) -> Tree:
    """A confusion table and everything that follows from it."""
    return (
        found.confusion._asdict()
        | {name: share(getattr(found, name)) for name in PROPORTIONS}
        | {name: because(getattr(found, name), "an empty margin: 0/0") for name in SUMMARIES}
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
        **picked(a, {f"auc_{_short(first)}_sd": "se"}),
        **picked(a, {f"auc_{_short(first)}_ci": ("lower", "upper")}),
        **picked(b, {f"auc_{_short(second)}_ci": ("lower", "upper")}),
        **picked(difference, {f"{_difference(first, second)}_ci": ("lower", "upper"), "diff_sd": "se"}),
        "p_two_sided_normal": p,
    }


def _cutoff(chosen: Cutoff) -> Tree:
    if chosen.reason:
        return nothing(("cutoff", "value", "n_ties"), chosen.reason) | {"tied_cutoffs": []}
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
