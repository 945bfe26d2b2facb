"""A toy kind of every group, as a package would declare it."""

from typing import Annotated

from pydantic import Field

from sonomics.core.settings.base import Names, Section
from sonomics.core.settings.extract import Family
from sonomics.core.settings.select import Step
from sonomics.core.settings.train import Model
from sonomics.kinds.calibrations import CalibrationKind
from sonomics.kinds.combinations import CombinationKind
from sonomics.kinds.families import FamilyKind
from sonomics.kinds.models import Candidates, ModelKind, Search, Tried
from sonomics.kinds.outlines import OutlineKind
from sonomics.kinds.pools import PoolKind
from sonomics.kinds.sources import SourceKind
from sonomics.kinds.steps import StepKind
from sonomics.kinds.thresholds import ThresholdKind

Neighbours = Annotated[int, Field(ge=1, description="number of neighbours")]


class NearestCandidates(Candidates):
    neighbours: Tried[Neighbours] | None = Field(None, description="values to try")


class Nearest(Model):
    families: Names = Field(description="feature families that the model takes")
    neighbours: Neighbours = Field(3, description="number of neighbours")
    search: Search[NearestCandidates] | None = Field(None, description="choose the number in inner folds")


class Area(Family):
    unit: float = Field(1.0, gt=0, description="area that counts as one")


class First(Step):
    count: int = Field(3, ge=1, description="number of features to keep")


class Twin(Section):
    patients: dict[str, int] = Field(description="number of patients in each split")


MODEL = ModelKind(
    name="nearest",
    settings=Nearest,
    builder="toy_kinds.fits:build_nearest",
    takes="features",
    words="nearest neighbours on {families}",
    hyperparameters={"neighbours": "neighbours"},
)
FAMILY = FamilyKind(
    name="area", settings=Area, builder="toy_kinds.area:main", words="area of the region in units of {unit:g}"
)
STEP = StepKind(
    name="first", settings=First, builder="toy_kinds.fits:keep_first", purpose="redundancy", words="the first {count}"
)
SOURCE = SourceKind(
    name="twin",
    settings=Twin,
    builder="toy_kinds.twin:main",
    draft="toy_kinds.twin:draft",
    is_simulated=True,
    words="a twin of the simulator",
)
OUTLINE = OutlineKind(
    name="rectangles", builder="toy_kinds.rectangles:read", endings=(".rect.txt",), words="rectangles in a text file"
)
COMBINATION = CombinationKind(
    name="leader",
    builder="toy_kinds.fits:follow_leader",
    words="led by the first of them",
    evidence="the first score alone",
    gives_log_odds=True,
)
POOL = PoolKind(name="least", builder="toy_kinds.fits:pool_by_least", words="least")
CALIBRATION = CalibrationKind(
    name="half",
    builder="toy_kinds.fits:HALF",
    words="All probabilities were one half",
    is_fitted=False,
    is_logistic=False,
)
THRESHOLD = ThresholdKind(name="middle", builder="toy_kinds.fits:choose_middle", words="the middle of the scale")
