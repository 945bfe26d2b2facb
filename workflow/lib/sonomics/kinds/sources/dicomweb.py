"""A PACS that speaks DICOMweb."""

import os
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from sonomics.core.settings.base import broken
from sonomics.kinds.pacs import PASSWORD, TOKEN, USER, File, Server
from sonomics.kinds.sources import SourceKind

OURSELVES = ("localhost", "127.0.0.1", "::1")


class DicomWeb(Server):
    """A PACS that speaks DICOMweb; user and password, or a token, come from the environment."""

    url: str = Field(
        pattern="^https?://", description="address of the service, such as https://pacs.hospital/dicom-web"
    )
    ca_file: File | None = Field(None, description="certificates of the authorities to trust (PEM)")
    cert_file: File | None = Field(None, description="our certificate and its key (PEM), if the server asks for one")
    paging: bool = Field(
        True,
        description="whether lists come page by page; false for a server that ignores the offset and is known to send "
        "every list at once",
    )

    @model_validator(mode="after")
    def _no_secret_in_the_address(self) -> Self:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host:
            raise broken("the address names no host", "write it as https://pacs.hospital/dicom-web", "url")
        if "@" in parts.netloc:
            fix = f"take them out, change the password, and set {USER} and {PASSWORD}, or {TOKEN}, in the environment"
            raise broken("there is a user name or password in the address", fix, "url")
        if parts.query or parts.fragment:
            fix = f"end it at the service's path; a token belongs into {TOKEN} in the environment"
            raise broken("there is a query (?) or a fragment (#) in the address", fix, "url")
        return self


class DicomWebKind(SourceKind):
    """A PACS that speaks DICOMweb."""

    def list_risks(self, settings: Any) -> list[str]:
        """Tell when a password would travel in the clear."""
        parts = urlsplit(settings.url)
        if parts.scheme == "https" or parts.hostname in OURSELVES:
            return []
        if not (os.environ.get(USER) or os.environ.get(TOKEN)):
            return []
        return ["params.yaml, export.dicomweb.url: password and identities travel unencrypted. Fix: use https."]


KIND = DicomWebKind(
    name="dicomweb",
    settings=DicomWeb,
    builder="sonomics.export.dicomweb:main",
    draft="sonomics.export.cohort.drafts:draft_from_studies",
    client="sonomics.export.pacs.dicomweb:DicomWeb",
    words="a PACS (DICOMweb), de-identified after DICOM PS3.15",
)
