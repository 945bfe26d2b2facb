"""Random forest."""

from typing import Any

from sonomics.core.jobs import threads
from sonomics.kinds.models.forest import Forest
from sonomics.train.classifiers.weights import class_weight_of

SMALLEST_LEAF = 2


def build(settings: Forest, seed: int) -> Any:
    """Build an unfitted random forest of `trees` trees with at least two rows in a leaf."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(
        settings.trees,
        min_samples_leaf=SMALLEST_LEAF,
        class_weight=class_weight_of(settings),
        random_state=seed,
        n_jobs=threads(),
    )
