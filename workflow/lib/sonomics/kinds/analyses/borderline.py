"""A class between negative and positive."""

from sonomics.core.settings.evaluate import Evaluate
from sonomics.kinds.analyses import Analysis


def borderline_columns(settings: Evaluate) -> list[str]:
    """List the column of the class."""
    return [settings.borderline.column] if settings.borderline else []


KIND = Analysis(
    name="borderline",
    builder="sonomics.evaluate.optional.borderline:borderline_tables",
    section="sonomics.report.sections.borderline:build",
    tables=("borderline",),
    order=120,
    page=60,
    setting="borderline",
    main_only=True,
    columns=borderline_columns,
)
