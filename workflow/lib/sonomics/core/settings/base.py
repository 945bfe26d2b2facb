"""What the settings of every phase are made of: closed sections of described keys, and the small types they share."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A map of params.yaml whose keys are all known; an unknown key, text for a number, NaN or infinity is refused.

    A job is handed only the keys that it reads: of a section cut down to them (`partial`), the others are absent, and
    reading one of them is an AttributeError.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True)


def unit(name: str) -> dict[str, Any]:
    """Return what `Field(json_schema_extra=...)` takes to say the unit of a key (px, mm, s, months ...)."""
    return {"unit": name}


Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", description="small letters, digits and single underscores")]
Fraction = Annotated[float, Field(ge=0, le=1)]
