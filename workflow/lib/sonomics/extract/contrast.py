"""Give the images of one chunk the time-intensity curve of their contrast clip as features."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core import schemas
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_table, write_table
from sonomics.extract.crops.table import join_identity, select_kept

PARAMETERS = ("arrival_s", "time_to_peak_s", "peak", "wash_in", "wash_out", "auc")
FRAME = r"-f\d+"


def look_up_curves(crops: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Look up the curve of each crop's clip.

    Parameters
    ----------
    crops : DataFrame
        Schema `CROPS`. The id of a clip's image is the id of the clip with `-f<frame>` after the instance.
    curves : DataFrame
        Schema `CURVES`.

    Returns
    -------
    DataFrame of float
        One row per crop in the same order, columns `PARAMETERS`; NaN for stills and for clips without a curve.
    """
    clips = crops["image"].str.replace(FRAME, "", regex=True)
    return curves.set_index("clip")[list(PARAMETERS)].reindex(clips).reset_index(drop=True)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--family", required=True)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--curves", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    crops = select_kept(read_table(args.crops, schemas.CROPS))
    features = look_up_curves(crops, read_table(args.curves, schemas.CURVES))
    family = args.settings.extract.families[args.family]
    write_table(join_identity(crops, features, args.family, family), args.out, schemas.FEATURES)


if __name__ == "__main__":
    run_job(main)
