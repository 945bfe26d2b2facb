"""Turn base models' predictions into one calibrated probability per case, with a threshold frozen on training cases."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sonomics.core.cohort import read_cohort, training_outcomes
from sonomics.core.files import write_csv, write_json
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.predictor import average_folds
from sonomics.core.registry import load
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import read_tables, write_table
from sonomics.kinds.tasks import TASKS
from sonomics.stack.final_model.final import Final


def main(argv: Sequence[str] | None = None) -> None:
    """Write predictions, threshold, nomogram, weights, nested estimates, and the states of stack and calibrator."""
    args = parse_arguments(argv)
    study = args.settings.study
    task = study.tasks[args.task]
    settings = args.settings.stack.for_task(args.task, task)
    threshold, fit = settings.threshold_of(args.task, task), load(TASKS.get(task.type).final_model)
    predictions = average_folds(read_tables(args.predictions, PREDICTIONS))
    folds = read_folds(args.folds, args.scheme)
    outcomes = training_outcomes(read_cohort(args.cohort, study), args.task, study, folds)
    for model in args.models:
        final = fit(predictions, outcomes, model, settings, threshold, task)
        folder = args.out / model / args.task
        write_states(folder, final)
        write_csv(folder / "nomogram.csv", final.nomogram)
        write_csv(folder / "weights.csv", final.weights)
        write_csv(folder / "nested.csv", final.nested)
        about = {"image": "", "variant": args.variant, "model": model, "task": args.task}
        write_table(final.values.assign(**about), folder / "predictions.parquet", PREDICTIONS)


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = job_parser(__doc__)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--models", nargs="+", required=True, help="names of the final models of the task")
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--scheme", required=True, help="scheme of the folds")
    parser.add_argument("--predictions", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the variant")
    return parser.parse_args(argv)


def write_states(folder: Path, final: Final) -> None:
    """Write the states of stack and calibrator, and how decisions are made."""
    write_json(folder / "state.json", final.stack)
    write_json(folder / "calibrator.json", final.calibrator)
    write_json(folder / "thresholds.json", final.thresholds)


if __name__ == "__main__":
    run_job(main)
