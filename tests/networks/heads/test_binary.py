"""The loss passes over unknown labels, and classes weigh alike."""

import math

import torch

from sonomics.networks.heads.binary import balanced_weights, masked_loss

NAN = float("nan")


def test_loss_is_the_weighted_mean_over_known_labels() -> None:
    logits = torch.tensor([[0.0, 2.0], [1.0, -3.0]])
    targets = torch.tensor([[1.0, NAN], [0.0, 1.0]])
    weights = torch.tensor([[2.0, 1.0], [1.0, 0.5]])
    first, second, third = math.log(2), 2 * math.log(1 + math.e), 0.5 * math.log(1 + math.exp(3))
    torch.testing.assert_close(masked_loss(logits, targets, weights), torch.tensor((first + second + third) / 3))


def test_unknown_labels_send_no_gradient() -> None:
    logits = torch.zeros(2, 1, requires_grad=True)
    masked_loss(logits, torch.tensor([[NAN], [1.0]]), torch.ones(2, 1)).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0] == 0
    assert logits.grad[1, 0] == -0.5


def test_loss_without_any_label_is_zero() -> None:
    assert masked_loss(torch.ones(2, 1), torch.full((2, 1), NAN), torch.ones(2, 1)) == 0


def test_balanced_weights_by_hand() -> None:
    targets = torch.tensor([[1.0, 1.0], [0.0, NAN], [0.0, 1.0], [0.0, NAN]])
    expected = torch.tensor([[4 / 6, 1.0], [4 / 2, 1.0]])
    torch.testing.assert_close(balanced_weights(targets), expected)
