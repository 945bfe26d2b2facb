"""Train the QC classifier on the labelled images of training patients."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.clean.labels import training_targets
from sonomics.core import schemas
from sonomics.core.cohort import read_roster
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_json
from sonomics.core.images import read_grey
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table, read_tables


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True, help="data/cohort.csv")
    parser.add_argument("--labels", type=Path, required=True, help="data/qc_labels.csv")
    parser.add_argument("--images", type=Path, nargs="*", default=[], help="tables of the chunks with labelled images")
    parser.add_argument("--out", type=Path, required=True, help="folder of the state")
    args = parser.parse_args(argv)
    settings = args.settings["clean"]["qc"]
    with replacing(args.out) as folder:
        folder.mkdir()
        if not settings["heads"]:
            write_json(folder / "state.json", {"heads": {}})
            return
        labels = read_table(args.labels, schemas.QC_LABELS)
        images = read_tables(args.images, schemas.IMAGES)
        targets, counts = training_targets(
            labels, images, read_roster(args.cohort), list(settings["heads"]), str(args.labels)
        )
        for head in targets:
            if targets[head].dropna().nunique() < 2:
                rule = f"the training images need both answers, yes and no, for the head {head}"
                raise StudyError(str(args.labels), rule, f"label more of them, or remove clean.qc.heads.{head}")
        seed = seed_for(args.settings["study"]["seed"], "qc")
        _fit_and_write(folder, targets, images.set_index("image").loc[targets.index], counts, settings, seed)


def _fit_and_write(
    folder: Path,
    targets: pd.DataFrame,
    images: pd.DataFrame,
    counts: dict[str, int],
    settings: Mapping[str, Any],
    seed: int,
) -> None:
    from safetensors.torch import save_file

    from sonomics.clean.qc import cross_validated, fit_state, head_summary
    from sonomics.networks.state import to_tensors

    pixels = [read_grey(Path(file)) for file in images["file"]]
    network = settings["network"]
    probabilities = cross_validated(pixels, targets, images["patient"].tolist(), network, seed)
    state = fit_state(pixels, targets, network, seed)
    save_file(to_tensors(state.model), folder / "weights.safetensors")
    heads = {head: head_summary(targets[head], probabilities[head]) for head in targets}
    write_json(folder / "state.json", {"heads": heads, "labels": counts, "images": len(pixels), "network": network})


if __name__ == "__main__":
    run_job(main)
