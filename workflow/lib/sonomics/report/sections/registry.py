"""Which sections the page may have besides those of every study, in the order of the page."""

from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.analyses import analyses_on_page, load
from sonomics.report.elements.section import Section
from sonomics.report.study.evaluation import Evaluation


def build_sections(evaluation: Evaluation, params: Parameters) -> list[Section]:
    """Build the sections of the analyses that a study has.

    Every builder takes the main run's evaluation of a task and all parameters; it returns None when the study lacks its
    analysis.
    """
    kind = params.study.tasks[evaluation.task].type
    shown = [analysis for analysis in analyses_on_page() if kind in analysis.serves]
    sections = (load(analysis.section)(evaluation, params) for analysis in shown)
    return [section for section in sections if section]
