"""Count regions and features, name the features that are undefined, and hold the engines to IBSI's phantom."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.files import write_metrics, write_text
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_tables
from sonomics.texture.phantom import ENGINES, phantom_table


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


def phantom_csv(engines: Sequence[str]) -> str:
    """Set the engines' features of the phantom beside their reference values, as CSV.

    Raises
    ------
    StudyError
        When a value differs from its reference: this installation computes something else than what was tested.
    """
    table = phantom_table(engines)
    if not table["agrees"].all():
        wrong = table[~table["agrees"]].iloc[0]
        rule = f"{wrong['feature']} of the IBSI phantom is {wrong['value']:.5g}, but {wrong['reference']:g} is right"
        raise StudyError(f"engine {wrong['engine']}", rule, "run `sonomics verify texture` and reinstall the software")
    return table.assign(value=table["value"].map("{:.6g}".format)).to_csv(index=False, lineterminator="\n")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--features", type=Path, nargs="+", required=True, help="<variant>/<family>/<chunk>.parquet")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--phantom", type=Path, required=True, help="IBSI's phantom by the engines of the families")
    args = parser.parse_args(argv)
    metrics: dict[str, dict[str, Any]] = {}
    of_family: dict[tuple[str, ...], list[Path]] = {}
    for path in args.features:
        of_family.setdefault(path.parts[-3:-1], []).append(path)
    for (variant, family), paths in of_family.items():
        metrics.setdefault(variant, {})[family] = summary(read_tables(paths, schemas.FEATURES))
    kinds = {family["kind"] for family in args.settings["extract"]["families"].values()}
    write_text(args.phantom, phantom_csv([engine for engine in ENGINES if engine in kinds]))
    write_metrics(args.metrics, metrics)


if __name__ == "__main__":
    run_job(main)
