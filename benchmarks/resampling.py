"""Time 2,000 patient bootstraps of every measure of one model.

uv run python benchmarks/resampling.py            # 500 patients
uv run python benchmarks/resampling.py --patients 2000 --images 3
"""

import sonomics  # noqa: F401  # isort: skip  # before numpy: it sets the pins of core/pins.py

import argparse
import time

import numpy as np

from sonomics.statistics.clinical_utility.decision_curve import percent_thresholds
from sonomics.statistics.resampling.metric_bootstrap import bootstrap_metrics

SEED = 20260921


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--images", type=int, default=1, help="images of every patient")
    parser.add_argument("--resamples", type=int, default=2000)
    args = parser.parse_args()
    generator = np.random.default_rng(SEED)
    groups = np.repeat(np.arange(args.patients), args.images)
    probability = np.clip(generator.beta(1.5, 2.5, groups.size), 0.001, 0.999)
    y = (generator.uniform(size=groups.size) < probability).astype(int)
    bootstrap_metrics(y, probability, 0.5, groups, 2, SEED)
    start = time.perf_counter()
    table = bootstrap_metrics(y, probability, 0.5, groups, args.resamples, SEED, percent_thresholds())
    seconds = time.perf_counter() - start
    print(
        table.loc[["auc", "sensitivity", "brier", "calibration_slope", "ici"], ["estimate", "lower", "upper"]].round(4)
    )
    print(f"{len(table)} measures, {args.resamples} resamples of {args.patients} patients: {seconds:.1f} s")


if __name__ == "__main__":
    main()
