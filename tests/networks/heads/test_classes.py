"""Several classes: losses and probabilities by hand, absent classes, unknown labels."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sonomics.networks.heads.build import build_head
from sonomics.networks.heads.classes import Nominal, Ordered

NAN = float("nan")
PLACES = torch.tensor([[0.0], [0.0], [2.0], [NAN]])


def test_loss_is_the_mean_cross_entropy_over_known_rows_with_classes_of_equal_weight() -> None:
    head = Nominal(4, 3)
    head.prepare(torch.tensor([[0.0], [0.0], [1.0], [2.0]]))
    assert head.weights.tolist() == pytest.approx([4 / 6, 4 / 3, 4 / 3])
    outputs = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [9.0, 9.0, 9.0]])
    first = 4 / 6 * (math.log(math.e + 2) - 1)
    second = 4 / 6 * math.log(3)
    third = 4 / 3 * math.log(2 + math.exp(2))
    expected = torch.tensor((first + second + third) / 3)
    torch.testing.assert_close(head.compute_loss(outputs, PLACES), expected)


def test_unknown_labels_send_no_gradient() -> None:
    head = Nominal(4, 3)
    head.prepare(PLACES)
    outputs = torch.zeros(4, 3, requires_grad=True)
    head.compute_loss(outputs, PLACES).backward()
    assert outputs.grad is not None
    assert (outputs.grad[3] == 0).all()
    assert (outputs.grad[0] != 0).any()
    assert head.compute_loss(torch.zeros(2, 3), torch.full((2, 1), NAN)) == 0


@pytest.mark.parametrize("kind", ["nominal", "ordered"])
def test_a_class_that_training_lacks_gets_the_probability_zero_and_counts_in_no_loss(kind: str) -> None:
    head = build_head(4, {"kind": kind, "classes": 3})
    head.prepare(PLACES)
    outputs = torch.tensor([[0.0, 50.0, math.log(3)]])
    probability = head.to_probabilities(outputs.numpy().astype(np.float64))
    assert probability.tolist() == [pytest.approx([0.25, 0, 0.75])]
    assert head.compute_loss(outputs, torch.tensor([[1.0]])) == 0
    assert float(head.compute_loss(outputs, torch.tensor([[0.0]]))) == pytest.approx(0.75 * math.log(4), rel=1e-5)


def test_ordered_classes_are_the_model_of_proportional_odds() -> None:
    head = Ordered(1, 4)
    with torch.no_grad():
        head.weight.fill_(2.0)
        head.first.fill_(-1.0)
        head.steps.copy_(torch.log(torch.expm1(torch.tensor([0.499, 1.499]))))  # thresholds -1, -0.5, 1
    log_probability = head(torch.tensor([[0.25], [-1.0]]))
    for row, score in enumerate((0.5, -2.0)):
        below = [1 / (1 + math.exp(score - threshold)) for threshold in (-1.0, -0.5, 1.0)]
        expected = np.diff([0, *below, 1])
        np.testing.assert_allclose(log_probability[row].exp().detach().numpy(), expected, rtol=1e-4)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_each_of_untrained_ordered_classes_is_the_most_probable_for_some_score(classes: int) -> None:
    head = Ordered(1, classes)
    with torch.no_grad():
        head.weight.fill_(1.0)
    probability = head(torch.linspace(-9, 9, 181)[:, None]).exp()
    torch.testing.assert_close(probability.sum(dim=1), torch.ones(181))
    torch.testing.assert_close(probability.flip(0).flip(1), probability, rtol=1e-3, atol=1e-5)
    assert probability.argmax(dim=1).unique().tolist() == list(range(classes))


@pytest.mark.parametrize("score", [-90.0, 90.0])
def test_scores_far_away_give_no_infinite_loss(score: float) -> None:
    head = Ordered(1, 3)
    with torch.no_grad():
        head.weight.fill_(1.0)
    loss = head.compute_loss(head(torch.full((3, 1), score)), torch.tensor([[0.0], [1.0], [2.0]]))
    assert torch.isfinite(loss)


@given(arrays(np.float64, (3, 4), elements=st.floats(-1e6, 1e6)))
def test_probabilities_add_up_and_depend_on_their_row_alone(outputs: np.ndarray) -> None:
    head = Nominal(2, 4)
    together = head.to_probabilities(outputs)
    np.testing.assert_allclose(together.sum(axis=1), 1)
    alone = np.concatenate([head.to_probabilities(outputs[row : row + 1]) for row in range(3)])
    assert alone.tobytes() == together.tobytes()


def test_a_map_explains_the_predicted_class_or_later_classes() -> None:
    outputs = torch.tensor([[1.0, 3.0, 2.0], [4.0, 0.0, 1.0]], requires_grad=True)
    (gradient,) = torch.autograd.grad(Nominal(2, 3).choose_explained(outputs).sum(), outputs)
    assert gradient.tolist() == [[0, 1, 0], [1, 0, 0]]
    head = Ordered(1, 3)
    with torch.no_grad():
        head.weight.fill_(1.0)
    features = torch.tensor([[0.3]], requires_grad=True)
    (slope,) = torch.autograd.grad(head.choose_explained(head(features)).sum(), features)
    assert slope.item() > 0
