"""Compute a network's pooled features of every crop of one chunk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core import schemas
from sonomics.core.images import read_grey
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table, write_table
from sonomics.extract.rows import feature_table, kept_crops
from sonomics.networks.backbones import Backbone, build
from sonomics.networks.inputs import stacked
from sonomics.networks.training import embed
from sonomics.networks.weights import weights_of


def backbone_of(family: Mapping[str, Any], name: str, seed: int) -> Backbone:
    """Build the frozen network of a family; a random one is the same for every chunk of the study.

    Parameters
    ----------
    family : mapping
        `architecture` and `weights` of params.
    name : str
        The family.
    seed : int
        The study's.
    """
    return build(family["architecture"], seed_for(seed, "extract", name), weights_of(family["weights"]))


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--family", required=True)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    family = args.settings["extract"]["families"][args.family]
    crops = kept_crops(read_table(args.crops, schemas.CROPS))
    images = stacked([read_grey(Path(file)) for file in crops["file"]], family["size"])
    backbone = backbone_of(family, args.family, args.settings["study"]["seed"])
    names = [f"d{number:03d}" for number in range(backbone.num_features)]
    values = embed(backbone, images, family["batch"]) if len(images) else np.empty((0, len(names)))
    features = pd.DataFrame(values.astype(np.float64), columns=names)
    write_table(feature_table(crops, features, args.family), args.out, schemas.FEATURES)


if __name__ == "__main__":
    run_job(main)
