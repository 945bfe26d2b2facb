"""Time to an event: intervals, the likelihood by hand, and what hazards say of a horizon."""

import math

import numpy as np
import pytest
import torch

from sonomics.networks.heads.hazards import INTERVALS, Hazards, predict_events

NAN = float("nan")


def divided(*ends: float, last: float = 99.0) -> Hazards:
    """Make a head with these ends of intervals, the last one repeated."""
    head = Hazards(2)
    head.ends = torch.tensor([*ends, *[ends[-1]] * (INTERVALS - len(ends))])
    head.last = torch.tensor(last)
    return head


def loss_of(head: Hazards, hazard: list[float], time: float, event: float) -> float:
    logits = torch.logit(torch.tensor([[*hazard, *[0.5] * (INTERVALS - len(hazard))]]))
    return float(head.compute_loss(logits, torch.tensor([[time, event]])))


def test_intervals_end_at_quantiles_of_the_events() -> None:
    head = Hazards(2)
    event = torch.arange(1.0, 21)
    times = torch.cat([event, torch.tensor([50.0, NAN])])
    head.prepare(torch.stack([times, torch.tensor([1.0] * 20 + [0.0, 1.0])], dim=1))
    assert head.ends.tolist() == list(range(2, 21, 2))
    assert head.last == 50


def test_few_events_give_few_intervals_that_count() -> None:
    head = Hazards(2)
    head.prepare(torch.tensor([[3.0, 1.0], [8.0, 1.0], [9.0, 0.0]]))
    assert sorted(set(head.ends.tolist())) == [3, 8]
    hazards = head.to_probabilities(np.zeros((1, INTERVALS)))
    assert hazards[0, head.ends.tolist().index(3)] == hazards[0, head.ends.tolist().index(8)] == 0.5
    assert hazards.sum() == 1


def test_without_an_event_there_is_one_interval_to_the_last_follow_up() -> None:
    head = Hazards(2)
    head.prepare(torch.tensor([[3.0, 0.0], [8.0, 0.0]]))
    assert set(head.ends.tolist()) == {8}
    assert loss_of(head, [0.25], 8, 0) == pytest.approx(-math.log(0.75), rel=1e-5)


@pytest.mark.parametrize(
    ("time", "event", "passed", "happened"),
    [
        (0, 1, [], 0),  # at time 0: in the first interval
        (2, 1, [], 0),
        (2.5, 1, [0], 1),
        (6, 1, [0], 1),  # at the end of an interval: in it
        (6.5, 1, [0, 1], 2),
        (0.9, 0, [], None),  # censored before the middle of the first
        (1, 0, [0], None),
        (3.9, 0, [0], None),
        (4, 0, [0, 1], None),
        (50, 0, [0, 1, 2], None),
        (50, 1, [0, 1, 2], None),  # beyond the last event of training
    ],
)
def test_likelihood_by_hand(time: float, event: float, passed: list[int], happened: int | None) -> None:
    hazard = [0.1, 0.2, 0.4]
    expected = -sum(math.log(1 - hazard[place]) for place in passed)
    expected -= 0 if happened is None else math.log(hazard[happened])
    assert loss_of(divided(2, 6, 10), hazard, time, event) == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_loss_is_the_mean_over_followed_rows() -> None:
    outputs = torch.zeros(3, INTERVALS, requires_grad=True)
    loss = divided(2, 6).compute_loss(outputs, torch.tensor([[1.0, 1.0], [9.0, 0.0], [NAN, NAN]]))
    assert loss.item() == pytest.approx((1 + 2) * math.log(2) / 2)
    loss.backward()
    assert outputs.grad is not None
    assert (outputs.grad[2] == 0).all()


def test_probability_of_the_event_by_hand() -> None:
    hazards = np.array([[0.5, 0.2, 0.0], [0.0, 0.0, 0.0]])
    ends = np.array([2.0, 6.0, 6.0])
    risk, probability = predict_events(hazards, ends, 20, [1, 2, 4, 6, 20, 21])
    survived = np.array([0.5**0.5, 0.5, 0.5 * 0.8**0.5, 0.4, 0.4])
    np.testing.assert_allclose(probability[0, :5], 1 - survived)
    assert probability[1, :5].tolist() == [0] * 5
    assert np.isnan(probability[:, 5]).all()
    np.testing.assert_allclose(risk, [-math.log(0.5) - math.log(0.4), 0])


def test_events_at_time_zero_count_at_every_horizon() -> None:
    _, probability = predict_events(np.array([[0.3, 0.5]]), np.array([0.0, 4.0]), 9, [1e-9, 4])
    np.testing.assert_allclose(probability, [[0.3, 1 - 0.7 * 0.5]], rtol=1e-6)


def test_a_certain_event_is_a_number() -> None:
    risk, probability = predict_events(np.ones((1, 2)), np.array([1.0, 2.0]), 2, [2])
    assert np.isfinite(risk).all()
    assert probability[0, 0] == pytest.approx(1)


def test_a_map_explains_an_early_event() -> None:
    outputs = torch.zeros(1, INTERVALS, requires_grad=True)
    (gradient,) = torch.autograd.grad(divided(2, 6).choose_explained(outputs).sum(), outputs)
    assert (gradient[0, :2] > 0).all()
    assert (gradient[0, 2:] == 0).all()
