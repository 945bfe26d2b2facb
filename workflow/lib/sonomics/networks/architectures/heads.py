"""Linear classifiers on a shared backbone, one per head, and a loss that ignores unknown labels."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor, nn

from sonomics.networks.architectures.backbones import Encoder


class Classifier(nn.Module):
    """A backbone with named binary heads.

    Parameters
    ----------
    backbone : Encoder
    heads : sequence of str
        Names, in the order of the output's columns.
    seed : int
        Of the heads' initialisation.
    dropout : float
        Share of features dropped in training, before the heads.
    """

    def __init__(self, backbone: Encoder, heads: Sequence[str], seed: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.heads = nn.ModuleDict({name: nn.Linear(backbone.num_features, 1) for name in heads})
        self.weights = torch.ones(2, len(heads))

    def forward(self, images: Tensor, *others: Tensor) -> Tensor:
        """Return logits (n, heads) of images float32 on the scale 0-1, and what else the backbone takes."""
        features = self.dropout(self.backbone(images, *others))
        return torch.cat([head(features) for head in self.heads.values()], dim=1)

    def weigh_classes(self, targets: Tensor) -> None:
        """Weigh the classes of each head by the targets (n, heads) of training, for `compute_loss`."""
        self.weights = balanced_weights(targets)

    def compute_loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the loss of outputs (n, heads), as `forward` returns them; targets as for `masked_loss`."""
        return masked_loss(outputs, targets, self.weights.to(outputs.device))

    def to_probabilities(self, outputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probabilities (n, heads) that outputs (n, heads) stand for."""
        # Not torch's sigmoid, whose last digit depends on the number of values.
        return np.asarray(expit(outputs.astype(np.float64)))


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
