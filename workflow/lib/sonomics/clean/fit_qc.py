"""Train the QC classifier on the labelled images of training patients, and measure it on held-out patients."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.clean.qc.agreement import measure_agreement
from sonomics.clean.qc.labels import collect_training_answers, encode_targets
from sonomics.core import schemas
from sonomics.core.cohort import read_roster
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_json
from sonomics.core.images import read_colour
from sonomics.core.jobs import job_parser, progress, run_job
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
    heads = list(settings["heads"])
    with replacing(args.out) as folder:
        folder.mkdir()
        if not heads:
            write_json(folder / "state.json", {"heads": {}})
            return
        labels = read_table(args.labels, schemas.QC_LABELS)
        images = read_tables(args.images, schemas.IMAGES).set_index("image")
        answers, counts = collect_training_answers(
            labels, images.reset_index(), read_roster(args.cohort), heads, str(args.labels)
        )
        check_learnable(answers, str(args.labels))
        seed = seed_for(args.settings["study"]["seed"], "qc")
        saved = _fit_and_write(folder, answers, images.loc[answers.index], settings, seed)
        for head, of_readers in measure_agreement(labels, heads).items():
            saved["heads"][head] |= of_readers
        write_json(folder / "state.json", saved | {"labels": counts})


def check_learnable(answers: pd.DataFrame, where: str) -> None:
    """Stop when a head lacks labels of one of the two answers.

    Raises
    ------
    StudyError
    """
    targets = encode_targets(answers)
    for head in targets:
        if targets[head].nunique() < 2:
            rule = f"the training images need both answers, yes and no, for the head {head}"
            raise StudyError(where, rule, f"label more of them, or remove clean.qc.heads.{head}")


def _fit_and_write(
    folder: Path, answers: pd.DataFrame, images: pd.DataFrame, settings: Mapping[str, Any], seed: int
) -> dict[str, Any]:
    from safetensors.torch import save_file

    from sonomics.clean.qc.classifier import assign_folds, cross_validate, fit_state, shrink_to_squares
    from sonomics.clean.qc.held_out import report_head
    from sonomics.clean.qc.thresholds import call_images, set_limit
    from sonomics.networks.weights.state import to_tensors

    network, targets = settings["network"], encode_targets(answers)
    files = progress(images["file"].tolist(), "read labelled images")
    inputs = shrink_to_squares((read_colour(Path(file)) for file in files), network["size"])
    folds = assign_folds(images["patient"].tolist(), seed)
    probabilities = cross_validate(inputs, targets, folds, network, seed)
    state = fit_state(inputs, targets, network, seed)
    save_file(to_tensors(state.model), folder / "weights.safetensors")
    heads = {}
    for head, rule in settings["heads"].items():
        labels, score = targets[head].to_numpy(), probabilities[head].to_numpy()
        limit = set_limit(rule, labels, score, f"params.yaml, clean.qc.heads.{head}")
        called = call_images(rule, limit, labels, score, folds)
        report = report_head(answers[head], labels, score, called, images["patient"].to_numpy(), seed_for(seed, head))
        heads[head] = limit._asdict() | report
    return {"heads": heads, "images": len(inputs), "network": network}


if __name__ == "__main__":
    run_job(main)
