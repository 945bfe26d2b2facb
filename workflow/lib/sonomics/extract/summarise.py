"""Count regions and features of every variant and family, and name the features that are undefined."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.files import write_metrics
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_tables


def summary(features: pd.DataFrame) -> dict[str, Any]:
    """Count the features of one family.

    Parameters
    ----------
    features : DataFrame
        As `FEATURES`.

    Returns
    -------
    dict
        Regions, cases, features; undefined values, by feature where there are any; features that do not vary.
    """
    values = features.drop(columns=list(schemas.FEATURES.columns))
    undefined = values.isna().sum()
    varies = values.max() > values.min()
    return {
        "regions": len(values),
        "cases": features["case"].nunique(),
        "features": values.shape[1],
        "undefined_values": int(undefined.sum()),
        "undefined_by_feature": {name: int(count) for name, count in undefined.items() if count},
        "constant_features": int((~varies).sum()),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--features", type=Path, nargs="+", required=True, help="<variant>/<family>/<chunk>.parquet")
    parser.add_argument("--metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    metrics: dict[str, dict[str, Any]] = {}
    of_family: dict[tuple[str, ...], list[Path]] = {}
    for path in args.features:
        of_family.setdefault(path.parts[-3:-1], []).append(path)
    for (variant, family), paths in of_family.items():
        metrics.setdefault(variant, {})[family] = summary(read_tables(paths, schemas.FEATURES))
    write_metrics(args.metrics, metrics)


if __name__ == "__main__":
    run_job(main)
