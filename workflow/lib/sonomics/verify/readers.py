"""A reader study: agreement, every reader's decisions, and readers with and without aid."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sonomics.statistics.agreement.kappa import FleissKappa, Kappa, cohen_kappa, fleiss_kappa
from sonomics.statistics.classification.confusion import Confusion, summarise_confusion
from sonomics.statistics.discrimination.auc import delong_covariance
from sonomics.statistics.readers.covariance import jackknife_auc_covariance, jackknife_share_covariance
from sonomics.statistics.readers.mrmc import Contrast, ReaderMean, analyse_reader_study
from sonomics.verify.discrimination import compare_decisions, proportion_fields
from sonomics.verify.tree import Tree, explain_nan, pick_fields

SHARES = ("sensitivity", "specificity", "accuracy")
UNAIDED = "unaided"
FEW_CASES = "fewer than two cases in a class"


def readers(readings: pd.DataFrame) -> Tree:
    """Compute the reader study; reading without aid, or else the file's first modality, is the reference."""
    modalities = sorted(readings["modality"].unique(), key=lambda modality: modality != UNAIDED)
    names = sorted(readings["reader"].unique())
    if len(modalities) < 2:
        raise ValueError("a reader study has readings without and with aid")
    study = _Study(readings, modalities, names)
    return {
        "agreement": {modality: _agreement(study, modality) for modality in modalities},
        "per_reader": {name: _reader(study, name) for name in names},
        "mrmc_auc_delong": _mrmc(study, *delong_covariance(study.labels, study.rows("score"))),
        "mrmc_auc_jackknife_dbm": _mrmc(study, *jackknife_auc_covariance(study.labels, study.rows("score"))),
        "mrmc_sensitivity_jackknife": _mrmc(study, *jackknife_share_covariance(study.hits(1))),
        "mrmc_specificity_jackknife": _mrmc(study, *jackknife_share_covariance(study.hits(0))),
    }


class _Study:
    """Readings as arrays: one row per modality and reader, one column per case that all readers have read."""

    def __init__(self, readings: pd.DataFrame, modalities: list[str], names: list[str]) -> None:
        self.modalities, self.names = modalities, names
        self.categories = np.sort(readings["category"].unique())
        wide = readings.pivot(index="case_id", columns=["modality", "reader"], values=["score", "category", "decision"])
        self.wide = wide.dropna()
        labels = readings.drop_duplicates("case_id").set_index("case_id")["truth"]
        self.labels = labels.reindex(self.wide.index).to_numpy()

    def of(self, column: str, modality: str, name: str) -> np.ndarray:
        return self.wide[(column, modality, name)].to_numpy()

    def ratings(self, column: str, modality: str) -> np.ndarray:
        return np.stack([self.of(column, modality, name) for name in self.names], axis=1)

    def rows(self, column: str) -> np.ndarray:
        return np.concatenate([self.ratings(column, modality).T for modality in self.modalities[:2]])

    def hits(self, label: int) -> np.ndarray:
        return np.asarray(self.rows("decision")[:, self.labels == label] == label)


def _agreement(study: _Study, modality: str) -> Tree:
    decisions, categories = (study.ratings(column, modality) for column in ("decision", "category"))
    tree: Tree = {
        "fleiss_decision": _fleiss(fleiss_kappa(decisions)),
        "fleiss_category": _fleiss(fleiss_kappa(categories)),
    }
    if len(study.names) > 1:
        pair = f"cohen_{study.names[0]}_{study.names[1]}"
        scale = study.categories
        tree[f"{pair}_decision"] = _cohen(cohen_kappa(decisions[:, 0], decisions[:, 1]))
        for name, weights in (("unweighted", "none"), ("linear", "linear"), ("quadratic", "quadratic")):
            kappa = cohen_kappa(categories[:, 0], categories[:, 1], weights, categories=scale)  # type: ignore[arg-type]
            tree[f"{pair}_category_{name}"] = _cohen(kappa)
    pairs = [
        cohen_kappa(decisions[:, a], decisions[:, b]).estimate for a, b in combinations(range(len(study.names)), 2)
    ]
    tree["mean_pairwise_cohen_decision"] = explain_nan(
        float(np.mean(pairs)) if pairs else float("nan"), "a pair of readers uses one category only"
    )
    return tree


