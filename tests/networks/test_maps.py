"""Grad-CAM by hand, and on a network that can only look at one thing."""

import numpy as np
import pytest
import torch
from torch import nn

from sonomics.networks.architectures import target_layers
from sonomics.networks.architectures.backbones import Backbone, build
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.maps import grad_cam
from sonomics.networks.weights.load import Weights

ALIKE = Weights((0.0,) * 3, (1.0,) * 3)


class Bright(nn.Module):
    """Two maps, the image's quarters and their negatives, then the mean of each: a network with one sight."""

    head_hidden_size = 2

    def __init__(self) -> None:
        super().__init__()
        self.last = nn.Conv2d(3, 2, kernel_size=4, stride=4, bias=False)
        self.last.weight.data = torch.tensor([1.0, -1.0]).view(2, 1, 1, 1).expand(2, 3, 4, 4) / 48
        self.activation = nn.Identity()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.activation(self.last(images)).mean(dim=(2, 3))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Classifier:
    """Its score is 3 x the first mean - 1 x the second."""
    monkeypatch.setitem(target_layers.TARGETS, "test_maps", "last")
    model = Classifier(Backbone(Bright(), ALIKE), ["cancer"], seed=1)
    model.heads["cancer"].weight.data = torch.tensor([[3.0, -1.0]])
    return model


def picture() -> np.ndarray:
    image = np.zeros((1, 8, 8), np.uint8)
    image[0, :4, 4:], image[0, 4:, :4] = 255, 51
    return image


def test_heat_by_hand(model: Classifier) -> None:
    """Over four places the mean gradients are 3/4 and -1/4, so the heat is brightness x (3/4 + 1/4)."""
    target_layers.TARGETS["test_maps"] = "activation"
    heat = grad_cam(model, picture())
    assert heat is not None
    corners = heat[0][[0, 0, 7, 7], [0, 7, 0, 7]]
    np.testing.assert_allclose(corners, [0, 1, 0.2, 0], atol=1e-6)
    assert heat.shape == (1, 8, 8)
    assert heat.dtype == np.float32


def test_a_map_that_is_changed_in_place_after_the_layer_is_explained_as_it_was(model: Classifier) -> None:
    """The ReLU lets two of four places through, one map's: its mean gradient is 3/8, the other's 0."""
    model.backbone.trunk.activation = nn.ReLU(inplace=True)
    heat = grad_cam(model, picture())
    assert heat is not None
    np.testing.assert_allclose(heat[0][[0, 0, 7, 7], [0, 7, 0, 7]], [0, 0.375, 0.075, 0], atol=1e-6)


def test_what_speaks_against_the_class_is_cold(model: Classifier) -> None:
    model.heads["cancer"].weight.data = torch.tensor([[-3.0, 1.0]])
    heat = grad_cam(model, picture())
    assert heat is not None
    assert (heat == 0).all()


def test_heat_is_that_of_the_image_whatever_its_batch(model: Classifier) -> None:
    network = Classifier(build("test_resnet", seed=2), ["cancer"], seed=1)
    images = np.random.default_rng(1).integers(0, 256, (5, 64, 64)).astype(np.uint8)
    together = grad_cam(network, images)
    assert together is not None
    for row in range(len(images)):
        alone = grad_cam(network, images[row : row + 1])
        assert alone is not None
        assert alone.tobytes() == together[row].tobytes()


def test_a_transformer_has_a_map_of_its_patches() -> None:
    network = Classifier(build("test_vit", seed=2), ["cancer"], seed=1)
    heat = grad_cam(network, np.random.default_rng(1).integers(0, 256, (2, 160, 160)).astype(np.uint8))
    assert heat is not None
    assert heat.shape == (2, 160, 160)
    assert np.ptp(heat[0]) > 0


def test_an_architecture_without_a_target_has_no_map() -> None:
    network = Classifier(build("test_mambaout", seed=2), ["cancer"], seed=1)
    assert grad_cam(network, np.zeros((1, 64, 64), np.uint8)) is None


def test_no_image_has_no_heat() -> None:
    network = Classifier(build("test_resnet", seed=2), ["cancer"], seed=1)
    heat = grad_cam(network, np.zeros((0, 64, 64), np.uint8))
    assert heat is not None
    assert heat.shape == (0, 64, 64)
