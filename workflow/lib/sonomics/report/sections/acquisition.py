"""The section on how the images were acquired."""

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.numbers import format_p
from sonomics.report.elements.section import Section
from sonomics.report.sections.baseline import DESCRIPTIVE, tabulate_groups
from sonomics.report.study.evaluation import Evaluation

NAMES = {
    "device": "Scanner",
    "transducer": "Transducer",
    "frequency_mhz": "Frequency, MHz",
    "depth_mm": "Depth, mm",
    "spacing_mm": "Side of a pixel, mm",
    "mechanical_index": "Mechanical index",
}
UNEVEN = 0.05  # the usual level; it names what to look at, and decides nothing


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on scanners, transducers and their settings; None where nothing is known of any image."""
    table = evaluation.tables.get("acquisition", pd.DataFrame())
    if table.empty:
        return None
    paragraphs = [
        "Were the sets acquired alike? A difference between them is one that a model may meet with other patients, or "
        "one that it may have learned in place of the disease. Values of a case are means over its images. DICOM has "
        "no element for the gain.",
        _tell_uneven(table, evaluation.splits),
    ]
    note = f"{DESCRIPTIVE} P: each test set against training, unadjusted."
    named = table.assign(variable=table["variable"].map(NAMES))
    shown = tabulate_groups(named, evaluation.task, evaluation.splits, "Acquisition by set", note)
    return Section("acquisition", "Acquisition", paragraphs, [shown])


def _tell_uneven(table: pd.DataFrame, titles: dict[str, str]) -> str:
    tests = table.drop_duplicates(["variable", "group"])
    uneven = tests[tests["p"] < UNEVEN]
    if uneven.empty:
        return "No test set differs from training at the 5 % level in what is known."
    found = [
        f"{NAMES[name].split(',')[0].lower()} ({titles.get(group, group)}, P: {format_p(p)})"
        for name, group, p in zip(uneven["variable"], uneven["group"], uneven["p"], strict=True)
    ]
    return f"At the 5 % level, unadjusted, these differ from training: {'; '.join(found)}."
