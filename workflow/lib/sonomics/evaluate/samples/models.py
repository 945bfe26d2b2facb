"""Models as the evaluation sees them: a name, and the threshold that was frozen on the training set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROBABILITY = "probability"
SCORE = "score"
BEST_POSSIBLE = "best_possible"


@dataclass(frozen=True)
class Model:
    """A model with the threshold that was frozen on the training set.

    Attributes
    ----------
    name : str
    cutoff : float
        Positive at or above it; NaN when it was not estimable.
    on : str
        What the cutoff applies to and the ROC curve is drawn from: "probability" or "score".
    rule : str
        How the cutoff was chosen.
    developed : bool
        Whether it was developed in this study; else it comes from elsewhere.
    """

    name: str
    cutoff: float
    on: str
    rule: str
    developed: bool = True


def model_from(name: str, threshold: Mapping[str, Any]) -> Model:
    """Build a model from its `thresholds.json`, where a cutoff that was not estimable is null."""
    cutoff = threshold["cutoff"]
    return Model(name, float("nan") if cutoff is None else float(cutoff), threshold["on"], threshold["rule"])
