"""The methods as paragraphs in plain English: only what the study did, with its counts."""

from sonomics.report.prose.analysis import describe_evaluation, describe_models, describe_software
from sonomics.report.prose.data import (
    describe_cases,
    describe_features,
    describe_images,
    describe_outlines,
    describe_selection,
)
from sonomics.report.prose.statistics import describe_statistics
from sonomics.report.study.record import Record
from sonomics.report.study.statements import join_sentences

# What the authors state goes before (participants) or after what the study shows of each part.
PARTICIPANTS = ("design", "setting", "dates", "recruitment", "eligibility", "sample_size")
ETHICS = ("ethics", "consent", "registration", "protocol")


def write_methods(record: Record) -> list[str]:
    """Write the methods, one paragraph per phase in the order of the work, with the authors' own sentences in place."""
    params = record.params
    paragraphs = [
        [join_sentences(params, *PARTICIPANTS)],
        [describe_cases(record), join_sentences(params, "reference_standard", "treatments")],
        [join_sentences(params, "acquisition"), describe_images(record)],
        [describe_outlines(record), join_sentences(params, "segmentation", "outliners")],
        [describe_features(record)],
        [describe_selection(record)],
        [describe_models(record)],
        [describe_evaluation(record)],
        [describe_statistics(record)],
        [describe_software(record)],
        [join_sentences(params, *ETHICS)],
    ]
    return [text for parts in paragraphs if (text := " ".join(filter(None, parts)))]
