"""What every head answers: one task's last layer on the features of a network."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]


class Head(ABC):
    """The last layer of a network for one task; a class beside it is an `nn.Module` from features to outputs.

    Attributes
    ----------
    outputs, targets, predicted : int
        How many columns it gives a row in training, learns from, and predicts.
    """

    outputs: int
    targets: int = 1
    predicted: int

    @classmethod
    @abstractmethod
    def build(cls, features: int, stated: dict[str, Any]) -> "Head":
        """Build an untrained head on a number of features, by what state.json says of it beside its `kind`."""

    @abstractmethod
    def prepare(self, targets: Tensor) -> None:
        """Take from the targets (n, targets) of training what the loss needs: weights of classes, intervals of time."""

    @abstractmethod
    def compute_loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the mean loss of the rows whose target is known; 0 without gradient when there is none."""

    @abstractmethod
    def to_probabilities(self, outputs: Floats) -> Floats:
        """Return the probabilities (n, predicted) that outputs (n, outputs) stand for, row by row."""

    @abstractmethod
    def choose_explained(self, outputs: Tensor) -> Tensor:
        """Return of each row the number (n,) that a heat map explains."""


def average_known(losses: Tensor, known: Tensor) -> Tensor:
    """Average losses (n,) over the rows that are known, (n,) bool; 0 when there is none."""
    return (losses * known).sum() / known.sum().clamp(min=1)
