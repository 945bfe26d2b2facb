"""Explain the values that a classifier gives: which features raised or lowered those of each case (SHAP).

Every row is explained by what scored it: training rows by the fold that left them out, all others by the model of all
training cases, or by the mean of the models of the folds.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.folds import ALL
from sonomics.core.jobs import progress, run_job
from sonomics.core.models import read_model
from sonomics.core.predictor import FOLDS
from sonomics.core.registry import load
from sonomics.core.schemas import ATTRIBUTIONS, TRAIN
from sonomics.core.seeds import seed_for
from sonomics.core.tables import empty_table, write_table
from sonomics.kinds.tasks import TASKS
from sonomics.train.attributions.average import average_attributions
from sonomics.train.attributions.explain import summarise_background
from sonomics.train.classifier import ROW, join_families
from sonomics.train.classifiers.learner import Learner
from sonomics.train.fold.job import training_parser
from sonomics.train.fold.rows import divide, read_cases


def main(argv: Sequence[str] | None = None) -> None:
    """Write one row per case or image and feature."""
    parser = training_parser(__doc__)
    parser.add_argument("--selected", type=Path, required=True, help="folder of the variant in results/select")
    args = parser.parse_args(argv)
    settings = args.settings.train.models[args.model]
    families, is_averaged = settings.families, settings.predictor == FOLDS
    task = args.settings.study.tasks[args.task]
    learner: Learner = load(TASKS.get(task.type).learner)
    cases = read_cases(args)
    tables = [empty_table(ATTRIBUTIONS)]
    for fold in progress(args.fold, "folds"):
        rows = join_families([args.selected / family / args.task / fold / "features.parquet" for family in families])
        division = divide(rows, cases, fold, settings.predictor)
        names = [name for name in rows.columns if name not in ROW]
        # What the refitted model would say of test cases is not what scored them.
        is_shown = division.scored & (division.splits == TRAIN) if is_averaged and fold == ALL else division.scored
        values, scored = rows[names].to_numpy(), rows.loc[is_shown, ROW]
        if not names or scored.empty:
            continue
        seed = seed_for(args.settings.study.seed, "explain", args.model, args.task, fold)
        background = summarise_background(values[division.fitted], seed)
        model = read_model(args.out / fold / "model.skops")
        about = scored.assign(model=args.model, task=args.task, split=division.splits[is_shown].to_numpy(), fold=fold)
        shown = values[is_shown]
        for class_name, found in learner.explain(model, background, shown, task, seed).items():
            of_class = about.assign(**{"class": class_name}, scale=found.scale, base=found.base)
            tables += [
                of_class.assign(feature=name, value=shown[:, column], attribution=found.shares[:, column])
                for column, name in enumerate(names)
            ]
    table = pd.concat(tables)[list(ATTRIBUTIONS.columns)]
    table = average_attributions(table) if is_averaged else table
    write_table(table, args.out / "all/attributions.parquet", ATTRIBUTIONS)


if __name__ == "__main__":
    run_job(main)
