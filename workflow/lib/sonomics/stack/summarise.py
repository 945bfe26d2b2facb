"""Gather thresholds, weights and calibration slopes, for `dvc metrics`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sonomics.core.files import read_json, write_metrics
from sonomics.core.jobs import job_parser, run_job

FINAL = ("VARIANT", "MODEL", "TASK", "FOLDER")


def main(argv: Sequence[str] | None = None) -> None:
    """Read the states of every final model and write the metrics."""
    parser = job_parser(__doc__)
    parser.add_argument("--final", nargs=4, action="append", required=True, metavar=FINAL, help="a final model")
    parser.add_argument("--metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    metrics: dict[str, dict[str, dict[str, Any]]] = {}
    for variant, model, task, folder in args.final:
        metrics.setdefault(variant, {}).setdefault(task, {})[model] = summarise_model(Path(folder))
    write_metrics(args.metrics, metrics)


def summarise_model(folder: Path) -> dict[str, Any]:
    """Summarise a final model: its threshold, its calibration slope (None without one) and the weights."""
    state = read_json(folder / "state.json")
    return {
        "threshold": read_json(folder / "thresholds.json")["cutoff"],
        "calibration_slope": read_json(folder / "calibrator.json").get("slope"),
        "weight": dict(zip(state["models"], state["weight"], strict=True)),
    }


if __name__ == "__main__":
    run_job(main)
