"""List the outlines that no image uses, with the reason."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core import schemas
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.tables import empty_table, read_cells, read_tables, write_table
from sonomics.crop.outlines.folders import find_outlines
from sonomics.crop.outlines.unused import explain, list_unused

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--outlines", type=Path, nargs="+", required=True)
    parser.add_argument("--images", type=Path, nargs="+", required=True)
    parser.add_argument("--verdicts", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    images = read_tables(args.images, schemas.IMAGES)["image"]
    verdicts = read_tables(args.verdicts, schemas.VERDICTS).set_index("image")["keep"]
    kept = dict.fromkeys(images, False) | {str(image): bool(keep) for image, keep in verdicts.items()}
    cases = set(read_cells(args.cohort.read_bytes(), str(args.cohort))["case"])
    unused = list_unused(find_outlines(args.outlines), cases, kept)
    for each in unused:
        log.warning("%s, session %s, %s is not used: %s", *each.reading, each.describe(), explain(each.reason))
    if unused:
        log.warning("%s names them", args.out)
    rows = [each.to_row() for each in unused]
    write_table(pd.DataFrame(rows) if rows else empty_table(schemas.UNUSED), args.out, schemas.UNUSED)


if __name__ == "__main__":
    run_job(main)
