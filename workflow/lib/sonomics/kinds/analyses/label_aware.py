"""Test sets without the cases that have what none of their images shows."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="label_aware",
    builder="sonomics.evaluate.robustness.label_aware:label_aware_tables",
    section="sonomics.report.sections.label_aware:build",
    tables=("label_aware",),
    order=140,
    page=90,
    setting="label_aware",
)
