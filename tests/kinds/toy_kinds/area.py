"""Measure the area of every crop of one chunk."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core import schemas
from sonomics.core.images import read_mask
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_table, write_table
from sonomics.extract.crops.table import join_identity


def main(argv: Sequence[str] | None = None) -> None:
    parser = job_parser(__doc__)
    parser.add_argument("--family", required=True)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    table = read_table(args.crops, schemas.CROPS)
    crops = table[table["keep"]].reset_index(drop=True)
    family = args.settings.extract.families[args.family]
    area = [float(read_mask(Path(mask)).sum()) / family.unit for mask in crops["mask"]]
    features = pd.DataFrame({"area": pd.Series(area, dtype="float64")})
    write_table(join_identity(crops, features, args.family, family), args.out, schemas.FEATURES)


if __name__ == "__main__":
    run_job(main)
