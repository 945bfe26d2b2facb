"""Compute MaZda's features of every crop of one chunk."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.extract.crops.compiled import compiled
from sonomics.extract.crops.job import read_job
from sonomics.texture.mazda.region import FAMILIES, feature_names, region_values


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv)
    families = job.family.get("families", list(FAMILIES))
    names = feature_names(families)
    normalisation, bits = job.family["normalisation"], job.family.get("bits")
    values = job.values(
        job.crops,
        names,
        compiled(lambda pixels, mask, edge: region_values(pixels, mask, families, normalisation, bits, edge)),
    )
    job.write(names, values)


if __name__ == "__main__":
    run_job(main)
