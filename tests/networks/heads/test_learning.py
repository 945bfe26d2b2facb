"""Every kind of head learns a planted signal on tiny images, alone and with others, and none from shuffled labels."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load, save

from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.heads import Classifier, OneTask, TaskClassifier
from sonomics.networks.inputs import Inputs
from sonomics.networks.training.fit import Training, fit, predict
from sonomics.networks.weights.state import from_tensors, to_tensors
from sonomics.statistics.survival.concordance import harrell_c

SIDE, ROWS = 32, 90
HEADS: dict[str, dict[str, Any]] = {
    "found": {"kind": "binary"},
    "sort": {"kind": "nominal", "classes": 3},
    "stage": {"kind": "ordered", "classes": 3},
    "time": {"kind": "hazards"},
}
TRAINING = Training(epochs=8, batch=16, learning_rate=0.005, weight_decay=0.01)
COLUMNS = {"found": slice(0, 1), "sort": slice(1, 2), "stage": slice(2, 3), "time": slice(3, 5)}


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    """Noise with no, faint or strong stripes, in turn."""
    noise = np.random.default_rng(3).integers(60, 120, (ROWS, SIDE, SIDE))
    noise[:, ::4] += (60 * (np.arange(ROWS) % 3))[:, None, None]
    return noise.astype(np.uint8)


@pytest.fixture(scope="module")
def targets() -> NDArray[np.float64]:
    """What each head learns of the stripes, a tenth unknown."""
    random, stripes = np.random.default_rng(4), np.arange(ROWS) % 3
    time = np.minimum(random.exponential(np.array([60.0, 12, 2])[stripes]), 40)
    columns = np.column_stack([stripes > 0, 2 - stripes, stripes, time, time < 40]).astype(float)
    for head in COLUMNS.values():
        columns[random.choice(ROWS, ROWS // 10, replace=False), head] = np.nan
    return columns


def learn(
    heads: list[str], images: NDArray[np.uint8], targets: NDArray[np.float64], **weights: float
) -> TaskClassifier:
    model = TaskClassifier(build("test_resnet", 1), {name: HEADS[name] for name in heads}, 1, weights=weights)
    learned = np.column_stack([targets[:, COLUMNS[name]] for name in heads])
    fit(model, Inputs.of_images(images), learned, TRAINING, seed=5)
    return model


def judge(model: TaskClassifier, head: str, images: NDArray[np.uint8], targets: NDArray[np.float64]) -> float:
    """Return the share of right decisions, of hazards Harrell's C."""
    values = model.split_columns(predict(model, Inputs.of_images(images)), "predicted")[head]
    truth = targets[:, COLUMNS[head]]
    known = ~np.isnan(truth).any(axis=1)
    values, truth = values[known], truth[known]
    if head == "time":
        return harrell_c(truth[:, 0], truth[:, 1], values.sum(axis=1)).estimate
    decided = values[:, 0] > 0.5 if head == "found" else values.argmax(axis=1)
    return float((decided == truth[:, 0]).mean())


@pytest.fixture(scope="module")
def joint(images: NDArray[np.uint8], targets: NDArray[np.float64]) -> TaskClassifier:
    return learn(list(HEADS), images[:60], targets[:60], time=0.5)


@pytest.mark.parametrize("head", HEADS)
def test_one_network_learns_every_kind_of_task(
    joint: TaskClassifier, images: NDArray[np.uint8], targets: NDArray[np.float64], head: str
) -> None:
    assert judge(joint, head, images[60:], targets[60:]) > 0.75


@pytest.mark.parametrize("head", ["sort", "stage", "time"])
def test_a_network_of_one_task_learns_it(images: NDArray[np.uint8], targets: NDArray[np.float64], head: str) -> None:
    assert judge(learn([head], images[:60], targets[:60]), head, images[60:], targets[60:]) > 0.75


