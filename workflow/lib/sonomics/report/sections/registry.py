"""Which sections the page may have beside those of every study, in the order of the page."""

from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.section import Maker, Section
from sonomics.report.sections.borderline import borderline_section
from sonomics.report.sections.classes import classes_section
from sonomics.report.sections.comparisons import comparisons_section
from sonomics.report.sections.label_aware import label_aware_section
from sonomics.report.sections.power import power_section
from sonomics.report.sections.published import beside_published
from sonomics.report.sections.readers import readers_section
from sonomics.report.sections.serial import serial_section
from sonomics.report.sections.subgroups import subgroups_section
from sonomics.report.sections.survival import survival_section
from sonomics.report.sections.treatment import treatment_section
from sonomics.report.study.evaluation import Evaluation

MAKERS: tuple[Maker, ...] = (
    comparisons_section,
    survival_section,
    subgroups_section,
    treatment_section,
    classes_section,
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
