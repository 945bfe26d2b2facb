"""Which sections the page may have beside those of every study, in the order of the page."""

from collections.abc import Mapping
from typing import Any

from sonomics.report.borderline import borderline_section
from sonomics.report.classes import classes_section
from sonomics.report.comparisons import comparisons_section
from sonomics.report.evaluations import Evaluation
from sonomics.report.label_aware import label_aware_section
from sonomics.report.power import power_section
from sonomics.report.published import beside_published
from sonomics.report.readers import readers_section
from sonomics.report.sections import Maker, Section
from sonomics.report.serial import serial_section
from sonomics.report.subgroups import subgroups_section
from sonomics.report.survival import survival_section
from sonomics.report.treatment import treatment_section

MAKERS: tuple[Maker, ...] = (
    comparisons_section,
    survival_section,
    subgroups_section,
    treatment_section,
    classes_section,
    readers_section,
    serial_section,
    borderline_section,
    serial_section,
    readers_section,
    label_aware_section,
    power_section,
    beside_published,
)


def sections(evaluation: Evaluation, params: Mapping[str, Any]) -> list[Section]:
    """Make the sections that a study has."""
    made = (make(evaluation, params) for make in MAKERS)
    return [section for section in made if section]
