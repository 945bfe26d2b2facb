"""Explain the values that a classifier gives: which features raised or lowered those of each case (SHAP).

Every row is explained by the model that scored it: training rows by the fold that left them out.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.jobs import progress, run_job
from sonomics.core.models import read_model
from sonomics.core.registry import load
from sonomics.core.schemas import ATTRIBUTIONS
from sonomics.core.seeds import seed_for
from sonomics.core.tables import empty_table, write_table
from sonomics.kinds.tasks import TASKS
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
    families = args.settings.train.models[args.model].families
    task = args.settings.study.tasks[args.task]
    learner: Learner = load(TASKS.get(task.type).learner)
    cases = read_cases(args)
    tables = [empty_table(ATTRIBUTIONS)]
    for fold in progress(args.fold, "folds"):
        rows = join_families([args.selected / family / args.task / fold / "features.parquet" for family in families])
        division = divide(rows, cases, fold)
        names = [name for name in rows.columns if name not in ROW]
        values, scored = rows[names].to_numpy(), rows.loc[division.scored, ROW]
        if not names or scored.empty:
            continue
        seed = seed_for(args.settings.study.seed, "explain", args.model, args.task, fold)
        background = summarise_background(values[division.fitted], seed)
        model = read_model(args.out / fold / "model.skops")
        about = scored.assign(
            model=args.model, task=args.task, split=division.splits[division.scored].to_numpy(), fold=fold
        )
        shown = values[division.scored]
        for class_name, found in learner.explain(model, background, shown, task, seed).items():
            of_class = about.assign(**{"class": class_name}, scale=found.scale, base=found.base)
            tables += [
                of_class.assign(feature=name, value=shown[:, column], attribution=found.shares[:, column])
                for column, name in enumerate(names)
            ]
    write_table(pd.concat(tables)[list(ATTRIBUTIONS.columns)], args.out / "all/attributions.parquet", ATTRIBUTIONS)


if __name__ == "__main__":
    run_job(main)
