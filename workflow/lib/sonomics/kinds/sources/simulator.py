"""Simulated exams with a known risk."""

from typing import Annotated, Literal

from pydantic import Field

from sonomics.core.settings.base import Section, Split
from sonomics.kinds.sources import SourceKind

Patients = Annotated[int, Field(ge=0, description="number of patients")]


class Simulator(Section):
    """Simulated exams of patients with a known risk."""

    patients: dict[Split, Patients] = Field(description="number of patients in each split")
    scene: Literal["liver", "adnexal"] = Field("liver", description="what the exams show")
    repeat_outlines: int = Field(
        ge=0, description="training cases outlined by a second reader, and once more by the first"
    )


KIND = SourceKind(
    name="simulator",
    settings=Simulator,
    builder="sonomics.export.simulator:main",
    draft="sonomics.export.cohort.drafts:draft_simulated",
    is_simulated=True,
    words="a simulator with a known risk that drives label, follow-up and image",
)
