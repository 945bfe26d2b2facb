"""Time to an event, with censoring: the hazard of every interval of time."""

from typing import Any, Self

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor, nn

from sonomics.core.rows import weigh_columns
from sonomics.networks.heads.head import Floats, Head, average_known

# A convention: few enough that each interval has events, many enough for any horizon.
INTERVALS = 10
# Largest hazard of an interval, so that its logarithm is a number.
ALMOST_CERTAIN = 1 - 1e-12


class Hazards(Head, nn.Linear):
    """Log odds of the event in each interval of those who reach it; targets are time and event, NaN where unknown.

    The intervals end at quantiles of the event times of training, so that each has as many events; the last ends at
    the last event. Who is censored within an interval counts as having passed it when they reached its middle.

    Attributes
    ----------
    ends : (INTERVALS,) float32
        Where the intervals end; equal ones where there are few events, of which the first counts.
    last : () float32
        The last follow-up of training, beyond which nothing is known.

    References
    ----------
    Gensheimer MF and Narasimhan B, A scalable discrete-time survival model for neural networks, PeerJ 2019.
    """

    outputs = predicted = INTERVALS
    targets = 2
    ends: Tensor
    last: Tensor

    def __init__(self, features: int) -> None:
        super().__init__(features, INTERVALS)
        self.register_buffer("ends", torch.arange(1.0, INTERVALS + 1))
        self.register_buffer("last", torch.tensor(float(INTERVALS)))

    @classmethod
    def build(cls, features: int, stated: dict[str, Any]) -> Self:
        """Build it; nothing is stated."""
        return cls(features)

    def prepare(self, targets: Tensor) -> None:
        """Divide time by the events of training; without one, into a single interval to the last follow-up."""
        time, event = targets[~targets.isnan().any(dim=1)].T
        self.last = time.max()
        moments = time[event == 1].sort().values if (event == 1).any() else self.last[None]
        ranks = torch.arange(1, INTERVALS + 1) * len(moments) / INTERVALS
        self.ends = moments[ranks.ceil().long() - 1]

    def compute_loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the negative log-likelihood of passing intervals, and of the event in one."""
        known = ~targets.isnan().any(dim=1)
        time, event = (targets[:, place : place + 1] for place in range(2))
        ends = self.ends.to(outputs.device)
        starts, counts = torch.cat([torch.zeros_like(ends[:1]), ends[:-1]]), self._mark_counted().to(outputs.device)
        passed = torch.where(event == 1, time > ends, time >= (starts + ends) / 2) & counts
        # An event at time 0 lies in the first interval.
        happened = (event == 1) & (time <= ends) & ((time > starts) | (starts == 0)) & counts
        losses = nn.functional.softplus(outputs) * passed + nn.functional.softplus(-outputs) * happened
        return average_known(losses.sum(dim=1), known)

    def to_probabilities(self, outputs: Floats) -> Floats:
        """Return the hazard of every interval, 0 of those that do not count."""
        return np.where(self._mark_counted().cpu().numpy(), expit(outputs), 0.0)

    def choose_explained(self, outputs: Tensor) -> Tensor:
        """Explain the cumulative hazard at the last event: what speaks for an early one."""
        return (nn.functional.softplus(outputs) * self._mark_counted().to(outputs.device)).sum(dim=1)

    def _mark_counted(self) -> Tensor:
        """Mark the intervals that have a length; the first always counts, as it holds time 0."""
        ends = self.ends
        return torch.cat([torch.ones_like(ends[:1], dtype=torch.bool), ends[1:] > ends[:-1]])


def sum_hazards(hazards: Floats) -> Floats:
    """Return the cumulative hazard at the end of every interval, -log of the probability of passing all up to it."""
    return np.asarray(np.cumsum(-np.log1p(-np.minimum(hazards, ALMOST_CERTAIN)), axis=1), dtype=np.float64)


def predict_events(hazards: Floats, ends: Floats, last: float, horizons: list[float]) -> tuple[Floats, Floats]:
    """Predict the risk of rows, and the probability of the event by each horizon.

    Parameters
    ----------
    hazards : (n, intervals) array
        From `Hazards.to_probabilities`.
    ends : (intervals,) array
    last : float
        The last follow-up of training.
    horizons : list of float

    Returns
    -------
    risk : (n,) array
        The cumulative hazard summed over the ends of the intervals, each once (Ishwaran's mortality, 2008); higher:
        earlier event.
    probability : (n, horizons) array
        Within an interval the hazard is constant, after the last event it is 0. NaN beyond the last follow-up.
    """
    cumulative = sum_hazards(hazards)
    counted = np.concatenate([[True], np.diff(ends) > 0])
    risk = weigh_columns(cumulative, counted.astype(np.float64))
    moments = np.concatenate([[0.0], ends])
    from_start = np.column_stack([np.zeros(len(hazards)), cumulative])
    by_horizon = [_interpolate(from_start, moments, horizon) for horizon in horizons]
    known = np.array(horizons) <= last
    return risk, np.where(known, 1 - np.exp(-np.column_stack(by_horizon)), np.nan)


def _interpolate(values: Floats, moments: Floats, moment: float) -> Floats:
    """Interpolate values (n, moments) of ascending moments at another moment; beyond the last they stay."""
    after = int(np.searchsorted(moments, moment, side="right"))
    if after == len(moments):
        return values[:, -1]
    share = (moment - moments[after - 1]) / (moments[after] - moments[after - 1])
    return np.asarray(values[:, after - 1] + share * (values[:, after] - values[:, after - 1]), dtype=np.float64)
