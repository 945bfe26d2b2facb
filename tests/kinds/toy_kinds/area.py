"""Measure the area of every crop of one chunk."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core import schemas
from sonomics.core.images import read_mask
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_table, write_table


def main(argv: Sequence[str] | None = None) -> None:
    parser = job_parser(__doc__)
    parser.add_argument("--family", required=True)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    table = read_table(args.crops, schemas.CROPS)
    crops = table[table["keep"]].reset_index(drop=True)
    unit = args.settings.extract.families[args.family].unit
    area = pd.Series([float(read_mask(Path(mask)).sum()) / unit for mask in crops["mask"]], dtype="float64")
    identity = crops[list(schemas.FEATURES.columns)]
    write_table(identity.assign(**{f"{args.family}__area": area}), args.out, schemas.FEATURES)


if __name__ == "__main__":
    run_job(main)
