"""Train a clinical model on each fold and score the cases it has not seen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_cohort
from sonomics.core.files import write_csv, write_json
from sonomics.core.jobs import progress, run_job
from sonomics.core.schemas import PROBABILITY
from sonomics.train.clinical_model.points import tabulate_points
from sonomics.train.clinical_model.regression import apply, fit
from sonomics.train.fold.job import training_parser, write_predictions
from sonomics.train.fold.rows import divide, read_cases

ODDS_RATIOS = ["variable", "model", "odds_ratio", "lower", "upper", "p"]


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the state, the odds ratios, the points of the nomogram and the predictions."""
    args = training_parser(__doc__).parse_args(argv)
    settings = args.settings.train.models[args.model]
    rows = read_cohort(args.cohort, args.settings.study).assign(image="")
    cases, clinical = read_cases(args), rows[settings.columns]
    for fold in progress(args.fold, "folds"):
        division, folder = divide(rows, cases, fold, settings.predictor), args.out / fold
        labels = division.labels[division.fitted].to_numpy(dtype=np.float64)
        state = fit(clinical[division.fitted], labels, settings.enter)
        write_json(folder / "clinical.json", state)
        write_csv(folder / "odds_ratios.csv", pd.DataFrame(state["odds_ratios"], columns=ODDS_RATIOS))
        write_csv(folder / "nomogram.csv", tabulate_points(state))
        write_predictions(rows, division, PROBABILITY, apply(state, clinical[division.scored]), args)


if __name__ == "__main__":
    run_job(main)
