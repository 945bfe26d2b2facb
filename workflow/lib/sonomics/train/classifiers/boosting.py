"""Gradient boosting of trees."""

from typing import Any

from sonomics.kinds.models.boosting import Boosting

SHARE_OF_ROWS = 0.8


def build(settings: Boosting, seed: int) -> Any:
    """Build an unfitted boosting of `trees` trees of a `depth`, at a learning `rate`, each on 80 % of the rows."""
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=settings.trees,
        learning_rate=settings.rate,
        max_depth=settings.depth,
        subsample=SHARE_OF_ROWS,
        random_state=seed,
    )
