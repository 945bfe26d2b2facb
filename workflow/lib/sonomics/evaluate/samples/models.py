"""Models as the evaluation sees them: a name, and the threshold that was frozen on the training set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.statistics.classification.class_cutoffs import exceed_most

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
    cutoffs : tuple of float
        Of several classes, the frozen cutoff of each, NaN for none; empty where the largest probability decides.
    """

    name: str
    cutoff: float
    on: str
    rule: str
    developed: bool = True
    cutoffs: tuple[float, ...] = ()

    def decide(self, probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the place of the class that exceeds its cutoff most, of equal ones the first; there is no NaN."""
        if not self.cutoffs:
            return np.asarray(probabilities.argmax(axis=1), dtype=np.int64)
        return exceed_most(probabilities, self.cutoffs).astype(np.int64)


def model_from(name: str, threshold: Mapping[str, Any]) -> Model:
    """Build a model from its `thresholds.json`, where a cutoff that was not estimable is null."""
    cutoff = threshold["cutoff"]
    cutoffs = tuple(float("nan") if of_class is None else float(of_class) for of_class in threshold.get("cutoffs", ()))
    value = float("nan") if cutoff is None else float(cutoff)
    return Model(name, value, threshold["on"], threshold["rule"], cutoffs=cutoffs)
