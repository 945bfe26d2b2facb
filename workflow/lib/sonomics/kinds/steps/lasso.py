"""LASSO: L1-penalised logistic regression."""

from sonomics.kinds.steps import PENALTIES, Penalty, StepKind

KIND = StepKind(
    name="lasso",
    settings=Penalty,
    builder="sonomics.select.steps.penalised:keep_by_lasso",
    purpose="relevance",
    gives_coefficients=True,
    words="LASSO logistic regression with {folds} inner folds, penalty by {rule}",
    value_words={"rule": PENALTIES},
)
