"""`clean`: from exported files to screened images."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sonomics.core.settings.base import Fraction, Name, Section, broken, missing, unit
from sonomics.core.settings.networks import Architecture, Batch, Epochs, LearningRate, Size, StartingWeights


class View(Section):
    """Where the images of a view come from."""

    from_: Literal["still", "clip"] = Field(alias="from", description="a still image, or a frame of a clip")
    window_s: list[float] | None = Field(
        None,
        min_length=2,
        max_length=2,
        description="first and last second after the injection (clean.injection) between which the frame is picked",
        json_schema_extra=unit("s"),
    )
    pick: Literal["peak", "mean"] | None = Field(
        None, description="the brightest frame of the window (peak), or the one nearest to its mean brightness (mean)"
    )
    shows: Literal["tissue", "flow", "contrast"] | None = Field(
        None,
        description="images of this kind only: grey tissue, colour or power flow, or contrast mode; without it, any",
    )

    @model_validator(mode="after")
    def _frame_of_a_clip_is_picked(self) -> Self:
        for key in ("window_s", "pick"):
            if self.from_ == "clip" and getattr(self, key) is None:
                raise missing(key)
        return self


class Criterion(Section):
    """One inclusion or exclusion criterion."""

    name: Name = Field(description="short name, which is the reason of exclusion in the tables")
    rule: str = Field(description="rule such as `age >= 18 & sex == F`; also |, ! and brackets")
    unknown: Literal["keep", "exclude"] = Field(description="what happens when a deciding value is unknown")
    kind: Literal["inclusion", "exclusion"] = Field(
        "inclusion", description="inclusion: the rule must hold; exclusion: it must not hold"
    )
    level: Literal["case", "image"] = Field(
        "case", description="table that the rule reads: the cohort (case), or data/clean/images.parquet (image)"
    )
    title: str | None = Field(
        None,
        min_length=1,
        description="name of the excluded in the flow chart, such as `younger than 18 years`; without it, from `name`",
    )
    training_only: bool = Field(
        False, description="apply the rule to training rows only, which a rule that reads a label or outcome needs"
    )


class Injection(Section):
    """When the contrast agent was injected, from which the windows of the views count."""

    from_: Literal["start", "tag", "table", "arrival"] = Field(
        alias="from",
        description="the first frame of the clip (start), the file's Contrast/Bolus Start Time (tag), a column of the "
        "cohort (table), or the arrival on the intensity curve (arrival)",
    )
    column: str | None = Field(
        None,
        description="column of the cohort: seconds from the first frame of the clip to the injection, negative when "
        "the injection came first",
        json_schema_extra=unit("s"),
    )
    delay_s: float | None = Field(
        None, ge=0, description="time from the injection to the arrival", json_schema_extra=unit("s")
    )

    @model_validator(mode="after")
    def _source_is_stated(self) -> Self:
        for source, key in (("table", "column"), ("arrival", "delay_s")):
            if self.from_ == source and getattr(self, key) is None:
                raise missing(key)
        return self


class Duplicates(Section):
    """Images that show the same."""

    max_distance: int = Field(
        ge=0, le=128, description="bits of 256 in which the difference hashes of near-duplicates may differ"
    )
    max_share: Fraction = Field(
        0.0,
        description="share of the bits set in either hash up to which a pair is examined more closely, such as 0.4",
    )
    min_similarity: Fraction | None = Field(
        None,
        description="correlation of detail that two images with near hashes must reach, such as 0.7; without it, the "
        "hashes alone decide",
    )
    within_case: Literal["exclude", "keep"] = Field(
        "exclude", description="what happens to later copies of a view in a case"
    )
    across_patients: Literal["group", "exclude"] = Field(
        "group",
        description="patients of one split who share an image are kept in one fold (group), or the later copy is "
        "dropped too (exclude)",
    )

    @model_validator(mode="after")
    def _a_wider_search_needs_a_closer_look(self) -> Self:
        if "max_share" in self.model_fields_set and self.min_similarity is None:
            raise missing("min_similarity")
        return self


class Network(Section):
    """The network of the quality-control classifier."""

    architecture: Architecture
    weights: StartingWeights
    size: Size
    epochs: Epochs
    batch: Batch
    learning_rate: LearningRate


class Head(Section):
    """What a head excludes; `{}` describes images and excludes none."""

    exclude_below: Fraction | None = Field(None, description="images of a lower probability are excluded")
    exclude_above: Fraction | None = Field(None, description="images of this or a higher probability are excluded")
    sensitivity: float | None = Field(
        None,
        gt=0,
        le=1,
        description="share of the images labelled yes that must be found; the threshold is tuned to it on held-out "
        "training images",
    )
    exclude: Literal["below", "above"] = Field("below", description="side of the tuned threshold that is excluded")
    needs_case: str | None = Field(
        None, description="column of the cohort; only images of cases with 1, true or yes there may be excluded"
    )
    training_only: bool = Field(
        False, description="apply the rule to training cases only, which is required when needs_case is a label"
    )

    @model_validator(mode="after")
    def _one_threshold(self) -> Self:
        thresholds = ("exclude_below", "exclude_above", "sensitivity")
        stated = [key for key in thresholds if getattr(self, key) is not None]
        if len(stated) > 1:
            raise broken(f"{stated[0]} and {stated[1]} exclude each other")
        if "exclude" in self.model_fields_set and self.sensitivity is None:
            raise missing("sensitivity")
        if "training_only" in self.model_fields_set and self.needs_case is None:
            raise missing("needs_case")
        if self.needs_case is not None and not stated:
            raise broken(f"at least one of these must be stated: {' or '.join(thresholds)}")
        return self


class QualityControl(Section):
    """The classifier that screens images."""

    network: Network | None = Field(None, description="network of the classifier")
    heads: dict[Name, Head] = Field(
        description="questions asked of each image, which are columns of data/qc_labels.csv; without heads, no "
        "classifier is used"
    )


class Clean(Section):
    """From exported files to screened images."""

    views: dict[Name, View] = Field(min_length=1, description="views of a case by name, and where each comes from")
    criteria: list[Criterion] = Field(
        [], description="inclusion and exclusion criteria in the order of the flow chart; the first broken one counts"
    )
    injection: Injection = Field(
        Injection.partial({"from": "start"}),
        description="when the contrast agent was injected, from which the windows of the views count",
    )
    overlays: Literal["remove", "keep"] = Field(
        description="find and inpaint calipers, lines, arrows, body marks, texts and bars, or keep them"
    )
    duplicates: Duplicates = Field(description="images that show the same")
    qc: QualityControl = Field(description="the classifier that screens images")
