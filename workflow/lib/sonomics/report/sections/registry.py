"""Which sections the page may have besides those of every study, in the order of the page."""

from collections.abc import Callable

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.section import Section
from sonomics.report.sections import (
    borderline,
    classes,
    comparisons,
    label_aware,
    power,
    published,
    readers,
    serial,
    subgroups,
    survival,
    treatment,
)
from sonomics.report.study.evaluation import Evaluation

# Builds a section from the main run's evaluation of a task, and all parameters; None when the study has none.
SectionBuilder = Callable[[Evaluation, Parameters], Section | None]
BUILDERS: tuple[SectionBuilder, ...] = (
    comparisons.build,
    survival.build,
    subgroups.build,
    treatment.build,
    classes.build,
    borderline.build,
    serial.build,
    readers.build,
    label_aware.build,
    power.build,
    published.build,
)


def build_sections(evaluation: Evaluation, params: Parameters) -> list[Section]:
    """Build the sections that a study has."""
    sections = (build(evaluation, params) for build in BUILDERS)
    return [section for section in sections if section]
