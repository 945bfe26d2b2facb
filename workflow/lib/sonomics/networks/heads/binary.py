"""Two labels: one log odds a row, and classes of equal weight."""

from typing import Any, Self

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor, nn

from sonomics.networks.heads.head import Floats, Head


class Binary(Head, nn.Linear):
    """The log odds of the positive label; targets are 1, 0, or NaN where unknown."""

    outputs = predicted = 1
    weights: Tensor

    def __init__(self, features: int) -> None:
        super().__init__(features, 1)
        self.register_buffer("weights", torch.ones(2, 1), persistent=False)

    @classmethod
    def build(cls, features: int, stated: dict[str, Any]) -> Self:
        """Build it; nothing is stated."""
        return cls(features)

    def prepare(self, targets: Tensor) -> None:
        """Weigh both labels alike."""
        self.weights = balanced_weights(targets)

    def compute_loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the weighted cross-entropy."""
        return masked_loss(outputs, targets, self.weights.to(outputs.device))

    def to_probabilities(self, outputs: Floats) -> Floats:
        """Return the probability of the positive label."""
        # Not torch's sigmoid, whose last digit depends on the number of values.
        return np.asarray(expit(outputs))

    def choose_explained(self, outputs: Tensor) -> Tensor:
        """Explain the log odds of the positive label."""
        return outputs[:, 0]


def masked_loss(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Compute the binary cross-entropy over the known labels.

    Parameters
    ----------
    logits, targets : (n, heads) float32
        A target is 1, 0, or NaN where unknown.
    weights : (2, heads) float32
        Weight of a negative and of a positive label of each head.

    Returns
    -------
    () float32
        Mean of the weighted losses of the known labels; 0 without gradient when there is none.
    """
    known = ~targets.isnan()
    filled = torch.where(known, targets, torch.zeros_like(targets))
    losses = nn.functional.binary_cross_entropy_with_logits(logits, filled, reduction="none")
    weight = torch.where(filled == 1, weights[1], weights[0]) * known
    return (losses * weight).sum() / known.sum().clamp(min=1)


def balanced_weights(targets: Tensor) -> Tensor:
    """Compute class weights that give both classes of each head equal weight.

    Parameters
    ----------
    targets : (n, heads) float32
        1, 0, or NaN where unknown.

    Returns
    -------
    (2, heads) float32
        n / (2 n_negative) and n / (2 n_positive) over the known labels; 1 and 1 for a head with a single class.
    """
    counts = torch.stack([(targets == 0).sum(dim=0), (targets == 1).sum(dim=0)]).float()
    weights = counts.sum(dim=0) / (2 * counts)
    return torch.where((counts > 0).all(dim=0), weights, torch.ones_like(weights))
