"""Optimisers, and the learning rate of every step."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

if TYPE_CHECKING:
    from sonomics.networks.training.fit import Training

MOMENTUM = 0.9  # of sgd, its usual value


def make_optimiser(model: nn.Module, training: "Training") -> Optimizer:
    """Make the optimiser of all weights of a model."""
    weights, rate, decay = model.parameters(), training.learning_rate, training.weight_decay
    if training.optimiser == "sgd":
        return torch.optim.SGD(weights, lr=rate, momentum=MOMENTUM, weight_decay=decay, fused=True)
    if training.optimiser == "adam":
        return torch.optim.Adam(weights, lr=rate, weight_decay=decay, fused=True)
    return torch.optim.AdamW(weights, lr=rate, weight_decay=decay, fused=True)


def make_schedule(optimiser: Optimizer, training: "Training", batches: int) -> LRScheduler:
    """Make the schedule of the learning rate of an optimiser, for so many batches an epoch."""
    steps = training.epochs * batches
    if training.schedule == "one_cycle":
        return OneCycleLR(optimiser, training.learning_rate, total_steps=steps)
    return LambdaLR(optimiser, scale_rate(training, batches))


def scale_rate(training: "Training", batches: int) -> Callable[[int], float]:
    """Return what the learning rate is multiplied by at each step, counted from 0.

    Cosine: (1 + cos(pi t)) / 2, where t goes from 0 after the warm-up to 1 after the last step (Loshchilov and Hutter,
    SGDR, ICLR 2017, without restarts).
    """
    steps, rise = training.epochs * batches, training.warm_up * batches

    def scale(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        if training.schedule == "cosine":
            return (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))) / 2
        if training.schedule == "halving":
            return 0.5 ** (step // batches // (training.halve_every or 1))
        return 1.0

    return scale
