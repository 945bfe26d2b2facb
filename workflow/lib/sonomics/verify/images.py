"""Several images a patient, and heat maps on masks."""

import numpy as np
import pandas as pd

from sonomics.statistics.agreement.overlap import (
    Overlap,
    heat_inside,
    hot_half,
    hot_region,
    hottest_share,
    overlap,
    soft_dice,
)
from sonomics.statistics.classification.proportion import clustered_proportion
from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.discrimination.clustered_auc import clustered_auc, per_patient
from sonomics.statistics.resampling.bootstrap import summarise_draws, weighted_aucs
from sonomics.verify.discrimination import area
from sonomics.verify.tree import Tree, Undefined, because, picked

CUTOFF = 0.5
HOT = 0.5
HOTTEST = 0.1


def clustered(images: pd.DataFrame, resamples: pd.DataFrame) -> Tree:
    """AUC of images with patients as units, of patients' mean and largest score, and accuracy."""
    y, score, patient = (images[name].to_numpy() for name in ("y_image", "score", "patient_id"))
    names = list(dict.fromkeys(patient))
    index = pd.Series(range(len(names)), names)[patient].to_numpy()
    found = clustered_auc(y, score, patient)
    drawn = np.stack([np.bincount(row - 1, minlength=len(names)) for row in resamples.to_numpy(dtype=np.int64)])
    draws = weighted_aucs(y, score, drawn[:, index])
    defined = draws[~np.isnan(draws)]
    bootstrap = summarise_draws(found.area.estimate, draws)
    mean, largest, outcome = per_patient(score, patient, images["y_patient"])
    accuracy = clustered_proportion((score >= CUTOFF) == (y == 1), patient)
    return {
        "n_images": len(images),
        "n_patients": len(names),
        "n_pos_images": int(y.sum()),
        **picked(found.area, {"auc_image": "estimate"}),
        **picked(auc_interval(y, score), {"se_naive_delong": "se"}),
        **picked(found.area, {"se_obuchowski1997": "se", "ci_obuchowski1997": ("lower", "upper")}),
        "n_clusters_with_pos": found.with_positives,
        "n_clusters_with_neg": found.with_negatives,
        "bootstrap_given_indices": {
            "mean": float(defined.mean()) if defined.size else Undefined("no resample has both classes"),
        }
        | picked(bootstrap, {"sd": "se", "ci_percentile": ("lower", "upper")}),
        "patient_level_mean_score": area(outcome, mean),
        "patient_level_max_score": area(outcome, largest),
        f"image_accuracy_at_{CUTOFF}": because(accuracy.estimate, accuracy.reason),
        "image_accuracy_cluster_se": because(accuracy.se, accuracy.reason),
    }


def heatmap(pixels: pd.DataFrame) -> Tree:
    """Overlap of every map with its mask, by three rules."""
    tree: Tree = {f"case_{case}": _case(rows) for case, rows in pixels.groupby("case", sort=False)}
    dice = np.array([case[f"threshold_{HOT}"]["dice"] for case in tree.values()], dtype=np.float64)
    known = dice[~np.isnan(dice)]
    mean = float(known.mean()) if known.size else Undefined("map and mask are empty in every case")
    return tree | {f"mean_dice_threshold_{HOT}_nan_skipped": mean}


def _case(rows: pd.DataFrame) -> Tree:
    heat, mask = rows["heat"].to_numpy(dtype=np.float64), rows["mask"].to_numpy() == 1
    no_heat, empty = "the map is empty", "map and mask are empty"
    return {
        f"threshold_{HOT}": _overlap(overlap(hot_region(heat, HOT), mask)),
        "threshold_half_max": _overlap(overlap(hot_half(heat), mask)),
        f"top_{HOTTEST:.0%}_ge_kth".replace("%", "pct"): _overlap(overlap(hottest_share(heat, HOTTEST), mask)),
        "energy_inside_mask": because(heat_inside(heat, mask), no_heat),
        "soft_dice": because(soft_dice(heat, mask), empty),
    }


def _overlap(found: Overlap) -> Tree:
    empty = "region and mask are empty"
    return {
        "dice": because(found.dice, empty),
        "iou": because(found.iou, empty),
        "n_heat": found.heat,
        "n_mask": found.mask,
        "n_both": found.both,
    }
