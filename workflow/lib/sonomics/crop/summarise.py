"""Count the crops of every variant, the images set aside, and the outlines that no image uses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.files import write_metrics
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_table, read_tables


def count_crops(crops: pd.DataFrame) -> dict[str, Any]:
    """Count the crops of one variant.

    Parameters
    ----------
    crops : DataFrame
        Schema `CROPS`.

    Returns
    -------
    dict
        Number of kept crops, in all, by reading and by view; of cases with a crop; of kept crops of unknown pixel
        spacing; of crops set aside, in all and by reason.
    """
    kept, aside = crops[crops["keep"]], crops[~crops["keep"]]
    return {
        "crops": len(kept),
        "cases": kept["case"].nunique(),
        "without_spacing": int(kept["spacing_mm"].isna().sum()),
        "by_reading": _count(kept["reader"] + " session " + kept["session"]),
        "by_view": _count(kept["view"]),
        "set_aside": len(aside),
        "by_reason": _count(aside["reason"]),
    }


def _count(values: "pd.Series[str]") -> dict[str, int]:
    return {str(name): int(count) for name, count in values.value_counts().sort_index().items()}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--crops", nargs=3, action="append", required=True, metavar=("VARIANT", "CHUNK", "FILE"))
    parser.add_argument("--unused", type=Path, nargs="?", help="table of the outlines that no image uses")
    parser.add_argument("--metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    files: dict[str, list[Path]] = {}
    for variant, _, file in args.crops:
        files.setdefault(variant, []).append(Path(file))
    tables = {variant: read_tables(paths, schemas.CROPS) for variant, paths in files.items()}
    metrics: dict[str, Any] = {variant: count_crops(crops) for variant, crops in tables.items()}
    if args.unused:
        metrics["unused_outlines"] = _count(read_table(args.unused, schemas.UNUSED)["reason"])
    write_metrics(args.metrics, metrics)


if __name__ == "__main__":
    run_job(main)
