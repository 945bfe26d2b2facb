"""Heads on a shared backbone: binary questions that share one loss, or tasks of any kind with a weight each."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor, nn

from sonomics.networks.architectures.backbones import Encoder
from sonomics.networks.heads.binary import balanced_weights, masked_loss
from sonomics.networks.heads.build import build_head
from sonomics.networks.heads.head import Head

Columns = TypeVar("Columns", Tensor, NDArray[np.float64])


class Classifier(nn.Module):
    """A backbone with named binary heads.

    Parameters
    ----------
    backbone : Encoder
    heads : sequence of str
        Names, in the order of the output's columns.
    seed : int
        Of the heads' initialisation.
    dropout : float
        Share of features dropped in training, before the heads.
    """

    def __init__(self, backbone: Encoder, heads: Sequence[str], seed: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.heads = nn.ModuleDict({name: nn.Linear(backbone.num_features, 1) for name in heads})
        self.weights = torch.ones(2, len(heads))

    def forward(self, images: Tensor, *others: Tensor) -> Tensor:
        """Return logits (n, heads) of images float32 on the scale 0-1, and what else the backbone takes."""
        features = self.dropout(self.backbone(images, *others))
        return torch.cat([head(features) for head in self.heads.values()], dim=1)

    def weigh_classes(self, targets: Tensor) -> None:
        """Weigh the classes of each head by the targets (n, heads) of training, for `compute_loss`."""
        self.weights = balanced_weights(targets)

    def compute_loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the loss of outputs (n, heads), as `forward` returns them; targets as for `masked_loss`."""
        return masked_loss(outputs, targets, self.weights.to(outputs.device))

    def to_probabilities(self, outputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probabilities (n, heads) that outputs (n, heads) stand for."""
        # Not torch's sigmoid, whose last digit depends on the number of values.
        return np.asarray(expit(outputs.astype(np.float64)))


class TaskClassifier(Classifier):
    """A backbone with one head a task, of the kind that the task asks for.

    The loss is the sum of the losses of the tasks, each the mean over its known rows times the weight of the task.
    Outputs, targets and probabilities stand side by side in the order of the tasks.

    Parameters
    ----------
    backbone : Encoder
    heads : mapping of str to dict
        Task -> `kind` of its head and what else `build_head` takes, as state.json has it.
    seed : int
        Of the heads' initialisation.
    dropout : float
        Share of features dropped in training, before the heads.
    weights : mapping of str to float, optional
        Of tasks; 1 where none is named.
    """

    def __init__(
        self,
        backbone: Encoder,
        heads: Mapping[str, Mapping[str, Any]],
        seed: int,
        dropout: float = 0.0,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(backbone, [], seed, dropout)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            built = {name: build_head(backbone.num_features, stated) for name, stated in heads.items()}
        self.heads = nn.ModuleDict({_name_module(task): cast(nn.Module, head) for task, head in built.items()})
        self.task_weights = {name: (weights or {}).get(name, 1.0) for name in heads}

    def head_of(self, task: str) -> Head:
        """Return the head of a task."""
        return cast(Head, self.heads[_name_module(task)])

    def weigh_classes(self, targets: Tensor) -> None:
        """Take from the targets (n, columns) of training what the loss of each task needs."""
        for task, of_task in self.split_columns(targets, "targets").items():
            self.head_of(task).prepare(of_task)

    def compute_loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the weighted sum of the losses of the tasks, in single precision."""
        given, known = self.split_columns(outputs.float(), "outputs"), self.split_columns(targets, "targets")
        losses = [
            weight * self.head_of(task).compute_loss(given[task], known[task])
            for task, weight in self.task_weights.items()
        ]
        return torch.stack(losses).sum()

    def to_probabilities(self, outputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probabilities (n, columns) that outputs (n, columns) stand for; of survival, hazards."""
        given = self.split_columns(outputs.astype(np.float64), "outputs")
        return np.concatenate([self.head_of(task).to_probabilities(part) for task, part in given.items()], axis=1)

    def split_columns(self, table: Columns, what: Literal["outputs", "targets", "predicted"]) -> dict[str, Columns]:
        """Split the columns of outputs, targets or probabilities ("predicted") by task."""
        parts, start = {}, 0
        for task in self.task_weights:
            end = start + int(getattr(self.head_of(task), what))
            parts[task], start = table[:, start:end], end
        return parts


class OneTask(Classifier):
    """A network of one or several tasks as its heat maps see it: images to the number (n, 1) that one task explains.

    Parameters
    ----------
    network : TaskClassifier
    task : str
        One of its tasks; `choose_explained` of its head says what the number is.
    """

    def __init__(self, network: TaskClassifier, task: str) -> None:
        super().__init__(network.backbone, [], seed=0)
        self.network, self.task = network, task
        self.heads = nn.ModuleDict({_name_module(task): cast(nn.Module, network.head_of(task))})

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return the number that a map explains, (n, 1)."""
        outputs = self.network.split_columns(self.network(*inputs), "outputs")[self.task]
        return self.network.head_of(self.task).choose_explained(outputs)[:, None]


def _name_module(task: str) -> str:
    """Name the module of a task's head; a task may have a name that a ModuleDict has taken (`type`, `training`)."""
    return f"{task}_" if hasattr(nn.ModuleDict(), task) else task
