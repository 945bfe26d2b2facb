"""Train a network on the crops of each fold and score the images it has not seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.torch import save

from sonomics.core.cohort import read_cohort
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing, write_json
from sonomics.core.jobs import progress, run_job
from sonomics.core.schemas import CROPS, PROBABILITY, SCREENED
from sonomics.core.seeds import seed_for
from sonomics.core.settings.crop import Analysis
from sonomics.core.tables import read_table, read_tables
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.fusion.build import BUILT_BY, build_for_rows
from sonomics.networks.training.fit import Training, fit, predict
from sonomics.networks.weights.load import load_choice
from sonomics.networks.weights.state import to_tensors
from sonomics.train.fold.job import training_parser, write_predictions
from sonomics.train.fold.rows import choose_crops, divide, read_cases
from sonomics.train.inputs.rows import read_rows
from sonomics.train.inputs.variables import count_numbers

# What of an image decides with which others it is joined.
OF_IMAGES = ["exam", "instance", "frame", "time_s", "sharpness"]


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the weights, how to rebuild the network, its training curve and its predictions."""
    parser = training_parser(__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--crops", type=Path, nargs="+", required=True)
    args = parser.parse_args(argv)
    analysis = args.settings.crop.analysis
    settings = args.settings.train.models[args.model]

    screened = read_table(args.images, SCREENED)
    crops = choose_crops(read_tables(args.crops, CROPS), screened, analysis).merge(screened[["image", *OF_IMAGES]])
    cases, rows = read_cases(args), read_rows(crops, read_cohort(args.cohort, args.settings.study), settings)
    for fold in progress(args.fold, "folds"):
        division = divide(rows.table, cases, fold, settings.predictor)
        fitted, scored = division.fitted, division.scored
        if fitted.sum() < 2:
            raise _too_few(args.model, int(fitted.sum()), analysis)
        seed = seed_for(args.settings.study.seed, "train", args.model, args.task, fold)
        scales = rows.fit_scales(fitted)
        inputs, weights = rows.give(scales), load_choice(settings.weights, settings.architecture)
        backbone = build_for_rows(settings, count_numbers(scales), seed, weights)
        model = Classifier(backbone, [args.task], seed)
        training = Training(settings.epochs, settings.batch, settings.learning_rate, settings.weight_decay)
        curves = fit(
            model, inputs.take(torch.from_numpy(fitted)), division.labels[fitted].to_numpy()[:, None], training, seed
        )

        values = predict(model, inputs.take(torch.from_numpy(scored)))[:, 0] if scored.any() else np.empty(0)
        write_predictions(rows.table, division, PROBABILITY, values, args)
        with replacing(args.out / fold / "weights.safetensors") as temporary:
            temporary.write_bytes(save(to_tensors(model)))
        network = {key: value for key, value in settings.plain().items() if key in BUILT_BY}
        about = {"heads": [args.task], "images": int(fitted.sum()), "scales": scales, "joined": rows.counts}
        write_json(args.out / fold / "state.json", {**network, **{key: value for key, value in about.items() if value}})
        with replacing(args.out / fold / "curves.csv") as temporary:
            pd.DataFrame(curves).to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")


def _too_few(model: str, images: int, analysis: Analysis) -> StudyError:
    outlines = f"the outlines of {analysis.reader}, session {analysis.session}"
    count = "one" if images else "no"
    rule = f"{count} training image with a known label has a crop in {outlines}, and a network needs two"
    return StudyError(f"train.models.{model}", rule, "see results/metrics/crop.json, and check crop.analysis")


if __name__ == "__main__":
    run_job(main)
