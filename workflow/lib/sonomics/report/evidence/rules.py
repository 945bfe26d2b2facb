"""All rules and conditions by the names that the YAML files of the standards use."""

from collections.abc import Callable

from sonomics.report.evidence import design, images, models, results
from sonomics.report.study.record import HAND_CRAFTED, Record

RULES = design.RULES | images.RULES | models.RULES | results.RULES


def segmentation(record: Record) -> bool:
    """Whether models or features use an outline."""
    return record.params["crop"]["region"] != "whole" or bool(record.families(*HAND_CRAFTED))


def automated_segmentation(record: Record) -> bool:
    """Whether a program drew the outlines: a study reads outlines of readers, so only the authors can say so."""
    return bool(record.author.get("automated_segmentation"))


def hand_crafted(record: Record) -> bool:
    """Whether features are computed by formula."""
    return bool(record.families(*HAND_CRAFTED))


def tabular(record: Record) -> bool:
    """Whether a model takes features in a table."""
    return bool(set(record.models()) - set(record.models("network")))


def end_to_end(record: Record) -> bool:
    """Whether a network goes from image to score."""
    return bool(record.models("network"))


CONDITIONS: dict[str, Callable[[Record], bool]] = {
    condition.__name__: condition
    for condition in (segmentation, automated_segmentation, hand_crafted, tabular, end_to_end)
}
