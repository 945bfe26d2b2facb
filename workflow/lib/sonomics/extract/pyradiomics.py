"""Compute PyRadiomics features of every crop of one chunk."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.jobs import run_job
from sonomics.extract.crops.job import Compute, read_job
from sonomics.extract.proof.pyradiomics_values import region_features
from sonomics.texture.region import feature_names


def reference(family: Mapping[str, Any]) -> Compute:
    """Make the function that computes a family's features of one crop with PyRadiomics.

    Parameters
    ----------
    family : mapping
        `classes`, `filters` and `bins` of params.
    """

    def compute(pixels: NDArray[np.float64], mask: NDArray[np.bool_], edge: float) -> NDArray[np.float64]:
        binning = {"binCount": family["bins"]}
        values = region_features(pixels, mask, family["classes"], family["filters"], binning, edge)
        return np.array(list(values.values()))

    return compute


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv)
    names = feature_names(job.family["classes"], job.family["filters"])
    job.write(names, job.values(job.crops, names, reference(job.family)))


if __name__ == "__main__":
    run_job(main)
