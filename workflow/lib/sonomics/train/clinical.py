"""Train a clinical model on one fold and score the cases it has not seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.core.cohort import read_cohort
from sonomics.core.files import write_csv, write_json
from sonomics.core.jobs import run_job
from sonomics.core.schemas import PROBABILITY
from sonomics.train.clinical_model.points import tabulate_points
from sonomics.train.clinical_model.regression import apply, fit
from sonomics.train.fold.job import fold_parser, write_predictions
from sonomics.train.fold.rows import divide

ODDS_RATIOS = ["variable", "model", "odds_ratio", "lower", "upper", "p"]


def main(argv: Sequence[str] | None = None) -> None:
    """Write the state, the odds ratios, the points of the nomogram and the predictions."""
    parser = fold_parser(__doc__)
    parser.add_argument("--odds-ratios", type=Path, required=True)
    parser.add_argument("--nomogram", type=Path, required=True)
    args = parser.parse_args(argv)
    settings = args.settings.train.models[args.model]
    rows = read_cohort(args.cohort, args.settings.study).assign(image="")
    division = divide(rows, args)
    clinical = rows[settings.columns]
    labels = division.labels[division.fitted].to_numpy(dtype=np.float64)
    state = fit(clinical[division.fitted], labels, settings.enter)
    write_json(args.state, state)
    write_csv(args.odds_ratios, pd.DataFrame(state["odds_ratios"], columns=ODDS_RATIOS))
    write_csv(args.nomogram, tabulate_points(state))
    write_predictions(rows, division, PROBABILITY, apply(state, clinical[division.scored]), args)


if __name__ == "__main__":
    run_job(main)
