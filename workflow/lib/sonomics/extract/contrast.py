"""Give the images of one chunk the time-intensity curve of their contrast clip as features."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core import schemas
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_table, write_table
from sonomics.extract.crops.feature_table import feature_table, kept_crops

PARAMETERS = ("arrival_s", "time_to_peak_s", "peak", "wash_in", "wash_out", "auc")
FRAME = r"-f\d+"


def curve_features(crops: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """Look up the curve of each crop's clip.

    Parameters
    ----------
    crops : DataFrame
        As `CROPS`. An image of a clip is named after it: `<clip>` with `-f<frame>` behind the instance.
    curves : DataFrame
        As `CURVES`.

    Returns
    -------
    DataFrame of float
        One row a crop in the same order, columns `PARAMETERS`; NaN for stills and for clips without a curve.
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
    crops = kept_crops(read_table(args.crops, schemas.CROPS))
    features = curve_features(crops, read_table(args.curves, schemas.CURVES))
    write_table(feature_table(crops, features, args.family), args.out, schemas.FEATURES)


if __name__ == "__main__":
    run_job(main)
