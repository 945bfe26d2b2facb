"""`extract`: feature families."""

from typing import Annotated

from pydantic import Field

from sonomics.core.settings.base import Name, Section, kind_of


class Family(Section):
    """One feature family; each kind of family adds its own keys."""

    kind: str = Field(description="kind of feature family")


class Extract(Section):
    """Features measured in the crops."""

    families: dict[Name, Annotated[Family, kind_of("families", tag="kind")]] = Field(
        min_length=1, description="feature families by name"
    )
