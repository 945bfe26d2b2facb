"""Clean the exams of one chunk: cut the scan regions, pick frames, remove overlays, measure contrast curves."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.clean.clips.injection import FROM_START, TABLE, read_injections
from sonomics.clean.clips.views import check_views
from sonomics.clean.images.instance import clean_instance
from sonomics.core import schemas
from sonomics.core.files import replacing
from sonomics.core.images import path_with_overlays, write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.schemas import Table
from sonomics.core.tables import empty_table, read_table, write_table

Row = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--exams", type=Path, required=True, help="exported chunk, with its manifest.parquet")
    parser.add_argument("--cohort", type=Path, nargs="*", help="for injection times from the cohort")
    parser.add_argument("--frames", type=Path, required=True, help="folder of the clean images")
    parser.add_argument("--images", type=Path, required=True, help="table of the clean images")
    parser.add_argument("--curves", type=Path, required=True, help="table of the clips' time-intensity curves")
    args = parser.parse_args(argv)
    settings = args.settings["clean"]
    check_views(settings["views"])
    rule = settings.get("injection", FROM_START)
    injections = read_injections(args.cohort[0], rule["column"]) if rule["from"] == TABLE else {}
    manifest = read_table(args.exams / "manifest.parquet", schemas.MANIFEST)
    images: list[Row] = []
    curves: list[Row] = []
    with replacing(args.frames) as folder:
        folder.mkdir()
        for entry in progress(manifest.to_dict("records"), f"clean {args.exams}"):
            cleaned = clean_instance(entry, settings, injections.get(entry["case"], math.nan))
            for row, pixels in cleaned.images:
                if pixels is not None:
                    name = f"{row['image']}.png"
                    write_png(folder / name, pixels)
                    row["file"] = str(args.frames / name)
                    if row["image"] in cleaned.marked:
                        write_png(path_with_overlays(folder / name), cleaned.marked[row["image"]])
                images.append(row)
            curves += cleaned.curves
        _write(images, args.images, schemas.IMAGES)
        _write(curves, args.curves, schemas.CURVES)


def _write(rows: list[Row], path: Path, table: Table) -> None:
    write_table(pd.DataFrame(rows) if rows else empty_table(table), path, table)


if __name__ == "__main__":
    run_job(main)
