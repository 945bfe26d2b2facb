"""Learning rates and moving averages by hand."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from sonomics.networks.training.average import MovingAverage
from sonomics.networks.training.fit import Training
from sonomics.networks.training.optimisers import make_optimiser, make_schedule

BASE = Training(epochs=4, batch=2, learning_rate=0.8, weight_decay=0.1)


def rates(**changes: Any) -> list[float]:
    training = replace(BASE, **changes)
    optimiser = make_optimiser(nn.Linear(1, 1), training)
    schedule = make_schedule(optimiser, training, batches=2)
    found = []
    for _ in range(training.epochs * 2):
        found.append(schedule.get_last_lr()[0])
        optimiser.step()
        schedule.step()
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"schedule": "constant"}, [0.8] * 8),
        ({"schedule": "constant", "warm_up": 2}, [0.2, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8]),
        ({"schedule": "halving", "halve_every": 2}, [0.8] * 4 + [0.4] * 4),
        ({"schedule": "cosine", "epochs": 2}, [0.8, 0.4 * (1 + 0.5**0.5), 0.4, 0.4 * (1 - 0.5**0.5)]),
        ({"schedule": "cosine", "warm_up": 1, "epochs": 2}, [0.4, 0.8, 0.8, 0.4]),
    ],
)
def test_learning_rates_by_hand(changes: dict[str, Any], expected: list[float]) -> None:
    assert rates(**changes) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "kind"), [("adamw", torch.optim.AdamW), ("adam", torch.optim.Adam), ("sgd", torch.optim.SGD)]
)
def test_optimisers_take_rate_and_decay(name: str, kind: type) -> None:
    optimiser = make_optimiser(nn.Linear(1, 1), replace(BASE, optimiser=name))
    assert type(optimiser) is kind
    assert optimiser.param_groups[0]["weight_decay"] == 0.1
    assert optimiser.param_groups[0]["lr"] == 0.8


def test_a_moving_average_by_hand_and_back() -> None:
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(0.0)
    average = MovingAverage(model, decay=0.25)
    for value in (1.0, 2.0):
        with torch.no_grad():
            model.weight.fill_(value)
        average.update()
    first = (1 - 2 / 11) * 1.0  # (1 + 1) / (10 + 1) is below the decay
    expected = 0.25 * first + 0.75 * 2.0
    average.swap()
    assert model.weight.item() == pytest.approx(expected)
    average.swap()
    assert model.weight.item() == 2.0
