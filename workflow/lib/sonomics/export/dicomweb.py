"""Fetch the exams of one chunk from a PACS by DICOMweb (QIDO-RS, WADO-RS) and de-identify them."""

from collections.abc import Sequence

from sonomics.core.jobs import run_job
from sonomics.export.pacs.dicomweb import DicomWeb
from sonomics.export.pacs.retrieve import retrieve_chunk


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    retrieve_chunk(__doc__, "dicomweb", DicomWeb, argv)


if __name__ == "__main__":
    run_job(main)
