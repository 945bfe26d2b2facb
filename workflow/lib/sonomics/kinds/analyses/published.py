"""Our figures next to those of the publication whose design a study follows: a section alone."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="published",
    section="sonomics.report.sections.published:build",
    order=160,
    page=110,
)
