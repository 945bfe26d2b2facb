"""Train a clinical model on each fold and score the cases it has not seen."""

from collections.abc import Sequence

import pandas as pd

from sonomics.core.cohort import read_cohort
from sonomics.core.files import write_csv, write_json
from sonomics.core.jobs import progress, run_job
from sonomics.core.registry import load
from sonomics.core.tasks import as_array
from sonomics.kinds.tasks import TASKS
from sonomics.train.clinical_model.learner import ClinicalLearner
from sonomics.train.fold.job import training_parser, write_columns
from sonomics.train.fold.rows import divide, read_cases


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the state, the table of ratios, the points of the nomogram and the predictions."""
    args = training_parser(__doc__).parse_args(argv)
    settings, task = args.settings.train.models[args.model], args.settings.study.tasks[args.task]
    kind = TASKS.get(task.type)
    learner: ClinicalLearner = load(kind.clinical_model)
    rows = read_cohort(args.cohort, args.settings.study).assign(image="")
    cases, clinical = read_cases(args), rows[settings.columns]
    for fold in progress(args.fold, "folds"):
        division, folder = divide(rows, cases, fold, settings.predictor), args.out / fold
        outcomes = as_array(division.outcomes[division.fitted])
        state = learner.fit(clinical[division.fitted], outcomes, settings.enter, task)
        write_json(folder / "clinical.json", state)
        write_csv(folder / f"{kind.ratios}.csv", pd.DataFrame(state[kind.ratios], columns=learner.columns(task)))
        write_csv(folder / "nomogram.csv", learner.tabulate(state, task))
        write_columns(rows, division, learner.predict(state, clinical[division.scored], task), args)


if __name__ == "__main__":
    run_job(main)
