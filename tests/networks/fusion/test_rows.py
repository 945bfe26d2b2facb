"""Networks of several views learn what only their difference tells, and see nothing of a missing view."""

from typing import Any

import numpy as np
import pytest
import torch

from sonomics.kinds.models.network import Network
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.fusion.build import build_for_rows
from sonomics.networks.inputs import Inputs
from sonomics.networks.training.augmentation import Augmentation
from sonomics.networks.training.fit import Training, fit, predict

STILL = Augmentation(flip=0, rotation=0, crop=0, brightness=0, contrast=0)
TRAINING = Training(epochs=12, batch=16, learning_rate=0.01, weight_decay=0.01, augmentation=STILL)
JOINED = [
    {"fusion": {"views": ["a", "b"], "join": join, "trunks": trunks}}
    for join in ("early", "concatenation", "gated", "attention")
    for trunks in ("shared", "separate")
    if (join, trunks) != ("early", "separate")
]


def network(**changes: Any) -> Network:
    return Network.partial({"architecture": "test_resnet", "size": 64, "mask": "none", "columns": []} | changes)


def untrained(settings: Network, variables: int = 0) -> Classifier:
    return Classifier(build_for_rows(settings, variables, seed=1), ["cancer"], 1)


def pairs(n: int = 48) -> tuple[Inputs, np.ndarray]:
    """Pairs of images; a positive has stripes in its second one, and each has them in the first or not at random."""
    rng = np.random.default_rng(3)
    images = rng.integers(60, 120, (n, 2, 1, 64, 64)).astype(np.uint8)
    labels = np.resize([0.0, 1.0], n)
    images[labels == 1, 1, :, ::4] += 100
    images[rng.random(n) < 0.5, 0, :, ::4] += 100
    present = torch.ones(n, 2)
    return Inputs(torch.from_numpy(images), (present, torch.zeros(n, 0))), labels[:, None]


@pytest.mark.parametrize("changes", JOINED, ids=lambda changes: "-".join(list(changes["fusion"].values())[1:]))
def test_a_view_that_is_missing_is_not_looked_at(changes: dict[str, Any]) -> None:
    model = untrained(network(**changes)).eval()
    inputs, _ = pairs(4)
    present = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 1.0]])
    seen = Inputs(inputs.images, (present, inputs.others[1]))
    blank = inputs.images.clone()
    blank[0, 1], blank[2, 0] = 255, 255
    assert predict(model, Inputs(blank, seen.others)).tobytes() == predict(model, seen).tobytes()
    blank[0, 0] = 255
    assert predict(model, Inputs(blank, seen.others)).tobytes() != predict(model, seen).tobytes()


@pytest.mark.parametrize("trunks", ["shared", "separate"])
def test_statistics_of_a_trunk_are_those_of_images_that_are_there(trunks: str) -> None:
    settings = network(fusion={"views": ["a", "b"], "join": "concatenation", "trunks": trunks})
    inputs, labels = pairs(16)
    present = torch.tensor([[1.0, 1.0], [1.0, 0.0]]).repeat(8, 1)
    weights = []
    for fill in (0, 255):
        images = inputs.images.clone()
        images[1::2, 1] = fill
        model = untrained(settings)
        fit(model, Inputs(images, (present, inputs.others[1])), labels, Training(2, 8, 0.01, 0.01), seed=2)
        weights.append(torch.cat([value.flatten().float() for value in model.state_dict().values()]))
    assert torch.equal(*weights)


@pytest.mark.parametrize("join", ["early", "concatenation"])
def test_learns_what_only_the_second_view_tells(join: str) -> None:
    model, (inputs, labels) = untrained(network(fusion={"views": ["a", "b"], "join": join})), pairs()
    fit(model, inputs, labels, TRAINING, seed=5)
    assert ((predict(model, inputs) > 0.5) == labels).mean() > 0.9


def test_learns_from_a_clinical_variable_beside_the_image() -> None:
    model, labels = untrained(network(columns=["age"]), 2), np.resize([0.0, 1.0], 48)[:, None]
    images = torch.from_numpy(np.random.default_rng(1).integers(60, 120, (48, 1, 1, 64, 64)).astype(np.uint8))
    age = torch.from_numpy(np.column_stack([np.where(labels[:, 0] == 1, 1.0, -1.0), np.zeros(48)]).astype(np.float32))
    inputs = Inputs(images, (torch.ones(48, 1), age))
    fit(model, inputs, labels, TRAINING, seed=5)
    assert ((predict(model, inputs) > 0.5) == labels).mean() > 0.9


def test_another_trunk_for_each_view_starts_from_other_numbers_and_a_shared_one_is_one() -> None:
    fusion = {"views": ["a", "b"], "join": "concatenation"}
    shared = build_for_rows(network(fusion=fusion), 0, seed=1)
    separate = build_for_rows(network(fusion=fusion | {"trunks": "separate"}), 0, seed=1)
    assert (len(shared.trunks), len(separate.trunks)) == (1, 2)
    first, second = (next(trunk.parameters()) for trunk in separate.trunks)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("architecture", ["test_resnet", "test_vit", "squeezenet1_1"])
def test_pooling_over_the_outline_sees_the_map_inside_it_alone(architecture: str) -> None:
    side = 160 if architecture == "test_vit" else 128
    backbone = build_for_rows(network(architecture=architecture, size=side, mask="pooling"), 0, seed=1).eval()
    image = torch.rand(1, 1, side, side)
    whole, none, half = (torch.zeros(1, 1, side, side) for _ in range(3))
    whole[:], half[..., : side // 2] = 1, 1
    with torch.no_grad():
        features = [backbone(torch.cat([image, outline], dim=1)) for outline in (whole, none, half, 1 - half)]
    torch.testing.assert_close(features[0], features[1])
    torch.testing.assert_close((features[2] + features[3]) / 2, features[0], rtol=1e-3, atol=1e-4)
    assert not torch.allclose(features[2], features[0])


def test_an_outline_as_a_channel_changes_nothing_before_training_and_can_be_learnt() -> None:
    labels = np.resize([0.0, 1.0], 48)[:, None]
    images = np.random.default_rng(1).integers(60, 120, (48, 2, 64, 64)).astype(np.uint8)
    images[:, 1] = 0
    images[labels[:, 0] == 1, 1, 16:48, 16:48] = 255
    model = untrained(network(mask="channel"))
    plain = Classifier(build_for_rows(network(), 0, seed=1), ["cancer"], 1)
    inputs = Inputs(torch.from_numpy(images))
    np.testing.assert_allclose(predict(model, inputs), predict(plain, Inputs(inputs.images[:, :1])), rtol=1e-5)
    fit(model, inputs, labels, TRAINING, seed=5)
    assert ((predict(model, inputs) > 0.5) == labels).mean() > 0.9
