"""Compute texture features of every crop of one chunk, and recompute a few regions with PyRadiomics."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.extract.crops.compiled import compiled
from sonomics.extract.crops.job import read_job
from sonomics.extract.proof.recompute import prove
from sonomics.texture.region import feature_names, region_values

PROOF = 3


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv)
    classes, filters, bins = job.family["classes"], job.family["filters"], job.family["bins"]
    names = feature_names(classes, filters)
    values = job.values(
        job.crops,
        names,
        compiled(lambda pixels, mask, edge: region_values(pixels, mask, classes, filters, bins, spacing=edge)),
    )
    prove(job, names, values, job.family.get("proof", PROOF))
    job.write(names, values)


if __name__ == "__main__":
    run_job(main)
