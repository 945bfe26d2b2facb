"""Compute MaZda's features of every crop of one chunk."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.extract.crops.compilation import compile_once
from sonomics.extract.crops.job import read_job
from sonomics.kinds.families.mazda import Mazda
from sonomics.texture.mazda.region import FAMILIES, compute_features, name_features


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv, Mazda)
    families: Sequence[str] = job.family.families or list(FAMILIES)
    bits = dict[str, int](job.family.bits.items())
    names = name_features(families)
    compute = compile_once(
        lambda pixels, mask, edge: compute_features(pixels, mask, families, job.family.normalisation, bits, edge)
    )
    job.write(names, job.compute(job.crops, names, compute, job.family.resample_mm))


if __name__ == "__main__":
    run_job(main)
