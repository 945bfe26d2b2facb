"""Tasks of several classes: the probabilities of all classes of a case, its decision, and how good they are."""
