"""The methods as paragraphs in plain English: only what the study did, with its counts."""

from sonomics.report.prose.analysis import evaluation_text, models_text, software_text
from sonomics.report.prose.data import cases_text, features_text, images_text, outlines_text, selection_text
from sonomics.report.prose.statistics import statistics_text
from sonomics.report.study.record import Record
from sonomics.report.study.statements import sentences

# What the authors state of each part goes before (participants) or behind what the study shows of it.
PARTICIPANTS = ("design", "setting", "dates", "recruitment", "eligibility", "sample_size")
ETHICS = ("ethics", "consent", "registration", "protocol")


def methods(record: Record) -> list[str]:
    """Write the methods, a paragraph a phase, in the order of the work, with the authors' own sentences in place."""
    params = record.params
    paragraphs = [
        [sentences(params, *PARTICIPANTS)],
        [cases_text(record), sentences(params, "reference_standard", "treatments")],
        [sentences(params, "acquisition"), images_text(record)],
        [outlines_text(record), sentences(params, "segmentation", "outliners")],
        [features_text(record)],
        [selection_text(record)],
        [models_text(record)],
        [evaluation_text(record)],
        [statistics_text(record)],
        [software_text(record)],
        [sentences(params, *ETHICS)],
    ]
    return [text for parts in paragraphs if (text := " ".join(filter(None, parts)))]
