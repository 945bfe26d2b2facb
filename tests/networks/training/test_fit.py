"""Fitting is reproducible, learns what can be learnt, and survives saving."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load, save

from sonomics.core.errors import StudyError
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.inputs import Inputs
from sonomics.networks.training.augmentation import Augmentation, augment
from sonomics.networks.training.fit import Training, Watched, embed, fit, predict
from sonomics.networks.weights.load import Weights
from sonomics.networks.weights.state import from_tensors, to_tensors

ARCHITECTURE, SIDE = "test_resnet", 32
TRAINING = Training(epochs=6, batch=16, learning_rate=0.005, weight_decay=0.01)


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    """Noise; the first half carries coarse stripes."""
    noise = np.random.default_rng(3).integers(60, 160, (64, SIDE, SIDE))
    noise[:32, ::4] += 90
    return noise.astype(np.uint8)


@pytest.fixture(scope="module")
def targets() -> NDArray[np.float64]:
    """Striped or not, and a second head known for few."""
    striped = np.repeat([1.0, 0.0], 32)
    second = np.full(64, np.nan)
    second[[0, 1, 40, 41]] = [1, 1, 0, 0]
    return np.stack([striped, second], axis=1)


def untrained(seed: int = 1) -> Classifier:
    return Classifier(build(ARCHITECTURE, seed), ["striped", "second"], seed)


@pytest.fixture(scope="module")
def fitted(images: NDArray[np.uint8], targets: NDArray[np.float64]) -> Classifier:
    model = untrained()
    fit(model, Inputs.of_images(images), targets, TRAINING, seed=5)
    return model


def test_learns_a_texture(fitted: Classifier, images: NDArray[np.uint8], targets: NDArray[np.float64]) -> None:
    probabilities = predict(fitted, Inputs.of_images(images))
    assert probabilities.shape == (64, 2)
    assert (probabilities[:, 0] > 0.5).astype(float).tolist() == targets[:, 0].tolist()


def test_same_seed_gives_the_same_network_whatever_ran_before(
    fitted: Classifier, images: NDArray[np.uint8], targets: NDArray[np.float64]
) -> None:
    torch.rand(7)
    np.random.default_rng().random(3)
    again = untrained()
    fit(again, Inputs.of_images(images), targets, TRAINING, seed=5)
    first, second = to_tensors(fitted), to_tensors(again)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_another_seed_gives_another_network() -> None:
    assert not torch.equal(*(next(untrained(seed).parameters()) for seed in (1, 2)))


def test_fitting_leaves_the_callers_generator_alone(images: NDArray[np.uint8], targets: NDArray[np.float64]) -> None:
    before = torch.get_rng_state()
    fit(untrained(), Inputs.of_images(images[:8]), targets[:8], replace(TRAINING, epochs=1), seed=5)
    assert torch.equal(before, torch.get_rng_state())
    assert not torch.are_deterministic_algorithms_enabled()


def test_curves_name_every_epoch(images: NDArray[np.uint8], targets: NDArray[np.float64]) -> None:
    curves = fit(untrained(), Inputs.of_images(images), targets, replace(TRAINING, epochs=2), seed=5)
    assert [curve["epoch"] for curve in curves] == [1, 2]
    assert all(np.isfinite(curve["loss"]) for curve in curves)


def test_state_round_trip_gives_equal_predictions(fitted: Classifier, images: NDArray[np.uint8]) -> None:
    restored = from_tensors(untrained(seed=9), load(save(to_tensors(fitted))))
    np.testing.assert_array_equal(
        predict(restored, Inputs.of_images(images)), predict(fitted, Inputs.of_images(images))
    )


def test_prediction_of_an_image_is_independent_of_its_batch(fitted: Classifier, images: NDArray[np.uint8]) -> None:
    together = predict(fitted, Inputs.of_images(images))
    alone = [predict(fitted, Inputs.of_images(images[row : row + 1])) for row in range(len(images))]
    assert together.tobytes() == np.concatenate(alone).tobytes()
    assert predict(fitted, Inputs.of_images(images[::-1]))[::-1].tobytes() == together.tobytes()


def test_embedding_has_the_backbones_width(images: NDArray[np.uint8]) -> None:
    backbone = build(ARCHITECTURE, seed=1)
    features = embed(backbone, [images[:2], images[2:3]])
    assert features.shape == (3, backbone.num_features)
    assert features.std() > 0


@pytest.mark.parametrize("architecture", ["mobilenetv3_small_050", "resnet18", "squeezenet1_1", "test_vit"])
def test_a_feature_of_an_image_has_the_same_bytes_in_any_company(architecture: str) -> None:
    images = np.random.default_rng(2).integers(0, 256, (19, 160, 160)).astype(np.uint8)
    network = build(architecture, seed=1, size=160)
    together = embed(network, [images])
    assert together[18].tobytes() == embed(network, [images[18:]])[0].tobytes()
    assert together[7].tobytes() == embed(network, [images[5:8], images[:1]])[2].tobytes()


def test_features_beyond_all_numbers_stop_the_study(images: NDArray[np.uint8]) -> None:
    backbone = build(ARCHITECTURE, seed=1, weights=Weights(mean=(0.5,) * 3, std=(0.0,) * 3))
    with pytest.raises(StudyError, match=r"not finite numbers.*mean, std and scale"):
        embed(backbone, [images[:2]])


def test_a_loss_beyond_all_numbers_stops_the_study(images: NDArray[np.uint8], targets: NDArray[np.float64]) -> None:
    with pytest.raises(StudyError, match=r"learning_rate: the training loss became NaN or infinite in epoch \d"):
        fit(untrained(), Inputs.of_images(images), targets, replace(TRAINING, learning_rate=1e30), seed=1)


@pytest.mark.parametrize("size", [33, 47])
@pytest.mark.parametrize("count", [17, 2])
def test_any_number_of_images_of_odd_size_is_learned_from(count: int, size: int) -> None:
    images = np.random.default_rng(4).integers(0, 256, (count, size, size)).astype(np.uint8)
    model = untrained()
    curves = fit(
        model,
        Inputs.of_images(images),
        np.resize([[0.0, 1.0], [1.0, np.nan]], (count, 2)),
        replace(TRAINING, epochs=2),
        seed=1,
    )
    assert np.isfinite([curve["loss"] for curve in curves]).all()
    assert np.isfinite(predict(model, Inputs.of_images(images))).all()


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_images_are_refused(images: NDArray[np.uint8], targets: NDArray[np.float64], count: int) -> None:
    with pytest.raises(ValueError, match="two images"):
        fit(untrained(), Inputs.of_images(images[:count]), targets[:count], TRAINING, seed=1)


def test_no_augmentation_leaves_images_as_they_are(images: NDArray[np.uint8]) -> None:
    still = Augmentation(flip=0, rotation=0, crop=0, brightness=0, contrast=0)
    batch = torch.from_numpy(images[:4, None]).float() / 255
    torch.testing.assert_close(augment(batch, still, torch.Generator()), batch, atol=1e-5, rtol=0)


def test_a_certain_flip_mirrors_left_and_right(images: NDArray[np.uint8]) -> None:
    mirror = Augmentation(flip=1, rotation=0, crop=0, brightness=0, contrast=0)
    batch = torch.from_numpy(images[:4, None]).float() / 255
    torch.testing.assert_close(augment(batch, mirror, torch.Generator()), batch.flip(3), atol=1e-5, rtol=0)


def test_an_outline_moves_with_its_image_and_keeps_its_values() -> None:
    images = torch.rand(4, 2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    with_outline = torch.cat([images, (images[:, :, :1] > 0.5).float()], dim=2)
    rng = torch.Generator()
    alone = augment(images, Augmentation(), rng.manual_seed(2))
    together = augment(with_outline, Augmentation(), rng.manual_seed(2))
    torch.testing.assert_close(together[:, :, :3], alone, rtol=0, atol=0)
    still = replace(Augmentation(), brightness=0.0, contrast=0.0)
    moved = augment(with_outline[:, :, 3:], still, rng.manual_seed(2))
    torch.testing.assert_close(together[:, :, 3:], moved)


def watched(images: NDArray[np.uint8], targets: NDArray[np.float64]) -> Watched:
    return Watched(Inputs.of_images(images[::4]), targets[::4])


@pytest.mark.parametrize("average", [None, 0.5])
def test_the_weights_are_those_of_the_best_epoch_of_the_inner_part(
    images: NDArray[np.uint8], targets: NDArray[np.float64], average: float | None
) -> None:
    training = replace(TRAINING, epochs=5, schedule="constant", learning_rate=0.02, average=average)
    model = untrained()
    inner = watched(images, targets)
    curves = fit(model, Inputs.of_images(images), targets, training, seed=5, watched=inner)
    losses = [curve["inner_loss"] for curve in curves]
    chosen = int(np.argmin(losses))
    assert [curve["chosen"] for curve in curves] == [float(place == chosen) for place in range(5)]
    # A schedule that is constant passes through the same weights, however many epochs are stated.
    again = untrained()
    stopped = replace(training, epochs=chosen + 1)
    fit(again, Inputs.of_images(images), targets, stopped, seed=5, watched=inner)
    first, second = to_tensors(model), to_tensors(again)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_training_ends_when_the_inner_part_gets_no_better(
    images: NDArray[np.uint8], targets: NDArray[np.float64]
) -> None:
    wrong = Watched(Inputs.of_images(images[::4]), 1 - targets[::4])  # the better the fit, the worse the inner part
    training = replace(TRAINING, epochs=30, schedule="constant", patience=2)
    curves = fit(untrained(), Inputs.of_images(images), targets, training, seed=5, watched=wrong)
    assert len(curves) < 30
    assert curves[-1]["epoch"] - next(curve["epoch"] for curve in curves if curve["chosen"]) == 2


def test_a_frozen_trunk_keeps_its_weights_and_learns_afterwards(
    images: NDArray[np.uint8], targets: NDArray[np.float64]
) -> None:
    start = to_tensors(untrained())
    for frozen, is_same in ((2, True), (1, False)):
        model = untrained()
        training = replace(TRAINING, epochs=2, frozen_epochs=frozen)
        fit(model, Inputs.of_images(images), targets, training, seed=5)
        tensors = to_tensors(model)
        trunk = [name for name in tensors if name.startswith("backbone.trunk.") and name.endswith("weight")]
        assert all(torch.equal(tensors[name], start[name]) for name in trunk) == is_same
        assert not torch.equal(tensors["heads.striped.weight"], start["heads.striped.weight"])


def test_an_averaged_network_is_another_than_the_last_one(
    images: NDArray[np.uint8], targets: NDArray[np.float64]
) -> None:
    models = [untrained(), untrained()]
    for model, average in zip(models, (None, 0.9), strict=True):
        fit(model, Inputs.of_images(images), targets, replace(TRAINING, epochs=2, average=average), seed=5)
    assert not torch.equal(*(model.heads["striped"].weight for model in models))
