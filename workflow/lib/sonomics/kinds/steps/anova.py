"""One-way analysis of variance of every feature between several classes."""

from sonomics.kinds.steps import CORRECTIONS, Significance, StepKind

KIND = StepKind(
    name="anova",
    settings=Significance,
    builder="sonomics.select.steps.tests:keep_by_anova",
    purpose="relevance",
    serves=("classes",),
    words="one-way analysis of variance with P < {below:g} ({correction})",
    value_words={"correction": CORRECTIONS},
)
