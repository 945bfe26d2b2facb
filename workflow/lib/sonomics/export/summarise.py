"""Count what was exported."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core import schemas
from sonomics.core.files import write_metrics
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import read_tables


def count_exported(manifest: pd.DataFrame) -> dict[str, Any]:
    """Count patients, cases, exams, files, frames, bytes, and the files that could not be exported, by reason."""
    aside = manifest.loc[manifest["reason"] != "", "reason"].value_counts().sort_index()
    return {
        "patients": manifest["patient"].nunique(),
        "cases": manifest["case"].nunique(),
        "exams": len(manifest[["case", "exam"]].drop_duplicates()),
        "files": len(manifest),
        "frames": int(manifest["frames"].sum()),
        "bytes": int(manifest["bytes"].sum()),
        "set_aside": {str(reason): int(count) for reason, count in aside.items()},
    }


def count_deidentified(changes: pd.DataFrame) -> dict[str, Any]:
    """Count, by device, the de-identified objects, and those whose pixels were changed."""
    counts = {}
    for device, rows in changes.groupby("device"):
        counts[str(device)] = {
            "files": len(rows),
            "blanked_outside": int((rows["blanked_pixels"] > 0).sum()),
            "text_inside": int((rows["text_lines"] > 0).sum()),
            "scan": {str(source): int(count) for source, count in rows["scan"].value_counts().sort_index().items()},
            "stale_regions": int((rows["stale_regions"] > 0).sum()),
            "malformed_elements": int(rows["n__malformed"].sum()),
            "coded_device_names": int(rows["n__devices_coded"].sum()),
        }
    return counts


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--exams", type=Path, nargs="+", required=True, help="folders of the chunks")
    parser.add_argument("--metrics", type=Path, required=True)
    args = parser.parse_args(argv)
    manifest = read_tables([folder / "manifest.parquet" for folder in args.exams], schemas.MANIFEST)
    by_centre = {str(centre): count_exported(rows) for centre, rows in manifest.groupby("centre")}
    metrics = {**count_exported(manifest), "by_centre": by_centre}
    tables = [path for folder in args.exams if (path := folder / "changes.parquet").exists()]
    if tables:
        metrics["deidentified"] = count_deidentified(read_tables(tables, schemas.CHANGES))
    write_metrics(args.metrics, metrics)


if __name__ == "__main__":
    run_job(main)
