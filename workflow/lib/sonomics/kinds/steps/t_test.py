"""Welch's t test of every feature between the classes."""

from sonomics.kinds.steps import CORRECTIONS, Significance, StepKind

KIND = StepKind(
    name="t_test",
    settings=Significance,
    builder="sonomics.select.steps.tests:keep_by_t_test",
    purpose="relevance",
    serves=("binary",),
    words="Welch's t test with P < {below:g} ({correction})",
    value_words={"correction": CORRECTIONS},
)
