"""Univariable Cox model of every feature, of a survival task."""

from sonomics.kinds.steps import CORRECTIONS, Significance, StepKind

KIND = StepKind(
    name="cox",
    settings=Significance,
    builder="sonomics.select.steps.follow_up:keep_by_cox",
    purpose="relevance",
    serves=("survival",),
    words="univariable Cox model with P < {below:g} ({correction})",
    value_words={"correction": CORRECTIONS},
)
