"""A PACS that speaks DIMSE."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Section, missing
from sonomics.kinds.pacs import File, Port, Server
from sonomics.kinds.sources import SourceKind

AeTitle = Annotated[str, Field(min_length=1, max_length=16, description="a DICOM application entity title")]
Host = Annotated[str, Field(min_length=1, description="name or address of a machine")]


class Tls(Section):
    """Encrypted associations."""

    ca_file: File = Field(description="certificates of the authorities to trust (PEM)")
    cert_file: File | None = Field(None, description="our certificate (PEM)")
    key_file: File | None = Field(None, description="the key of our certificate (PEM)")


class Dimse(Server):
    """A PACS that speaks DIMSE."""

    host: str = Field(min_length=1, description="name or address of the PACS")
    port: Port
    ae_title: AeTitle = Field(description="our title, as the PACS knows it")
    called_ae_title: AeTitle = Field(description="title of the PACS")
    retrieve: Literal["get", "move"] = Field(description="C-GET (get), or C-MOVE to our own storage service (move)")
    store_port: Port | None = Field(None, description="port of our storage service for C-MOVE")
    store_host: Host | None = Field(
        None, description="our own address, in the hospital's network, that our storage service listens on for C-MOVE"
    )
    senders: dict[AeTitle, Host] | None = Field(
        None,
        min_length=1,
        description="who may send to our storage service: calling title -> name or address of the machine; "
        "called_ae_title at host if not given",
    )
    tls: Tls | None = Field(None, description="encrypted associations; none if not given")

    @model_validator(mode="after")
    def _storage_service_has_an_address(self) -> Self:
        for key in ("store_port", "store_host"):
            if self.retrieve == "move" and getattr(self, key) is None:
                raise missing(key)
        return self


KIND = SourceKind(
    name="dimse",
    settings=Dimse,
    builder="sonomics.export.dimse:main",
    draft="sonomics.export.cohort.drafts:draft_from_studies",
    client="sonomics.export.pacs.dimse:Dimse",
    words="a PACS (DIMSE), de-identified after DICOM PS3.15",
)
