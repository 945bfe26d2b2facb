"""Fetch the exams of one chunk from a PACS by DIMSE (C-FIND with C-GET or C-MOVE) and de-identify them."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.export.pacs.dimse import Dimse
from sonomics.export.pacs.retrieve import retrieve_chunk


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    retrieve_chunk(__doc__, "dimse", Dimse, argv)


if __name__ == "__main__":
    run_job(main)
