"""Fit and apply networks on arrays of images."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from sonomics.core.errors import StudyError
from sonomics.core.jobs import progress, threads
from sonomics.core.rows import apply_in_batches
from sonomics.networks.architectures.backbones import Backbone
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.inputs import Inputs, to_planes
from sonomics.networks.training.augmentation import Augmentation, augment
from sonomics.networks.training.average import MovingAverage
from sonomics.networks.training.optimisers import make_optimiser, make_schedule

Curve = dict[str, float]
# Images of every batch that a network is applied to. One by one on the
# CPU: within a batch of a fixed size, the last values of a tensor may still take other code than the first.
ROWS = {"cpu": 1, "cuda": 64}


@dataclass(frozen=True)
class Training:
    """How a network is trained.

    Attributes
    ----------
    epochs : int
        Passes over the training images.
    batch : int
        Images per step.
    learning_rate : float
        Highest learning rate of the schedule.
    weight_decay : float
    augmentation : Augmentation
        How much images are changed at random.
    optimiser, schedule, halve_every, warm_up, frozen_epochs, average, patience
        As in params: `Trained` of the settings, and its `stop`.
    """

    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    augmentation: Augmentation = field(default_factory=Augmentation)
    optimiser: str = "adamw"
    schedule: str = "one_cycle"
    halve_every: int | None = None
    warm_up: int = 0
    frozen_epochs: int = 0
    average: float | None = None
    patience: int | None = None


class Watched(NamedTuple):
    """The inner part of the training rows, which training does not see, and on whose loss the epoch is chosen."""

    inputs: Inputs
    targets: NDArray[np.floating]


def choose_device() -> torch.device:
    """Choose the accelerator when there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fit(
    model: Classifier,
    inputs: Inputs,
    targets: NDArray[np.floating],
    training: Training,
    seed: int,
    watched: Watched | None = None,
) -> list[Curve]:
    """Train a classifier in place, with balanced classes.

    The same seed gives the same weights on every CPU that `core.pins` is for, whatever ran before.

    Parameters
    ----------
    model : Classifier
    inputs : Inputs
    targets : (n, columns) float
        What the heads of the model learn; NaN where unknown.
    training : Training
    seed : int
    watched : Watched, optional
        With it the weights are those after the epoch of its least loss, and training ends `patience` epochs after.

    Returns
    -------
    list of dict
        `epoch` (from 1), `loss` (mean over the steps of the epoch) and `learning_rate` (at its end); with `watched`
        `inner_loss`, and `chosen` (1 for the epoch whose weights the model has, else 0).

    Raises
    ------
    ValueError
        With fewer than two rows, or without a known label.
    StudyError
        When the loss becomes NaN or infinite.
    """
    if len(inputs) < 2 or np.isnan(targets).all():
        raise ValueError(f"a network needs two images and a known label, got {len(inputs)} images")
    batches = max(1, len(inputs) // training.batch)
    labels = torch.from_numpy(np.asarray(targets, dtype=np.float32))
    model.weigh_classes(labels)
    curves: list[Curve] = []
    best: dict[str, Tensor] = {}
    with _reproducible(seed):
        rng = Generator().manual_seed(seed)
        model.to(choose_device()).train()
        optimiser = make_optimiser(model, training)
        schedule = make_schedule(optimiser, training, batches)
        average = None if training.average is None else MovingAverage(model, training.average)
        for epoch in progress(range(1, training.epochs + 1), "epochs"):
            _freeze(model, is_frozen=epoch <= training.frozen_epochs)
            loss = _train_epoch(model, inputs, labels, optimiser, schedule, average, batches, training, rng)
            curves.append({"epoch": epoch, **loss})
            if not np.isfinite(curves[-1]["loss"]):
                rule = f"the training loss became NaN or infinite in epoch {epoch}"
                raise StudyError(
                    "params.yaml, learning_rate", rule, "lower it, or check mean, std and scale of the weights"
                )
            if watched is None:
                continue
            curves[-1]["inner_loss"] = _watch(model, watched, average)
            since_best = epoch - _find_best(curves)
            if since_best == 0:
                best = _copy_state(model, average)
            if since_best >= (training.patience or training.epochs):
                break
        _freeze(model, is_frozen=False)
        if watched is not None:
            for curve in curves:
                curve["chosen"] = float(curve["epoch"] == _find_best(curves))
            model.load_state_dict(best)
        elif average is not None:
            average.swap()
        _settle_batch_norm(model, inputs, training.batch)
    model.eval()
    return curves


def _train_epoch(
    model: Classifier,
    inputs: Inputs,
    labels: Tensor,
    optimiser: Optimizer,
    schedule: LRScheduler,
    average: MovingAverage | None,
    batches: int,
    training: Training,
    rng: Generator,
) -> Curve:
    """Pass over the training rows once; return the mean loss and the learning rate of the last step."""
    device, losses = choose_device(), []
    for rows in torch.tensor_split(torch.randperm(len(inputs), generator=rng), batches):
        images, *others = inputs.take(rows).to_arguments(device)
        outputs = model(augment(images, training.augmentation, rng), *others)
        loss = model.compute_loss(outputs, labels[rows].to(device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        rate = float(schedule.get_last_lr()[0])
        schedule.step()
        if average is not None:
            average.update()
        losses.append(loss.detach())
    return {"loss": float(torch.stack(losses).mean()), "learning_rate": rate}


def _freeze(model: Classifier, *, is_frozen: bool) -> None:
    """Freeze the trunks of a network, or let them learn; what was added to them always learns."""
    for module in model.modules():
        if isinstance(module, Backbone):
            module.trunk.requires_grad_(not is_frozen)


@torch.no_grad()
def _watch(model: Classifier, watched: Watched, average: MovingAverage | None) -> float:
    """Compute the loss of the inner part, by the moving average where there is one."""
    device, targets = choose_device(), torch.from_numpy(np.asarray(watched.targets, dtype=np.float32))
    if average is not None:
        average.swap()
    model.eval()
    rows = torch.arange(len(watched.inputs))
    outputs = torch.cat(
        [model(*watched.inputs.take(row[None]).to_arguments(device)) for row in rows]  # one by one, as in `predict`
    )
    loss = float(model.compute_loss(outputs, targets.to(device)))
    model.train()
    if average is not None:
        average.swap()
    return loss


def _find_best(curves: Sequence[Curve]) -> int:
    """Find the epoch of the least loss of the inner part, of equal ones the first; one that is NaN is the largest."""
    losses = [curve["inner_loss"] if np.isfinite(curve["inner_loss"]) else np.inf for curve in curves]
    return int(np.argmin(losses)) + 1


def _copy_state(model: Classifier, average: MovingAverage | None) -> dict[str, Tensor]:
    if average is not None:
        average.swap()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    if average is not None:
        average.swap()
    return state


@torch.inference_mode()
def predict(model: Classifier, inputs: Inputs) -> NDArray[np.float64]:
    """Return the probabilities (n, columns) that the heads of a model give each row, of which there is at least one."""
    torch.set_num_threads(threads())
    device = choose_device()
    model.to(device).eval()

    def compute(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        outputs: NDArray[np.float32] = model(*inputs.take(torch.from_numpy(rows)).to_arguments(device)).cpu().numpy()
        return outputs

    return model.to_probabilities(apply_in_batches(compute, np.arange(len(inputs)), ROWS[device.type]))


def embed(network: nn.Module, batches: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Apply a network to images batch by batch; on a GPU in half precision where that is safe (autocast).

    Parameters
    ----------
    network : nn.Module
        Images (n, 1 or 3, rows, columns) on the scale 0-1 in, (n, features) out.
    batches : iterable of (n, rows, columns) or (n, rows, columns, 3) uint8

    Returns
    -------
    (n, features) float32

    Raises
    ------
    ValueError
        When there is no image.
    StudyError
        When a feature is not a finite number: half precision overflows at 65504.
    """
    kind = choose_device().type
    with torch.autocast(kind, torch.float16, enabled=kind == "cuda"):
        features: NDArray[np.float32] = _apply(network, batches)
    if not np.isfinite(features).all():
        rule = "the network gives features that are not finite numbers"
        raise StudyError("params.yaml, weights", rule, "check mean, std and scale of the weights, or use others")
    return features


@torch.inference_mode()
def _apply(model: nn.Module, batches: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
    torch.set_num_threads(threads())
    device = choose_device()
    model.to(device).eval()

    def compute(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        outputs: NDArray[np.float32] = model(to_planes(images).to(device).float() / 255).float().cpu().numpy()
        return outputs

    parts = [apply_in_batches(compute, images, ROWS[device.type]) for images in batches]
    if not parts:
        raise ValueError("no image to apply the network to")
    return np.concatenate(parts)


@torch.no_grad()
def _settle_batch_norm(model: nn.Module, inputs: Inputs, batch: int) -> None:
    """Recompute batch-norm statistics with the final weights (Wu and Johnson, 2021).

    After a short training the running averages lag behind the weights.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None
    for rows in torch.tensor_split(torch.arange(len(inputs)), max(1, len(inputs) // batch)):
        model(*inputs.take(rows).to_arguments(choose_device()))
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum


@contextmanager
def _reproducible(seed: int) -> Iterator[None]:
    """Seed dropout and choose deterministic kernels; restore the state of the process afterwards."""
    torch.set_num_threads(threads())
    before = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True, warn_only=choose_device().type == "cuda")
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before)
