"""The QC classifier: one network, one head for each thing an image must show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from sonomics.core.seeds import generator, seed_for
from sonomics.networks.backbones import build
from sonomics.networks.heads import Classifier
from sonomics.networks.inputs import stacked
from sonomics.networks.state import from_tensors
from sonomics.networks.training import fit, predict
from sonomics.networks.weights import weights_of

CROSS_VALIDATION_FOLDS = 3


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


def fit_state(
    images: Sequence[NDArray[np.uint8]], targets: pd.DataFrame, network: Mapping[str, Any], seed: int
) -> State:
    """Fit the classifier.

    Parameters
    ----------
    images : sequence of (rows, columns) uint8
    targets : DataFrame
        One column a head; 1, 0 or NaN; in the order of `images`.
    network : mapping
        `clean.qc.network`.
    seed : int

    Returns
    -------
    State
    """
    state = _untrained(tuple(targets.columns), network, seed)
    fit(state.model, stacked(images, state.size), targets.to_numpy(), network, seed)
    return state


def restored(tensors: Mapping[str, Tensor], saved: Mapping[str, Any]) -> State:
    """Rebuild a fitted classifier from its tensors and what `state.json` says (`heads`, `network`)."""
    state = _untrained(tuple(saved["heads"]), saved["network"] | {"weights": "none"}, seed=0)
    from_tensors(state.model, tensors)
    return state


def apply(state: State, images: Sequence[NDArray[np.uint8]]) -> pd.DataFrame:
    """Return each head's probability, one row an image in the order given."""
    if len(images) == 0:
        return pd.DataFrame({head: pd.Series(dtype=float) for head in state.heads})
    return pd.DataFrame(predict(state.model, stacked(images, state.size)), columns=list(state.heads))


def cross_validated(
    images: Sequence[NDArray[np.uint8]],
    targets: pd.DataFrame,
    patients: Sequence[str],
    network: Mapping[str, Any],
    seed: int,
) -> pd.DataFrame:
    """Return out-of-fold probabilities, folds by patient.

    Returns
    -------
    DataFrame
        Like `targets`; NaN throughout when there are fewer patients than folds.
    """
    result = pd.DataFrame(np.nan, index=targets.index, columns=targets.columns)
    names = sorted(set(patients))
    if len(names) < CROSS_VALIDATION_FOLDS:
        return result
    order = generator(seed, "qc folds").permutation(len(names))
    fold_of = {names[place]: number % CROSS_VALIDATION_FOLDS for number, place in enumerate(order)}
    folds = np.array([fold_of[patient] for patient in patients])
    for fold in range(CROSS_VALIDATION_FOLDS):
        inside, outside = (np.flatnonzero(rows).tolist() for rows in (folds != fold, folds == fold))
        if targets.iloc[inside].isna().all(axis=None):
            continue
        state = fit_state([images[i] for i in inside], targets.iloc[inside], network, seed_for(seed, fold))
        result.iloc[outside] = apply(state, [images[i] for i in outside]).to_numpy()
    return result


def head_summary(targets: pd.Series, probabilities: pd.Series) -> dict[str, float | int]:
    """Count a head's labels and say how well they were predicted.

    Parameters
    ----------
    targets, probabilities : Series of float
        1, 0 or NaN; out-of-fold probabilities or NaN.

    Returns
    -------
    dict
        `yes`, `no`, `undeterminable` (images), and out of fold `accuracy` at 0.5 and `auc`; NaN when not estimable.
    """
    known = (targets.notna() & probabilities.notna()).to_numpy()
    truth, score = targets.to_numpy()[known] == 1, probabilities.to_numpy()[known]
    pairs = int(truth.sum()) * int((~truth).sum())
    above = (score[truth][:, None] > score[~truth]).sum() + 0.5 * (score[truth][:, None] == score[~truth]).sum()
    return {
        "yes": int((targets == 1).sum()),
        "no": int((targets == 0).sum()),
        "undeterminable": int(targets.isna().sum()),
        "accuracy": float(((score >= 0.5) == truth).mean()) if len(truth) else float("nan"),
        "auc": float(above / pairs) if pairs else float("nan"),
    }


def _untrained(heads: tuple[str, ...], network: Mapping[str, Any], seed: int) -> State:
    backbone = build(network["architecture"], seed, weights_of(network["weights"]))
    return State(Classifier(backbone, heads, seed_for(seed, "heads")), heads, network["size"])
