"""Exams of patients before their diagnosis."""

from sonomics.core.settings.evaluate import Evaluate
from sonomics.kinds.analyses import Analysis


def serial_columns(settings: Evaluate) -> list[str]:
    """List the columns of the times of exam and diagnosis."""
    return [settings.serial.exam_time, settings.serial.diagnosis_time] if settings.serial else []


KIND = Analysis(
    name="serial",
    builder="sonomics.evaluate.optional.serial_exams:serial_exam_tables",
    figures="sonomics.evaluate.figures.serial_exams:serial_exam_panels",
    section="sonomics.report.sections.serial:build",
    tables=("serial", "serial_exams", "serial_summary"),
    order=110,
    page=70,
    setting="serial",
    main_only=True,
    columns=serial_columns,
)
