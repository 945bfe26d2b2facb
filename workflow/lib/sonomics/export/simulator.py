"""Simulate the exams of one chunk of the cohort: DICOM files, readers' outlines and their manifest."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core import schemas
from sonomics.core.cohort import chunk_of
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing
from sonomics.core.images import write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.tables import empty_table, write_table
from sonomics.simulate.dicom import us_dataset
from sonomics.simulate.exams import (
    EXAM,
    FIRST_READING,
    REPEATED_READINGS,
    Case,
    Instance,
    kinds_of,
    simulate_exam,
)
from sonomics.simulate.lesion import Planted

# Nothing else of the cohort is read: what is not here cannot leak into a pixel.
TEXT = ("patient", "case", "centre", "sim_device", "sim_extra", "sim_duplicate", "sim_fault")
NUMBERS = ("size_mm", "cirrhosis", "sim_margin", "sim_texture", "sim_echo", "sim_arterial", "sim_washout")
FLAGS = ("sim_repeat", "sim_calipers")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True, help="data/cohort.csv with its sim_* columns")
    parser.add_argument("--chunk", type=int, required=True, help="number of the chunk")
    parser.add_argument("--out", type=Path, required=True, help="folder of the chunk, data/export/<chunk>")
    args = parser.parse_args(argv)
    study = args.settings["study"]
    planted = read_planted(args.cohort)
    inside = planted["patient"].map(lambda patient: chunk_of(patient, study["chunks"])) == args.chunk
    with replacing(args.out) as folder:
        folder.mkdir()
        rows = [
            _export(instance, row, folder, args.out)
            for _, row in progress(list(planted[inside].iterrows()), f"simulate chunk {args.chunk}")
            for instance in simulate_exam(case_of(row), study["seed"])
        ]
        manifest = pd.DataFrame(rows) if rows else empty_table(schemas.MANIFEST)
        write_table(manifest, folder / "manifest.parquet", schemas.MANIFEST)


def read_planted(path: Path) -> pd.DataFrame:
    """Read a cohort's planted truth, and neither its labels nor its outcomes.

    Returns
    -------
    DataFrame
        The columns `TEXT`, `NUMBERS` and `FLAGS`, sorted by case.

    Raises
    ------
    StudyError
        When the cohort was not drafted for the simulator.
    """
    wanted = {*TEXT, *NUMBERS, *FLAGS}
    types = {**dict.fromkeys(TEXT, "str"), **dict.fromkeys(NUMBERS, "float"), **dict.fromkeys(FLAGS, "bool")}
    header = pd.read_csv(path, nrows=0).columns
    missing = sorted(wanted - set(header))
    if missing:
        mend = "draft a simulated cohort, or name another export.source in params.yaml"
        raise StudyError(str(path), f"the simulator needs the column {missing[0]}", mend)
    table = pd.read_csv(path, usecols=sorted(wanted), dtype=str, keep_default_na=False)
    table[list(FLAGS)] = table[list(FLAGS)] == "1"
    return table.astype(types).sort_values("case", ignore_index=True)


def case_of(row: pd.Series) -> Case:
    """Turn a row of the cohort into what the simulator draws from."""
    names = ("margin", "texture", "echo", "arterial", "washout")
    return Case(
        case=row["case"],
        centre=row["centre"],
        device=row["sim_device"],
        planted=Planted(row["size_mm"], row["cirrhosis"], *(row[f"sim_{name}"] for name in names)),
        readings=REPEATED_READINGS if row["sim_repeat"] else FIRST_READING,
        calipers=bool(row["sim_calipers"]),
        kinds=kinds_of(row["sim_extra"], row["sim_duplicate"], row["sim_fault"]),
        outlined=row["sim_fault"] != "no_outline",
    )


def _export(instance: Instance, row: pd.Series, folder: Path, out: Path) -> dict[str, Any]:
    file = Path("dicom") / f"{instance.stem}.dcm"
    dataset = us_dataset(
        instance.stem,
        instance.frames,
        description=instance.description,
        model=instance.device,
        bounds=instance.bounds,
        mm_per_pixel=instance.mm_per_pixel,
        times_s=instance.times_s,
    )
    (folder / file).parent.mkdir(exist_ok=True)
    dataset.save_as(folder / file, enforce_file_format=True)
    for (reader, session), mask in instance.outlines.items():
        write_png(folder / "outlines" / reader / session / f"{instance.stem}.png", mask)
    written = (folder / file).read_bytes()
    frames, rows, columns = instance.frames.shape
    return {
        "patient": row["patient"],
        "case": row["case"],
        "exam": EXAM,
        "instance": instance.name,
        "stem": instance.stem,
        "file": str(out / file),
        "view": "",
        "device": instance.device,
        "centre": row["centre"],
        "spacing_mm": np.nan,
        "frames": frames,
        "rows": rows,
        "columns": columns,
        "bytes": len(written),
        "sha256": sha256(written).hexdigest(),
        "reason": "",
    }


if __name__ == "__main__":
    run_job(main)
