"""Views are joined by hand-computed weights, and one that is missing takes no part."""

import pytest
import torch

from sonomics.networks.fusion.joins import JOINS

PRESENT = torch.tensor([[1.0, 1.0], [1.0, 0.0]])


def features() -> torch.Tensor:
    return torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])


def test_concatenation_by_hand() -> None:
    join = JOINS["concatenation"](2, 2)
    expected = [[1, 2, 3, 4, 1, 1], [5, 6, 0, 0, 1, 0]]
    assert join(features(), PRESENT).tolist() == expected
    assert join.num_features == 6


def test_attention_without_preference_is_the_mean_of_what_is_present() -> None:
    join = JOINS["attention"](2, 2)
    torch.nn.init.zeros_(join.score.weight)
    torch.testing.assert_close(join(features(), PRESENT), torch.tensor([[2.0, 3.0], [5.0, 6.0]]))


def test_attention_by_hand() -> None:
    join = JOINS["attention"](2, 2)
    scores = join.score(join.content(features()).tanh() * join.gate(features()).sigmoid())[0, :, 0]
    weight = 1 / (1 + torch.exp(scores[1] - scores[0]))
    expected = weight * features()[0, 0] + (1 - weight) * features()[0, 1]
    torch.testing.assert_close(join(features(), PRESENT)[0], expected)


def test_gates_of_the_views_sum_to_one() -> None:
    join = JOINS["gated"](2, 2)
    for layer in join.hidden:
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.constant_(layer.bias, 0.5)
    torch.testing.assert_close(join(features(), PRESENT), torch.full((2, 2), 0.5).tanh())


@pytest.mark.parametrize("name", ["concatenation", "gated", "attention"])
def test_what_stands_for_a_missing_view_changes_nothing(name: str) -> None:
    join, other = JOINS[name](2, 2), features()
    other[1, 1] = 100
    torch.testing.assert_close(join(other, PRESENT), join(features(), PRESENT), rtol=0, atol=0)
