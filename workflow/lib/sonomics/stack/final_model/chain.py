"""The chain from base scores to decisions, fitted without any folds, so that what scores a case never saw its label.

Out-of-fold scores of the base models are given. Without the folds `E`, the weights are fitted on all other folds. A
case of fold `f` is scored by the weights without `E` and `f`; the calibrator without `E` is fitted on such scores of
all other folds, and the case's probability comes from the calibrator without `E` and `f`. The threshold without `E` is
chosen on such probabilities. With `E` empty these are the final weights, calibrator and threshold and the strictly
cross-fitted training scores; with `E` one fold they are the nested ones, which that fold judges.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.folds import Mask, Outcomes, mark_known

Floats = NDArray[np.float64]
State = dict[str, Any]
Folds = frozenset[Any]
Kept = TypeVar("Kept")

NONE_LEFT_OUT: Folds = frozenset()


class Steps(NamedTuple):
    """How a final model is fitted and applied.

    Attributes
    ----------
    fit_weights, apply_weights : callable
        `fit(base_scores, outcomes) -> state` and `apply(state, base_scores) -> scores`.
    fit_calibration, apply_calibration : callable
        `fit(scores, outcomes) -> state` and `apply(state, scores) -> probabilities`.
    """

    fit_weights: Callable[..., State]
    apply_weights: Callable[..., Floats]
    fit_calibration: Callable[..., State]
    apply_calibration: Callable[..., Floats]


class Chain:
    """The fits of a final model without some folds; each is made once.

    Parameters
    ----------
    rows : (cases, ...) array or frame
        Out-of-fold scores of the base models, of all training cases.
    outcomes : Series or DataFrame
        NaN where unknown: such cases are scored, but not fitted on.
    folds : Series
        Fold of each case.
    steps : Steps
    """

    def __init__(self, rows: Floats | pd.DataFrame, outcomes: Outcomes, folds: pd.Series, steps: Steps) -> None:
        self.rows, self.outcomes, self.steps = rows, outcomes, steps
        self.fold_of = np.asarray(folds)
        self.known = mark_known(outcomes)
        self.names = sorted(set(self.fold_of.tolist()))
        self._kept: dict[tuple[str, Folds], Any] = {}

    def mark_inside(self, left_out: Folds) -> Mask:
        """Mark the cases outside the folds that are left out."""
        return np.asarray(~np.isin(self.fold_of, list(left_out)), dtype=np.bool_)

    def mark_fitted(self, left_out: Folds) -> Mask:
        """Mark the cases that a fit may see: those with a known outcome outside the folds that are left out."""
        return self.mark_inside(left_out) & self.known

    def widen(self, left_out: Folds, fold: Any) -> Folds:
        """Leave out one more fold; where no case with a known outcome would be left, no more than before."""
        wider = left_out | {fold}
        return wider if self.mark_fitted(wider).any() else left_out

    def weights(self, left_out: Folds = NONE_LEFT_OUT) -> State:
        """Return the weights fitted without some folds."""

        def fit() -> State:
            fitted = self.mark_fitted(left_out)
            return self.steps.fit_weights(self.rows[fitted], self.outcomes[fitted])

        return self._keep("weights", left_out, fit)

    def scores(self, left_out: Folds = NONE_LEFT_OUT) -> Floats:
        """Return the cross-fitted scores of all other folds, (cases, ...); NaN in the folds that are left out."""

        def score(fold: Any, scored: Mask) -> Floats:
            return self.steps.apply_weights(self.weights(self.widen(left_out, fold)), self.rows[scored])

        return self._keep("scores", left_out, lambda: self._by_fold(left_out, score))

    def calibrator(self, left_out: Folds = NONE_LEFT_OUT) -> State:
        """Return the calibrator fitted without some folds."""

        def fit() -> State:
            fitted = self.mark_fitted(left_out)
            return self.steps.fit_calibration(self.scores(left_out)[fitted], self.outcomes[fitted])

        return self._keep("calibrator", left_out, fit)

    def probabilities(self, left_out: Folds = NONE_LEFT_OUT) -> Floats:
        """Return the cross-fitted probabilities of all other folds, (cases, ...); NaN in those that are left out."""

        def calibrate(fold: Any, scored: Mask) -> Floats:
            state = self.calibrator(self.widen(left_out, fold))
            return self.steps.apply_calibration(state, self.scores(left_out)[scored])

        return self._keep("probabilities", left_out, lambda: self._by_fold(left_out, calibrate))

    def _by_fold(self, left_out: Folds, value: Callable[[Any, Mask], Floats]) -> Floats:
        parts = []
        for fold in self.names:
            if fold not in left_out:
                scored = self.fold_of == fold
                parts.append((scored, np.asarray(value(fold, scored))))
        values = np.full((len(self.fold_of), *(parts[0][1].shape[1:] if parts else ())), np.nan)
        for scored, part in parts:
            values[scored] = part
        return values

    def _keep(self, name: str, left_out: Folds, make: Callable[[], Kept]) -> Kept:
        key = (name, left_out)
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept
