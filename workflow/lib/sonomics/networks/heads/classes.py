"""One of several classes: softmax of log odds, or proportional odds where the classes are ordered."""

import math
from itertools import pairwise
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from sonomics.core.rows import weigh_columns
from sonomics.networks.heads.head import Floats, Head, average_known

# Log odds of a class that training lacks.
NEVER = -1e9
# Least distance of two thresholds, so that no class has the probability 0.
APART = 1e-3
# The thresholds start where classes of equal size lie if the score explains three quarters of the variance, so that
# none is hidden between its neighbours: a convention.
SPREAD = 2.0


class Classes(Head, nn.Linear):
    """What both kinds share: outputs (n, classes) are log odds, targets the place of the class, NaN where unknown.

    Attributes
    ----------
    seen : (classes,) bool
        The classes of training; another one gets the probability 0.
    weights : (classes,) float32
        Of a row of each class, so that all classes of training weigh alike; 0 for another one.
    """

    seen: Tensor
    weights: Tensor

    def __init__(self, features: int, columns: int, classes: int, bias: bool = True) -> None:
        super().__init__(features, columns, bias)
        self.outputs = self.predicted = classes
        self.register_buffer("seen", torch.ones(classes, dtype=torch.bool))
        self.register_buffer("weights", torch.ones(classes), persistent=False)

    @classmethod
    def build(cls, features: int, stated: dict[str, Any]) -> Self:
        """Build it for a number of `classes`."""
        return cls(features, stated["classes"])  # type: ignore[call-arg]

    def prepare(self, targets: Tensor) -> None:
        """Weigh the classes of training alike: n / (number of classes x n of the class)."""
        counts = _mark_classes(targets, self.outputs).sum(dim=0)
        self.seen = counts > 0
        balanced = counts.sum() / (self.seen.sum() * counts.clamp(min=1)).float()
        self.weights = torch.where(self.seen, balanced, torch.zeros_like(balanced))

    def compute_loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the weighted cross-entropy over the classes of training."""
        chosen = _mark_classes(targets, self.outputs)
        log_probability = torch.where(self.seen.to(outputs.device), outputs, NEVER).log_softmax(dim=1)
        weight = (chosen * self.weights.to(outputs.device)).sum(dim=1)
        return average_known(-(log_probability * chosen).sum(dim=1) * weight, ~targets[:, 0].isnan())

    def to_probabilities(self, outputs: Floats) -> Floats:
        """Return the probability of every class."""
        seen = self.seen.cpu().numpy()
        largest = np.where(seen, outputs, -np.inf).max(axis=1, keepdims=True)
        odds = np.where(seen, np.exp(np.minimum(outputs - largest, 0)), 0.0)
        return np.asarray(odds / weigh_columns(odds, np.ones(self.outputs))[:, None])


class Nominal(Classes):
    """Classes without an order: log odds of each, one layer."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__(features, classes, classes)

    def choose_explained(self, outputs: Tensor) -> Tensor:
        """Explain the log odds of the class that the network predicts, the one of the largest probability."""
        return torch.where(self.seen.to(outputs.device), outputs, NEVER).max(dim=1).values


class Ordered(Classes):
    """Ordered classes, by proportional odds: logit P(class <= k) = threshold k - score, one score a row.

    Attributes
    ----------
    first : () float32
        The lowest threshold.
    steps : (classes - 2,) float32
        Softplus of them is the distance from each threshold to the next.

    References
    ----------
    McCullagh P, J R Stat Soc B 1980.
    """

    def __init__(self, features: int, classes: int) -> None:
        super().__init__(features, 1, classes, bias=False)
        odds = [SPREAD * math.log(place / (classes - place)) for place in range(1, classes)]
        gaps = [upper - lower - APART for lower, upper in pairwise(odds)]
        self.first = nn.Parameter(torch.tensor(odds[0]))
        self.steps = nn.Parameter(torch.tensor([math.log(math.expm1(gap)) for gap in gaps]))

    def forward(self, features: Tensor) -> Tensor:
        """Return the log probability of each class (n, classes), of features (n, features)."""
        distances = nn.functional.softplus(self.steps) + APART
        thresholds = torch.cat([self.first[None], self.first + distances.cumsum(dim=0)])
        logits = thresholds - super().forward(features)
        lowest, highest = nn.functional.logsigmoid(logits[:, :1]), nn.functional.logsigmoid(-logits[:, -1:])
        # P(lower < score' <= upper) = s(upper) - s(lower) = s(upper) s(-lower) (1 - exp(lower - upper)).
        within = nn.functional.logsigmoid(logits[:, 1:]) + nn.functional.logsigmoid(-logits[:, :-1])
        return torch.cat([lowest, within + torch.log(-torch.expm1(-distances)), highest], dim=1)

    def choose_explained(self, outputs: Tensor) -> Tensor:
        """Explain the place of the class that is expected: what speaks for later classes."""
        places = torch.arange(self.outputs, device=outputs.device, dtype=outputs.dtype)
        return (outputs.softmax(dim=1) * places).sum(dim=1)


def _mark_classes(targets: Tensor, classes: int) -> Tensor:
    """Mark the class of each row, (n, classes) bool; none where it is unknown."""
    return targets[:, :1] == torch.arange(classes, device=targets.device)
