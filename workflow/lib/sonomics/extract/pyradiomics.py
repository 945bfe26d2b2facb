"""Compute PyRadiomics features of every crop of one chunk."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core import schemas
from sonomics.core.images import read_grey, read_mask
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.tables import read_table, write_table
from sonomics.extract.regions import feature_names, region_features
from sonomics.extract.resample import resampled
from sonomics.extract.rows import feature_table, kept_crops

log = logging.getLogger(__name__)


def apply(
    pixels: NDArray[np.uint8], mask: NDArray[np.bool_], spacing_mm: float, family: Mapping[str, Any]
) -> list[float]:
    """Compute a family's features of one crop.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The crop.
    mask : (rows, columns) bool array
        The region in it.
    spacing_mm : float
        Edge of a pixel, NaN when unknown.
    family : mapping
        `classes`, `filters`, `bins` and `resample_mm` of params.

    Returns
    -------
    list of float
        In the order of `feature_names`. Without resampling every length is in pixels, with it in mm, so that one
        column never mixes the two; all NaN when the family asks for resampling and the spacing is unknown.
    """
    names = feature_names(family["classes"], family["filters"])
    edge = family["resample_mm"]
    if edge is not None:
        if not np.isfinite(spacing_mm):
            return [np.nan] * len(names)
        pixels, mask = resampled(pixels, mask, spacing_mm / edge)
    binning = {"binCount": family["bins"]}
    values = region_features(pixels, mask, family["classes"], family["filters"], binning, edge or 1.0)
    return [values[name] for name in names]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--family", required=True)
    parser.add_argument("--crops", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    family = args.settings["extract"]["families"][args.family]
    names = feature_names(family["classes"], family["filters"])
    crops = kept_crops(read_table(args.crops, schemas.CROPS))
    values = np.empty((len(crops), len(names)))
    for row, crop in enumerate(progress(crops.itertuples(), "texture", total=len(crops))):
        values[row] = apply(read_grey(Path(crop.file)), read_mask(Path(crop.mask)), crop.spacing_mm, family)
        if undefined := int(np.isnan(values[row]).sum()):
            log.warning("%s, %s: %d of %d features are undefined", crop.image, crop.file, undefined, len(names))
    features = pd.DataFrame(values, columns=names)
    write_table(feature_table(crops, features, args.family), args.out, schemas.FEATURES)


if __name__ == "__main__":
    run_job(main)
