"""An exponential moving average of the weights of a network over the steps of its training."""

import torch
from torch import nn


class MovingAverage:
    """The average of the weights, step by step: decay x average + (1 - decay) x weights.

    In the first steps the decay is smaller, (1 + step) / (10 + step), so that the start is forgotten, as TensorFlow's
    moving averages do it.

    Parameters
    ----------
    model : nn.Module
    decay : float
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model, self.decay, self.steps = model, decay, 0
        self.weights = [weight.detach().clone() for weight in model.parameters()]

    @torch.no_grad()
    def update(self) -> None:
        """Take the weights after a step into the average."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for average, weight in zip(self.weights, self.model.parameters(), strict=True):
            average.mul_(decay).add_(weight, alpha=1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Give the model the average, and keep its weights; a second call gives them back."""
        for average, weight in zip(self.weights, self.model.parameters(), strict=True):
            kept = weight.clone()
            weight.copy_(average)
            average.copy_(kept)
