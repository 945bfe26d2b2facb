"""Weights of a ridge logistic regression on out-of-fold scores: base models that agree share the weight."""

from sonomics.kinds.combinations import CombinationKind

KIND = CombinationKind(
    name="fitted",
    builder="sonomics.stack.methods.combination:fit_logistic_weights",
    words="stacked by logistic regression",
    words_by_task={
        "classes": "stacked by a conditional logit with one weight a model",
        "survival": "stacked by a Cox model",
    },
    evidence="stacked by logistic regression on out-of-fold scores",
    of_risks="sonomics.stack.methods.survival:fit_weights_of_risks",
    of_classes="sonomics.stack.methods.classes:fit_weights_of_classes",
    gives_log_odds=True,
)
