"""Compute texture features of every crop of one chunk, and recompute a few regions with PyRadiomics."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.extract.crops.compilation import compile_once
from sonomics.extract.crops.job import read_job
from sonomics.extract.proof.recompute import prove
from sonomics.kinds.families.texture import Texture
from sonomics.texture.region import compute_features, name_features


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv, Texture)
    classes, filters, bins = job.family.classes, job.family.filters, job.family.bins
    names = name_features(classes, filters)
    compute = compile_once(
        lambda pixels, mask, edge: compute_features(pixels, mask, classes, filters, bins, spacing=edge)
    )
    values = job.compute(job.crops, names, compute, job.family.resample_mm)
    doubtful = prove(job, names, values, job.family.proof)
    job.write(names, values, doubtful)


if __name__ == "__main__":
    run_job(main)
