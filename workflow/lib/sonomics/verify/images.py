"""Several images of a patient, and heat maps on masks."""

import numpy as np
import pandas as pd

from sonomics.statistics.agreement.overlap import (
    Overlap,
    heat_share_inside,
    hot_pixels,
    hot_pixels_by_half_maximum,
    hottest_pixels,
    overlap,
    soft_dice,
)
from sonomics.statistics.classification.proportion import clustered_proportion
from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.discrimination.clustered_auc import clustered_auc, pool_by_patient
from sonomics.statistics.resampling.bootstrap import summarise_draws, weighted_aucs
from sonomics.verify.discrimination import auc_fields
from sonomics.verify.tree import Tree, Undefined, explain_nan, pick_fields

CUTOFF = 0.5
HOT = 0.5
HOTTEST = 0.1


def clustered(images: pd.DataFrame, resamples: pd.DataFrame) -> Tree:
    """Compute the AUC of images with patients as units, of patients' mean and largest score, and accuracy."""
    y, score, patient = (images[name].to_numpy() for name in ("y_image", "score", "patient_id"))
    names = list(dict.fromkeys(patient))
    index = pd.Series(range(len(names)), names)[patient].to_numpy()
    pooled = clustered_auc(y, score, patient)
    drawn = np.stack([np.bincount(row - 1, minlength=len(names)) for row in resamples.to_numpy(dtype=np.int64)])
    draws = weighted_aucs(y, score, drawn[:, index])
    defined = draws[~np.isnan(draws)]
    bootstrap = summarise_draws(pooled.area.estimate, draws)
    mean, largest, outcome = pool_by_patient(score, patient, images["y_patient"])
    accuracy = clustered_proportion((score >= CUTOFF) == (y == 1), patient)
    return {
        "n_images": len(images),
        "n_patients": len(names),
        "n_pos_images": int(y.sum()),
        **pick_fields(pooled.area, {"auc_image": "estimate"}),
        **pick_fields(auc_interval(y, score), {"se_naive_delong": "se"}),
        **pick_fields(pooled.area, {"se_obuchowski1997": "se", "ci_obuchowski1997": ("lower", "upper")}),
        "n_clusters_with_pos": pooled.with_positives,
        "n_clusters_with_neg": pooled.with_negatives,
        "bootstrap_given_indices": {
            "mean": float(defined.mean()) if defined.size else Undefined("no resample has both classes"),
        }
        | pick_fields(bootstrap, {"sd": "se", "ci_percentile": ("lower", "upper")}),
        "patient_level_mean_score": auc_fields(outcome, mean),
        "patient_level_max_score": auc_fields(outcome, largest),
        f"image_accuracy_at_{CUTOFF}": explain_nan(accuracy.estimate, accuracy.reason),
        "image_accuracy_cluster_se": explain_nan(accuracy.se, accuracy.reason),
    }


def heatmap(pixels: pd.DataFrame) -> Tree:
    """Compute the overlap of every map with its mask, by three rules."""
    tree: Tree = {f"case_{case}": _case(rows) for case, rows in pixels.groupby("case", sort=False)}
    dice = np.array([case[f"threshold_{HOT}"]["dice"] for case in tree.values()], dtype=np.float64)
    known = dice[~np.isnan(dice)]
    mean = float(known.mean()) if known.size else Undefined("map and mask are empty in every case")
    return tree | {f"mean_dice_threshold_{HOT}_nan_skipped": mean}


def _case(rows: pd.DataFrame) -> Tree:
    heat, mask = rows["heat"].to_numpy(dtype=np.float64), rows["mask"].to_numpy() == 1
    no_heat, empty = "the map is empty", "map and mask are empty"
    return {
        f"threshold_{HOT}": _overlap(overlap(hot_pixels(heat, HOT), mask)),
        "threshold_half_max": _overlap(overlap(hot_pixels_by_half_maximum(heat), mask)),
        f"top_{HOTTEST:.0%}_ge_kth".replace("%", "pct"): _overlap(overlap(hottest_pixels(heat, HOTTEST), mask)),
        "energy_inside_mask": explain_nan(heat_share_inside(heat, mask), no_heat),
        "soft_dice": explain_nan(soft_dice(heat, mask), empty),
    }


def _overlap(regions: Overlap) -> Tree:
    empty = "region and mask are empty"
    return {
        "dice": explain_nan(regions.dice, empty),
        "iou": explain_nan(regions.iou, empty),
        "n_heat": regions.heat,
        "n_mask": regions.mask,
        "n_both": regions.both,
    }
