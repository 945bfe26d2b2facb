"""Questions of several classes."""

from sonomics.core.settings.evaluate import Evaluate
from sonomics.kinds.analyses import Analysis


def class_columns(settings: Evaluate) -> list[str]:
    """List the columns of the true classes."""
    return [question.column for question in settings.classes.values()]


KIND = Analysis(
    name="classes",
    builder="sonomics.evaluate.optional.classes:questions_tables",
    section="sonomics.report.sections.classes:build",
    tables=("classes", "confusion"),
    order=130,
    page=50,
    setting="classes",
    main_only=True,
    columns=class_columns,
)
