"""Count regions and features, name those that are undefined, and check the engines on the IBSI phantom."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.errors import StudyError
from sonomics.core.files import write_metrics, write_text
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_table, read_tables
from sonomics.extract.crops.table import DOUBTFUL
from sonomics.texture.phantom import ENGINES, compute_phantom


def count_features(features: pd.DataFrame) -> dict[str, Any]:
    """Count the features of one family.

    Parameters
    ----------
    features : DataFrame
        Schema `FEATURES`.

    Returns
    -------
    dict
        Number of regions, cases and features; of undefined values, in all and by feature where there are any; of
        features that do not vary.
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


def list_doubtful(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """List the values that a proof found known no better than their rounding: image, feature, both values, bound."""
    return [value for path in paths for value in read_table(path, schemas.FEATURES).attrs.get(DOUBTFUL, [])]


def check_phantom(engines: Sequence[str]) -> str:
    """Compare the engines' features of the IBSI phantom with their reference values.

    Parameters
    ----------
    engines : sequence of str
        Of `ENGINES`.

    Returns
    -------
    str
        The table of values and references, as CSV.

    Raises
    ------
    StudyError
        When a value differs from its reference: this installation does not compute what was tested.
    """
    table = compute_phantom(engines)
    if not table["agrees"].all():
        miss = table[~table["agrees"]].iloc[0]
        rule = f"{miss['feature']} of the IBSI phantom is {miss['value']:.5g}, but must be {miss['reference']:g}"
        raise StudyError(f"engine {miss['engine']}", rule, "run `sonomics verify texture` and reinstall the software")
    return table.assign(value=table["value"].map("{:.6g}".format)).to_csv(index=False, lineterminator="\n")


def _digits(value: dict[str, Any]) -> dict[str, str]:
    """Write numbers as text with all their digits: metrics are rounded, and the difference is in the last ones."""
    return {name: f"{value[name]:.17g}" for name in ("value", "reference", "bound")}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument(
        "--features", nargs=4, action="append", required=True, metavar=("VARIANT", "FAMILY", "CHUNK", "FILE")
    )
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--phantom", type=Path, required=True, help="table of the IBSI phantom, to be written")
    args = parser.parse_args(argv)
    files: dict[tuple[str, str], list[Path]] = {}
    for variant, family, _, file in args.features:
        files.setdefault((variant, family), []).append(Path(file))
    metrics: dict[str, dict[str, Any]] = {}
    for (variant, family), paths in files.items():
        metrics.setdefault(variant, {})[family] = count_features(read_tables(paths, schemas.FEATURES))
        if doubtful := list_doubtful(paths):
            metrics[variant][family]["doubtful"] = [{**value, **_digits(value)} for value in doubtful]
    kinds = {family.kind for family in args.settings.extract.families.values()}
    write_text(args.phantom, check_phantom([engine for engine in ENGINES if engine in kinds]))
    write_metrics(args.metrics, metrics)


if __name__ == "__main__":
    run_job(main)
