"""Compute PyRadiomics features of every crop of one chunk."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.extract.crops.job import read_job
from sonomics.extract.proof.reference import make_reference
from sonomics.kinds.radiomics import Radiomics
from sonomics.texture.region import name_features


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv, Radiomics)
    names = name_features(job.family.classes, job.family.filters)
    job.write(names, job.compute(job.crops, names, make_reference(job.family), job.family.resample_mm))


if __name__ == "__main__":
    run_job(main)
