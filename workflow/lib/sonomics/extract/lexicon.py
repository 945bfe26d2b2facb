"""Compute the lexicon descriptors of every crop of one chunk."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.extract.crops.job import read_job
from sonomics.kinds.families.lexicon import Lexicon
from sonomics.texture.lexicon.region import NAMES, compute_features


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    job = read_job(__doc__, argv, Lexicon)
    job.write(NAMES, job.compute(job.crops, NAMES, compute_features, job.family.resample_mm))


if __name__ == "__main__":
    run_job(main)
