"""All rules and conditions, by the names that the YAML files of the standards use."""

from collections.abc import Callable
from dataclasses import dataclass

from sonomics.kinds.models import MODELS
from sonomics.report.evidence import design, images, models, results
from sonomics.report.study.record import Record

RULES = design.RULES | images.RULES | models.RULES | results.RULES


@dataclass(frozen=True)
class Condition:
    """When an item applies: what the study must have, in words, and whether it has it."""

    words: str
    holds: Callable[[Record], bool]


def uses_outlines(record: Record) -> bool:
    """Tell whether models or features use an outline."""
    return record.params.crop.region != "whole" or bool(record.hand_crafted_families)


def uses_automatic_outlines(record: Record) -> bool:
    """Tell whether a program drew the outlines: a study reads outlines of readers, so only the authors can say so."""
    return bool(record.author.get("automated_segmentation"))


def uses_hand_crafted_features(record: Record) -> bool:
    """Tell whether a formula computes features."""
    return bool(record.hand_crafted_families)


def uses_tables(record: Record) -> bool:
    """Tell whether a model takes features or clinical columns in a table."""
    return any(MODELS.get(model.kind).takes != "crops" for model in record.models.values())


def uses_end_to_end_networks(record: Record) -> bool:
    """Tell whether a network goes from image to score."""
    return any(MODELS.get(model.kind).takes == "crops" for model in record.models.values())


CONDITIONS = {
    "segmentation": Condition("outlines", uses_outlines),
    "automated_segmentation": Condition("automatic outlines", uses_automatic_outlines),
    "hand_crafted": Condition("hand-crafted features", uses_hand_crafted_features),
    "tabular": Condition("tables of features", uses_tables),
    "end_to_end": Condition("end-to-end networks", uses_end_to_end_networks),
}
