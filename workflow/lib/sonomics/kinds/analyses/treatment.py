"""A treatment within the risk groups."""

from sonomics.core.settings.evaluate import Evaluate
from sonomics.kinds.analyses import Analysis


def treatment_columns(settings: Evaluate) -> list[str]:
    """List the column of the treatment."""
    return [settings.treatment] if settings.treatment else []


KIND = Analysis(
    name="treatment",
    builder="sonomics.evaluate.survival.treatment:treatment_tables",
    figures="sonomics.evaluate.figures.treatment:treatment_panels",
    section="sonomics.report.sections.treatment:build",
    tables=("treatment", "treatment_curves"),
    serves=("binary", "survival"),
    order=90,
    page=40,
    setting="treatment",
    needs=("time", "event"),
    columns=treatment_columns,
)
