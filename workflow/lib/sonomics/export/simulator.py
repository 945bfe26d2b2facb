"""Simulate the exams of one chunk of the cohort: DICOM files, readers' outlines and the manifest."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core import schemas
from sonomics.core.cohort import chunk_of
from sonomics.core.files import replacing
from sonomics.core.images import write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.tables import empty_table, write_table
from sonomics.export.simulation.exam import find_scene, read_ground_truth
from sonomics.simulate.exams.adnexal import FLOW, RENDERING
from sonomics.simulate.exams.liver import CONTRAST, EXAM, GREY, Instance
from sonomics.simulate.scanner.dicom import us_dataset

IMAGE_TYPE = {
    GREY: ("ABDOMINAL", "0001"),
    CONTRAST: ("ABDOMINAL", "0001"),
    FLOW: ("ABDOMINAL", "0011"),
    RENDERING: ("ABDOMINAL", "0040"),
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True, help="data/cohort.csv with its sim_* columns")
    parser.add_argument("--chunk", type=int, required=True, help="number of the chunk")
    parser.add_argument("--out", type=Path, required=True, help="folder of the chunk, data/export/<chunk>")
    args = parser.parse_args(argv)
    study = args.settings.study
    scene = find_scene(args.cohort)
    truth = read_ground_truth(args.cohort, scene)
    members = truth["patient"].map(lambda patient: chunk_of(patient, study.chunks)) == args.chunk
    with replacing(args.out) as folder:
        folder.mkdir()
        rows = [
            _write_instance(instance, row, folder, args.out)
            for _, row in progress(list(truth[members].iterrows()), f"simulate chunk {args.chunk}")
            for instance in scene.exam(row, study.seed)
        ]
        manifest = pd.DataFrame(rows) if rows else empty_table(schemas.MANIFEST)
        write_table(manifest, folder / "manifest.parquet", schemas.MANIFEST)


def _write_instance(instance: Instance, row: pd.Series, folder: Path, out: Path) -> dict[str, Any]:
    file = Path("dicom") / f"{instance.stem}.dcm"
    dataset = us_dataset(
        instance.stem,
        instance.frames,
        description=instance.description,
        model=instance.device,
        bounds=instance.bounds,
        mm_per_pixel=instance.mm_per_pixel,
        times_s=instance.times_s,
        image_type=IMAGE_TYPE[instance.description],
    )
    (folder / file).parent.mkdir(exist_ok=True)
    dataset.save_as(folder / file, enforce_file_format=True)
    for (reader, session), mask in instance.outlines.items():
        write_png(folder / "outlines" / reader / session / f"{instance.stem}.png", mask)
    written = (folder / file).read_bytes()
    frames, rows, columns = instance.frames.shape[:3]
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
