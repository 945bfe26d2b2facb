"""Turn base models' predictions into one calibrated probability a case, with a threshold frozen on the training set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.files import write_json
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.tables import read_tables, write_table
from sonomics.stack.combine import apply_calibrator, apply_stack, cross_fitted, fit_calibrator, fit_stack
from sonomics.stack.pool import pool
from sonomics.statistics.cutoffs import accuracy_cutoff, youden_cutoff

CUTOFFS = {"youden": youden_cutoff, "accuracy": accuracy_cutoff}


def base_scores(predictions: pd.DataFrame, models: list[str], how: str) -> pd.DataFrame:
    """Put the pooled scores of base models side by side.

    Returns
    -------
    DataFrame
        Indexed by (patient, case, split, fold), one column a model; cases that a model has not scored are left out.
    """
    pooled = {
        model: pool(predictions[predictions["model"] == model], how).set_index(["patient", "case", "split", "fold"])
        for model in models
    }
    return pd.concat({model: table["value"] for model, table in pooled.items()}, axis=1, join="inner").sort_index()


def main(argv: Sequence[str] | None = None) -> None:
    """Write predictions (score and probability), the threshold, and the states of stack and calibrator."""
    parser = job_parser(__doc__)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--calibrator", type=Path, required=True)
    parser.add_argument("--thresholds", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    study, settings = args.settings["study"], args.settings["stack"]

    predictions = read_tables(args.predictions, PREDICTIONS)
    scores = base_scores(predictions, settings["models"][args.model]["of"], settings["pool"])
    labels = training_labels(read_cohort(args.cohort, study), args.task, study)
    training = scores.index.get_level_values("split") == TRAIN
    own, others = scores[training], scores[~training]
    about = own.index.to_frame()
    truth, folds = about["case"].map(labels).astype(float), about["fold"]
    known = truth.notna().to_numpy()

    stack = fit_stack(own[known], truth[known])
    own_score = cross_fitted(own, truth, folds, fit_stack, apply_stack)
    calibrator = fit_calibrator(own_score[known], np.asarray(truth[known], dtype=np.float64))
    own_probability = cross_fitted(own_score, truth, folds, fit_calibrator, apply_calibrator)
    chosen = CUTOFFS[settings["threshold"]](truth[known].to_numpy(), own_probability[known])
    score = np.concatenate([own_score, apply_stack(stack, others)])
    probability = np.concatenate([own_probability, apply_calibrator(calibrator, apply_stack(stack, others))])

    cases = (
        pd.concat([own, others])
        .index.to_frame(index=False)
        .assign(
            **{"image": "", "variant": args.variant, "model": args.model, "task": args.task, "class": "1"},
            horizon=np.nan,
        )
    )
    both = [cases.assign(kind="score", value=score), cases.assign(kind="probability", value=probability)]
    write_json(args.state, stack)
    write_json(args.calibrator, calibrator)
    threshold = {"rule": settings["threshold"], "on": "probability", "cutoff": chosen.cutoff, "reason": chosen.reason}
    write_json(args.thresholds, threshold)
    write_table(pd.concat(both), args.out, PREDICTIONS)


if __name__ == "__main__":
    run_job(main)
