"""Settings of training that contradict each other are refused at their key."""

from typing import Any

import pytest
from pydantic import ValidationError

from sonomics.kinds.models.network import KIND, Network

NETWORK = {
    "kind": "network", "architecture": "resnet18", "weights": "none", "size": 64, "epochs": 4, "batch": 2,
    "learning_rate": 0.1, "weight_decay": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": "halving"}, "halve_every"),
        ({"halve_every": 2}, "one_cycle halves nothing"),
        ({"warm_up": 1}, "one_cycle has a rise of its own"),
        ({"schedule": "cosine", "warm_up": 5}, "5 is more than the epochs"),
        ({"frozen_epochs": 5}, "5 is more than the epochs"),
        ({"stop": {"share": 0.7, "patience": 1}}, "less than or equal to 0.5"),
        ({"optimiser": "lion"}, "adamw"),
    ],
)
def test_contradictions_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Network.model_validate(NETWORK | changes)


def test_the_methods_say_how_a_network_was_trained() -> None:
    plain = KIND.describe_training(Network.model_validate(NETWORK))
    assert plain.endswith(
        "trained with AdamW (weight decay 0), batches of 2 and one cycle of the learning rate up to 0.1"
    )
    stated = {
        "optimiser": "sgd", "schedule": "halving", "halve_every": 2, "warm_up": 1, "dropout": 0.5, "frozen_epochs": 1,
        "average": 0.99, "stop": {"share": 0.2, "patience": 3}, "test_time": "flip",
    }  # fmt: skip
    said = KIND.describe_training(Network.model_validate(NETWORK | stated))
    for words in (
        "stochastic gradient descent", "a learning rate of at first 0.1, halved every 2 epochs", "1 epochs of warm-up",
        "dropout of 0.5", "frozen for 1 epochs", "decay 0.99", "inner 20% of the training patients", "mirror image",
    ):  # fmt: skip
        assert words in said