def test_shuffled_labels_stay_at_chance(images: NDArray[np.uint8], targets: NDArray[np.float64]) -> None:
    shuffled = np.random.default_rng(0).permutation(targets)
    model = learn(list(HEADS), images[:60], shuffled[:60])
    found = {head: judge(model, head, images[60:], shuffled[60:]) for head in HEADS}
    # 30 cases: two standard errors are 0.18.
    assert found["sort"] < 1 / 3 + 0.2
    assert found["stage"] < 1 / 3 + 0.2
    assert 0.3 < found["time"] < 0.7


def test_saved_tensors_give_the_same_probabilities_and_intervals(
    joint: TaskClassifier, images: NDArray[np.uint8]
) -> None:
    untrained = TaskClassifier(build("test_resnet", 9), HEADS, 9)
    restored = from_tensors(untrained, load(save(to_tensors(joint))))
    inputs = Inputs.of_images(images[:4])
    np.testing.assert_array_equal(predict(restored, inputs), predict(joint, inputs))
    torch.testing.assert_close(restored.heads["time"].ends, joint.heads["time"].ends)


def test_prediction_of_an_image_is_independent_of_its_batch(joint: TaskClassifier, images: NDArray[np.uint8]) -> None:
    together = predict(joint, Inputs.of_images(images[:6]))
    alone = [predict(joint, Inputs.of_images(images[row : row + 1])) for row in range(6)]
    assert together.tobytes() == np.concatenate(alone).tobytes()


def test_the_loss_is_the_weighted_sum_of_the_losses_of_the_tasks() -> None:
    model = TaskClassifier(build("test_resnet", 1), {"a": HEADS["found"], "b": HEADS["sort"]}, 1, weights={"b": 0.5})
    outputs = torch.tensor([[2.0, 0.0, 0.0, 1.0], [1.0, 3.0, 0.0, 0.0]])
    targets = torch.tensor([[1.0, float("nan")], [float("nan"), 0.0]])
    model.weigh_classes(targets)
    alone = [
        model.head_of("a").compute_loss(outputs[:, :1], targets[:, :1]),
        model.head_of("b").compute_loss(outputs[:, 1:], targets[:, 1:]),
    ]
    torch.testing.assert_close(model.compute_loss(outputs, targets), alone[0] + 0.5 * alone[1])
    assert float(alone[0]) == pytest.approx(math.log(1 + math.exp(-2)))


def test_one_binary_task_trains_to_the_same_bytes_as_a_binary_question(
    images: NDArray[np.uint8], targets: NDArray[np.float64]
) -> None:
    question = Classifier(build("test_resnet", 1), ["found"], 1)
    fit(question, Inputs.of_images(images[:40]), targets[:40, :1], TRAINING, seed=5)
    assert save(to_tensors(question)) == save(to_tensors(learn(["found"], images[:40], targets[:40])))


def test_a_map_sees_one_task_of_several(joint: TaskClassifier, images: NDArray[np.uint8]) -> None:
    batch = Inputs.of_images(images[:2]).to_arguments(torch.device("cpu"))
    outputs = joint(*batch)
    assert torch.equal(OneTask(joint, "found")(*batch)[:, 0], outputs[:, 0])
    assert torch.equal(OneTask(joint, "sort")(*batch)[:, 0], outputs[:, 1:4].max(dim=1).values)


@pytest.mark.parametrize("task", ["type", "training", "keys", "forward"])
def test_a_task_may_have_a_name_that_modules_have_taken(task: str) -> None:
    model = TaskClassifier(build("test_resnet", 1), {task: HEADS["sort"]}, 1)
    assert model.head_of(task).outputs == 3
    restored = from_tensors(TaskClassifier(build("test_resnet", 2), {task: HEADS["sort"]}, 2), to_tensors(model))
    white = torch.ones(1, 1, SIDE, SIDE)
    assert torch.equal(OneTask(restored, task)(white), OneTask(model.eval(), task)(white))
