"""The score against the time to the event."""

from sonomics.kinds.analyses import Analysis

KIND = Analysis(
    name="survival",
    builder="sonomics.evaluate.survival.analysis:survival_tables",
    figures="sonomics.evaluate.figures.survival:survival_panels",
    section="sonomics.report.sections.survival:build",
    tables=(
        "kaplan_meier",
        "risk_groups",
        "follow_up",
        "cox",
        "proportional_hazards",
        "cutpoint",
        "survival",
        "survival_decision",
    ),
    serves=("binary", "survival"),
    order=70,
    page=20,
    needs=("time", "event"),
)
