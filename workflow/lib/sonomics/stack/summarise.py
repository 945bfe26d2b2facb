"""Gather thresholds, weights and calibration slopes, for `dvc metrics`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sonomics.core.files import read_json, write_metrics
from sonomics.core.jobs import job_parser, run_job


def main(argv: Sequence[str] | None = None) -> None:
    """Read the folders `results/stack/<variant>/<model>/<task>` and write the metrics."""
    parser = job_parser(__doc__)
    parser.add_argument("--folders", type=Path, nargs="+", required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    metrics: dict[str, dict[str, dict[str, Any]]] = {}
    for folder in sorted(args.folders):
        variant, model, task = folder.parts[-3:]
        state = read_json(folder / "state.json")
        metrics.setdefault(variant, {}).setdefault(task, {})[model] = {
            "threshold": read_json(folder / "thresholds.json")["cutoff"],
            "calibration_slope": read_json(folder / "calibrator.json").get("slope"),
            "weight": dict(zip(state["models"], state["weight"], strict=True)),
        }
    write_metrics(args.metrics, metrics)


if __name__ == "__main__":
    run_job(main)
