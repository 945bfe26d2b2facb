"""Mann-Whitney U test of every feature between the classes."""

from sonomics.kinds.steps import CORRECTIONS, Significance, StepKind

KIND = StepKind(
    name="u_test",
    settings=Significance,
    builder="sonomics.select.steps.tests:keep_by_u_test",
    purpose="relevance",
    serves=("binary",),
    words="Mann-Whitney U test with P < {below:g} ({correction})",
    value_words={"correction": CORRECTIONS},
)