def _fleiss(kappa: FleissKappa) -> Tree:
    names = {
        "kappa": "kappa",
        "po": "observed",
        "pe": "by_chance",
        "se_null_fleiss1979": "se_null",
        "z_null": "z",
        "se_gwet2008": "se",
        "ci_gwet_t": ("lower", "upper"),
        "ci_gwet_z": ("lower_normal", "upper_normal"),
    }
    return pick_fields(kappa, names)


def _cohen(kappa: Kappa) -> Tree:
    names = {"kappa": "estimate", "po": "observed", "pe": "by_chance", "se": "se", "ci": ("lower", "upper")}
    return pick_fields(kappa, names | {"se_null": "se_null", "z": "z"})


def _reader(study: _Study, name: str) -> Tree:
    positive = study.labels == 1
    tree: Tree = {}
    called = []
    for modality in study.modalities:
        decision = study.of("decision", modality, name) == 1
        counts = Confusion(
            int((positive & decision).sum()),
            int((~positive & decision).sum()),
            int((~positive & ~decision).sum()),
            int((positive & ~decision).sum()),
        )
        measures = summarise_confusion(counts)
        tree[modality] = counts._asdict() | {key: proportion_fields(getattr(measures, key)) for key in SHARES}
        called.append(decision)
    if len(called) > 1:
        tree[f"mcnemar_{study.modalities[0]}_vs_{study.modalities[1]}"] = compare_decisions(positive, called[:2])
    return tree


def _mrmc(study: _Study, values: Any, covariance: Any) -> Tree:
    first, second = study.modalities[:2]
    analysis = analyse_reader_study(np.asarray(values).reshape(2, -1), covariance)
    parts = analysis.components
    return {
        f"reader_values_{first}": [explain_nan(float(value), FEW_CASES) for value in analysis.estimates[0]],
        f"reader_values_{second}": [explain_nan(float(value), FEW_CASES) for value in analysis.estimates[1]],
        f"mean_{first}": explain_nan(float(analysis.estimates[0].mean()), FEW_CASES),
        f"mean_{second}": explain_nan(float(analysis.estimates[1].mean()), FEW_CASES),
        **{
            name: explain_nan(value, "too few readers or cases")
            for name, value in {
                "MS_T": parts.treatment,
                "MS_R": parts.reader,
                "MS_TR": parts.product,
                "var_error": parts.variance,
                "cov1": parts.same_reader,
                "cov2": parts.same_treatment,
                "cov3": parts.neither,
            }.items()
        },
        "rrrc": _random(analysis.both_random, f"diff_{second}_minus_{first}")
        | {f"single_{name}": _mean(mean) for name, mean in zip((first, second), analysis.single, strict=True)},
        "frrc": pick_fields(analysis.readers_fixed, {"z": "statistic"})
        | {"chi2": explain_nan(analysis.readers_fixed.statistic**2, analysis.readers_fixed.reason)}
        | pick_fields(analysis.readers_fixed, {"p": "p", "se": "se", "ci": ("lower", "upper")}),
        "rrfc": pick_fields(
            analysis.cases_fixed, {"t": "statistic", "df": "df2", "p": "p", "se": "se", "ci": ("lower", "upper")}
        ),
    }


def _random(contrast: Contrast, difference: str) -> Tree:
    names: dict[str, Sequence[str]] = {"F": "statistic", "df1": "df1", "ddf_hillis": "df2", "p": "p"}
    return pick_fields(contrast, names | {difference: "difference", "se": "se", "ci": ("lower", "upper")})


def _mean(mean: ReaderMean) -> Tree:
    return pick_fields(mean, {"estimate": "estimate", "se": "se", "df": "df", "ci": ("lower", "upper")})
