"""Equal weights: the mean of the z-scored scores, which is steadier when cases are few."""

from sonomics.kinds.combinations import CombinationKind

KIND = CombinationKind(
    name="equal",
    builder="sonomics.stack.methods.combination:give_equal_weights",
    words="averaged",
    evidence="mean of z-scored scores",
    of_risks="sonomics.stack.methods.survival:give_equal_weights_of_risks",
    of_classes="sonomics.stack.methods.classes:give_equal_weights_of_classes",
    gives_log_odds=False,
)
