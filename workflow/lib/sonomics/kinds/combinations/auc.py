"""Weights by AUC: each base model's share of the sum of their AUCs, on the scores as they are."""

from sonomics.kinds.combinations import CombinationKind

KIND = CombinationKind(
    name="auc",
    builder="sonomics.stack.methods.combination:weigh_by_auc",
    words="averaged as they are with weights by their AUC",
    evidence="mean of scores weighted by their out-of-fold AUCs",
    of_risks="sonomics.stack.methods.survival:weigh_risks_by_concordance",
    of_classes="sonomics.stack.methods.classes:weigh_classes_by_auc",
    gives_log_odds=True,
    takes_as_given=True,
)
