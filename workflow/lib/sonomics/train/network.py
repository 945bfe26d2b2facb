"""Train a network on the crops of one fold and score the images it has not seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.torch import save

from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_json
from sonomics.core.images import read_grey
from sonomics.core.jobs import run_job
from sonomics.core.schemas import CROPS, SCREENED
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table, read_tables
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.inputs import stacked
from sonomics.networks.training.fit import fit, predict
from sonomics.networks.weights.load import weights_of
from sonomics.networks.weights.state import to_tensors
from sonomics.train.rows import divide, training_parser, usable_crops, write_predictions


def main(argv: Sequence[str] | None = None) -> None:
    """Write the weights, how to rebuild the network, its training curve and its predictions."""
    parser = training_parser(__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--crops", type=Path, nargs="+", required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--curves", type=Path, required=True)
    args = parser.parse_args(argv)
    analysis = args.settings["crop"]["analysis"]
    settings = args.settings["train"]["models"][args.model]

    crops = usable_crops(read_tables(args.crops, CROPS), read_table(args.images, SCREENED), analysis)
    division = divide(crops, args)
    inside, outside = division.inside, division.outside
    if inside.sum() < 2:
        outlines = f"the outlines of {analysis['reader']}, session {analysis['session']}"
        count = "one" if inside.any() else "no"
        rule = f"{count} training image with a known label has a crop in {outlines}, and a network needs two"
        raise StudyError(f"train.models.{args.model}", rule, "see results/metrics/crop.json, and check crop.analysis")

    seed = seed_for(args.settings["study"]["seed"], "train", args.model, args.task, args.fold)
    architecture, size = settings["architecture"], settings["size"]
    images = stacked([read_grey(Path(file)) for file in crops["file"]], size)
    backbone = build(architecture, seed, weights_of(settings["weights"], architecture), size)
    model = Classifier(backbone, [args.task], seed)
    curves = fit(model, images[inside], division.labels[inside].to_numpy()[:, None], settings, seed)

    values = predict(model, images[outside])[:, 0] if outside.any() else np.empty(0)
    write_predictions(crops, division, "probability", values, args)
    with replacing(args.weights) as temporary:
        temporary.write_bytes(save(to_tensors(model)))
    built = {key: settings[key] for key in ("architecture", "size", "weights")}
    write_json(args.state, {**built, "heads": [args.task], "images": int(inside.sum())})
    with replacing(args.curves) as temporary:
        pd.DataFrame(curves).to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    run_job(main)
