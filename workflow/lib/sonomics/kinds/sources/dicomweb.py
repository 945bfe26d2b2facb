"""A PACS that speaks DICOMweb."""

from pydantic import Field

from sonomics.kinds.pacs import File, Server
from sonomics.kinds.sources import SourceKind


class DicomWeb(Server):
    """A PACS that speaks DICOMweb; user and password, or a token, come from the environment."""

    url: str = Field(
        pattern="^https?://", description="address of the service, such as https://pacs.hospital/dicom-web"
    )
    ca_file: File | None = Field(None, description="certificates of the authorities to trust (PEM)")
    cert_file: File | None = Field(None, description="our certificate and its key (PEM), if the server asks for one")


KIND = SourceKind(
    name="dicomweb",
    settings=DicomWeb,
    builder="sonomics.export.dicomweb:main",
    draft="sonomics.export.cohort.drafts:draft_from_studies",
    client="sonomics.export.pacs.dicomweb:DicomWeb",
    words="a PACS (DICOMweb), de-identified after DICOM PS3.15",
)
