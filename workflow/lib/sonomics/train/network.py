"""Train a network on the crops of one fold and score the images it has not seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors.torch import save

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.files import replacing, write_json
from sonomics.core.folds import read_folds
from sonomics.core.images import read_grey
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import CROPS, PREDICTIONS, SCREENED
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table, read_tables, write_table
from sonomics.networks.backbones import build
from sonomics.networks.heads import Classifier
from sonomics.networks.inputs import stacked
from sonomics.networks.state import to_tensors
from sonomics.networks.training import fit, predict
from sonomics.networks.weights import weights_of
from sonomics.train.rows import fitted, scored


def main(argv: Sequence[str] | None = None) -> None:
    """Write the weights, how to rebuild the network, its training curve and its predictions."""
    parser = job_parser(__doc__)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--fold", required=True)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--crops", type=Path, nargs="+", required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--curves", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    study, analysis = args.settings["study"], args.settings["crop"]["analysis"]
    settings = args.settings["train"]["models"][args.model]

    screened = read_table(args.images, SCREENED)
    crops = read_tables(args.crops, CROPS)
    own = (crops["reader"] == analysis["reader"]) & (crops["session"] == analysis["session"])
    crops = crops[own & crops["keep"] & crops["image"].isin(screened.loc[screened["keep"], "image"])]
    cohort = read_cohort(args.cohort, study)
    folds = read_folds(args.folds)
    labels = crops["case"].map(training_labels(cohort, args.task, study, folds))
    splits = crops["case"].map(cohort.set_index("case")["split"])
    inside = fitted(crops["patient"], labels, folds, args.fold)
    outside = scored(crops["patient"], splits, folds, args.fold)

    seed = seed_for(study["seed"], "train", args.model, args.task, args.fold)
    images = stacked([read_grey(Path(file)) for file in crops["file"]], settings["size"])
    backbone = build(settings["architecture"], seed, weights_of(settings["weights"]))
    model = Classifier(backbone, [args.task], seed)
    curves = fit(model, images[inside], labels[inside].to_numpy()[:, None], settings, seed)

    predictions = crops.loc[outside, ["patient", "case", "image"]].assign(
        **{"variant": args.variant, "model": args.model, "task": args.task, "class": "1", "kind": "probability"},
        horizon=np.nan,
        split=splits[outside],
        fold=args.fold,
        value=predict(model, images[outside])[:, 0] if outside.any() else np.empty(0),
    )
    write_table(predictions, args.out, PREDICTIONS)
    with replacing(args.weights) as temporary:
        temporary.write_bytes(save(to_tensors(model)))
    built = {key: settings[key] for key in ("architecture", "size", "weights")}
    write_json(args.state, {**built, "heads": [args.task], "images": int(inside.sum())})
    with replacing(args.curves) as temporary:
        pd.DataFrame(curves).to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")


if __name__ == "__main__":
    run_job(main)
