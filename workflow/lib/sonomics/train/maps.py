"""Draw where a network looked in every image that it was not fitted on, and measure how that lies on the outline."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.files import replacing
from sonomics.core.folds import ALL
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.predictor import average_folds
from sonomics.core.schemas import CROPS, MAPS, PREDICTIONS, SCREENED, TRAIN
from sonomics.core.tables import empty_table, read_table, read_tables, write_table
from sonomics.train.fold.rows import choose_crops
from sonomics.train.heat_maps.draw import choose_explained, draw_maps, read_network


def main(argv: Sequence[str] | None = None) -> None:
    """Write one picture per image and the table of all."""
    args = parse_arguments(argv)
    share = args.settings.train.maps.hottest
    screened = read_table(args.images, SCREENED)
    crops = choose_crops(read_tables(args.crops, CROPS), screened, args.settings.crop.analysis)
    columns = crops[["image", "view", "file", "mask"]]
    by_fold = {state.parent.name: (state, weights) for state, weights in zip(args.states, args.weights, strict=True)}
    given = read_tables(args.predictions, PREDICTIONS)
    # Where the mean of the models of the folds scored a case, its map is the mean of their maps.
    of_tests = sorted(set(given.loc[given["split"] != TRAIN, "fold"]) - {ALL}) or [ALL]
    scored = choose_explained(average_folds(given)).merge(columns, on="image")
    tables = []
    with replacing(args.maps) as folder:
        folder.mkdir()
        for fold, rows in progress(list(scored.groupby("fold")), "folds"):
            scorers = [by_fold[name] for name in (of_tests if fold == ALL else [str(fold)])]
            networks = [read_network(*files, rows["task"].iloc[0]) for files in scorers]
            tables.append(draw_maps(rows, networks, share, folder))
    table = pd.concat(tables) if tables else empty_table(MAPS)
    is_drawn = table["file"] != ""
    table.loc[is_drawn, "file"] = str(args.maps) + "/" + table.loc[is_drawn, "file"]
    write_table(table[list(MAPS.columns)], args.out, MAPS)


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; predictions, states and weights are one per fold, in the same order."""
    parser = job_parser(__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--crops", type=Path, nargs="+", required=True)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True)
    parser.add_argument("--states", type=Path, nargs="+", required=True)
    parser.add_argument("--weights", type=Path, nargs="+", required=True)
    parser.add_argument("--maps", type=Path, required=True, help="folder of the pictures")
    parser.add_argument("--out", type=Path, required=True, help="the table")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run_job(main)
