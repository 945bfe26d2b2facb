"""The methods as paragraphs in plain English: only what the study did, with its counts."""

from sonomics.report.evidence.record import Record
from sonomics.report.prose.analysis import evaluation_text, models_text, software_text, statistics_text
from sonomics.report.prose.data import cases_text, features_text, images_text, outlines_text, selection_text


def methods(record: Record) -> list[str]:
    """Write the methods, a paragraph a phase, in the order of the work."""
    paragraphs = [
        cases_text(record),
        images_text(record),
        outlines_text(record),
        features_text(record),
        selection_text(record),
        models_text(record),
        evaluation_text(record),
        statistics_text(record),
        software_text(record),
    ]
    return [paragraph for paragraph in paragraphs if paragraph]
