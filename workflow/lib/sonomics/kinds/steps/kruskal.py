"""Kruskal-Wallis test of every feature between several classes."""

from sonomics.kinds.steps import CORRECTIONS, Significance, StepKind

KIND = StepKind(
    name="kruskal",
    settings=Significance,
    builder="sonomics.select.steps.tests:keep_by_kruskal",
    purpose="relevance",
    serves=("classes",),
    words="Kruskal-Wallis test with P < {below:g} ({correction})",
    value_words={"correction": CORRECTIONS},
)
