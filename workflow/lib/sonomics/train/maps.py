"""Draw where a network looked in every image that it was not fitted on, and measure how that lies on the outline."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.files import replacing
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.schemas import CROPS, MAPS, PREDICTIONS, SCREENED
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
    networks = list(zip(args.predictions, args.states, args.weights, strict=True))
    tables = []
    with replacing(args.maps) as folder:
        folder.mkdir()
        for predictions, state, weights in progress(networks, "folds"):
            scored = choose_explained(read_table(predictions, PREDICTIONS)).merge(columns, on="image")
            if len(scored):
                network, size = read_network(state, weights, scored["task"].iloc[0])
                tables.append(draw_maps(scored, network, size, share, folder))
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
