"""The QC classifier: one network with one head per question about an image."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from sonomics.core.folds import leave_out_folds
from sonomics.core.seeds import generator, seed_for
from sonomics.core.settings.clean import Network
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.inputs import Inputs, stack_images
from sonomics.networks.training.fit import Training, fit, predict
from sonomics.networks.weights.load import load_choice
from sonomics.networks.weights.state import from_tensors

CROSS_VALIDATION_FOLDS = 3  # a convention: few, since each trains a network
WEIGHT_DECAY = 0.01  # of AdamW, its usual value

Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class State:
    """A fitted QC classifier.

    Attributes
    ----------
    model : Classifier
    heads : tuple of str
    size : int
        Side of the network's input, pixels.
    """

    model: Classifier
    heads: tuple[str, ...]
    size: int


def shrink_to_squares(images: Iterable[Pictures], size: int) -> Pictures:
    """Shrink images to the network's input, one at a time, so that only one full image is in memory.

    Parameters
    ----------
    images : iterable of (rows, columns, 3) uint8
    size : int

    Returns
    -------
    (n, size, size, 3) uint8
    """
    return np.concatenate([np.zeros((0, size, size, 3), np.uint8), *(stack_images([image], size) for image in images)])


def fit_state(inputs: Pictures, targets: pd.DataFrame, network: Network, seed: int) -> State:
    """Fit the classifier.

    Parameters
    ----------
    inputs : (n, size, size, 3) uint8
        From `shrink_to_squares`.
    targets : DataFrame
        One column per head; 1, 0 or NaN; in the order of `inputs`.
    network : Network
        `clean.qc.network`.
    seed : int

    Returns
    -------
    State
    """
    state = _build(tuple(targets.columns), network, seed)
    training = Training(network.epochs, network.batch, network.learning_rate, WEIGHT_DECAY)
    fit(state.model, Inputs.of_images(inputs), targets.to_numpy(), training, seed)
    return state


def restore(tensors: Mapping[str, Tensor], saved: Mapping[str, Any]) -> State:
    """Rebuild a fitted classifier from its tensors and `state.json` (`heads`, `network`)."""
    network = Network.partial(saved["network"] | {"weights": "none"})
    state = _build(tuple(saved["heads"]), network, seed=0)
    from_tensors(state.model, tensors)
    return state


def apply(state: State, inputs: Pictures) -> pd.DataFrame:
    """Return each head's probability, one row per input in the given order."""
    if len(inputs) == 0:
        return pd.DataFrame({head: pd.Series(dtype=float) for head in state.heads})
    return pd.DataFrame(predict(state.model, Inputs.of_images(inputs)), columns=list(state.heads))


def assign_folds(patients: Sequence[str], seed: int) -> NDArray[np.int64]:
    """Assign patients to folds at random.

    Returns
    -------
    (n,) int64
        The fold of each row, -1 throughout when there are fewer patients than folds.
    """
    names = sorted(set(patients))
    if len(names) < CROSS_VALIDATION_FOLDS:
        return np.full(len(patients), -1)
    order = generator(seed, "qc folds").permutation(len(names))
    fold_of = {names[index]: number % CROSS_VALIDATION_FOLDS for number, index in enumerate(order)}
    return np.array([fold_of[patient] for patient in patients])


def cross_validate(
    inputs: Pictures, targets: pd.DataFrame, folds: NDArray[np.int64], network: Network, seed: int
) -> pd.DataFrame:
    """Return out-of-fold probabilities.

    Parameters
    ----------
    inputs, targets, network, seed
        As for `fit_state`.
    folds : (n,) int
        From `assign_folds`; where all rows have one fold, nothing is predicted.

    Returns
    -------
    DataFrame
        Like `targets`; NaN where a head had no training label of one of the answers.
    """
    result = pd.DataFrame(np.nan, index=targets.index, columns=targets.columns)
    for fold, training, held_out in leave_out_folds(folds):
        learnable = targets.columns[targets[training].nunique() == 2]
        if learnable.empty:
            continue
        state = fit_state(inputs[training], targets.loc[training, learnable], network, seed_for(seed, fold))
        result.loc[held_out, learnable] = apply(state, inputs[held_out]).to_numpy()
    return result


def _build(heads: tuple[str, ...], network: Network, seed: int) -> State:
    architecture, size = network.architecture, network.size
    backbone = build(architecture, seed, load_choice(network.weights, architecture), size)
    return State(Classifier(backbone, heads, seed_for(seed, "heads")), heads, size)
