"""Scored samples: the cases of one split next to what one model says of them, built once and handed to every table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.samples.cases import SIMULATED_RISK, value_column
from sonomics.evaluate.samples.models import BEST_POSSIBLE, PROBABILITY, SCORE, Model
from sonomics.statistics.estimates import Booleans, Floats

Texts = NDArray[np.object_]
FOLLOW_UP = ("time", "event")
# The column of cases that names the group of patients who share an image; absent where patients count as independent.
CLUSTER = "duplicate_group"


@dataclass(frozen=True, eq=False)
class Scored:
    """Cases of one split next to the values of one model; all arrays have one entry per case, in the same order.

    Attributes
    ----------
    model : Model
    split : str
    rows : DataFrame, shape (n, columns)
        The cohort's columns of these cases, indexed as the table of all cases.
    y : ndarray of float, shape (n,)
        Label: 1, 0, NaN unknown.
    value : ndarray of float, shape (n,)
        What the model's cutoff applies to; NaN where the model gives none.
    probability : ndarray of float, shape (n,)
        NaN where the model gives none.
    score : ndarray of float, shape (n,)
        The value on the scale that regression models take: the model's score, or `value` where it has no scores.
    """

    model: Model
    split: str
    rows: pd.DataFrame
    y: Floats
    value: Floats
    probability: Floats
    score: Floats

    @property
    def n(self) -> int:
        """The number of cases."""
        return len(self.y)

    @property
    def positives(self) -> int:
        """The number of cases with a positive label."""
        return int(np.nansum(self.y))

    @property
    def cases(self) -> Texts:
        """The pseudonyms of the cases."""
        return self._text("case")

    @property
    def clusters(self) -> Texts:
        """What every case depends on: its patient, or the group of patients who share a near-duplicate image.

        The latter where params ask for it (`evaluate.near_duplicates: cluster`), and the rows say so.
        """
        return self._text(CLUSTER if CLUSTER in self.rows else "patient")

    @property
    def has_independent_cases(self) -> bool:
        """Whether no cluster has several of these cases."""
        return bool(pd.Series(self.clusters).is_unique)

    @property
    def without_copies(self) -> "Scored":
        """The cases of one patient of each cluster, the first by name: for intervals that know no clusters."""
        if CLUSTER not in self.rows:
            return self
        first = self.rows.groupby(CLUSTER)["patient"].transform("min")
        return self.where((self.rows["patient"] == first).to_numpy(dtype=np.bool_))

    @property
    def called(self) -> Booleans:
        """Whether each case is called positive, at the frozen cutoff; False throughout where there is none."""
        return np.asarray(self.value >= self.model.cutoff)

    @property
    def time(self) -> Floats:
        """The follow-up of every case in months."""
        return self.rows["time"].to_numpy(dtype=np.float64)

    @property
    def event(self) -> Floats:
        """1 where the event was observed, 0 where follow-up was censored."""
        return self.rows["event"].to_numpy(dtype=np.float64)

    @property
    def simulated_risk(self) -> Floats | None:
        """The risk that the simulator drew; None in a study of real cases."""
        return self.rows[SIMULATED_RISK].to_numpy(dtype=np.float64) if SIMULATED_RISK in self.rows else None

    @cached_property
    def analysed(self) -> "Scored":
        """The cases with a known label and a value of the model."""
        return self.where(~np.isnan(self.y) & self.is_scored)

    @cached_property
    def followed(self) -> "Scored":
        """The cases with follow-up and a value of the model, whether their label is known or not."""
        return self.where(self.has_follow_up & self.is_scored).without_copies

    @cached_property
    def by_probability(self) -> "Scored":
        """The same cases with the probability as `value`; without a cutoff where the model's applies to its score."""
        cutoff = self.model.cutoff if self.model.on == PROBABILITY else float("nan")
        return replace(self, model=replace(self.model, on=PROBABILITY, cutoff=cutoff), value=self.probability)

    @property
    def is_scored(self) -> Booleans:
        """Whether the model gives each case a value."""
        return ~np.isnan(self.value)

    @property
    def has_follow_up(self) -> Booleans:
        """Whether time and event of each case are known."""
        return self.rows[list(FOLLOW_UP)].notna().all(axis=1).to_numpy()

    def where(self, chosen: Booleans) -> "Scored":
        """Keep some of the cases.

        Parameters
        ----------
        chosen : ndarray of bool, shape (n,)
        """
        arrays = {name: getattr(self, name)[chosen] for name in ("y", "value", "probability", "score")}
        return replace(self, rows=self.rows[chosen], **arrays)

    def with_value(self, value: Floats) -> "Scored":
        """Replace the model's values by others of the same cases."""
        return replace(self, value=value)

    def _text(self, column: str) -> Texts:
        return self.rows[column].to_numpy(dtype=np.object_)


def shared_cases(a: Scored, b: Scored) -> tuple[Scored, Scored]:
    """Cut two samples of the same cases to those with a known label that both models have scored."""
    shared = ~np.isnan(a.y) & a.is_scored & b.is_scored
    return a.where(shared), b.where(shared)


@dataclass(frozen=True, eq=False)
class Samples:
    """The scored samples of one task in one variant: every model in every split.

    Attributes
    ----------
    cases : DataFrame
        From `join_scores`: all cases, sorted by split.
    models : tuple of Model
        The primary one first.
    by_model : dict of str to dict of str to Scored
        Model name to split to sample.
    best_possible : dict of str to Scored
        Split to the sample of the simulated risk, taken for a model; empty in a study of real cases.
    """

    cases: pd.DataFrame
    models: tuple[Model, ...]
    by_model: dict[str, dict[str, Scored]]
    best_possible: dict[str, Scored]

    def __iter__(self) -> Iterator[Scored]:
        """Iterate over all samples, model by model."""
        return (sample for model in self.models for sample in self.of(model))

    @property
    def primary(self) -> Model:
        """The model that the study is about."""
        return self.models[0]

    @property
    def others(self) -> tuple[Model, ...]:
        """All models but the primary one."""
        return self.models[1:]

    @property
    def splits(self) -> list[str]:
        """The splits that have a case, in their order."""
        return list(self.by_model[self.primary.name])

    @property
    def primary_samples(self) -> list[Scored]:
        """The primary model's samples, one per split."""
        return self.of(self.primary)

    def of(self, model: Model) -> list[Scored]:
        """Return the samples of a model, one per split."""
        return list(self.by_model[model.name].values())

    def at(self, model: Model, split: str) -> Scored:
        """Return the sample of a model in a split."""
        return self.by_model[model.name][split]

    def training(self, model: Model) -> Scored:
        """Return the sample of a model in training, without a case where the cohort has no training set."""
        samples = self.by_model[model.name]
        return samples[TRAIN] if TRAIN in samples else _sample(model, TRAIN, self.cases.iloc[:0])


def build_samples(cases: pd.DataFrame, models: Sequence[Model]) -> Samples:
    """Build the scored samples of every model in every split.

    Parameters
    ----------
    cases : DataFrame
        From `join_scores`.
    models : sequence of Model
        The primary one first.
    """
    by_split = {str(split): rows for split, rows in cases.groupby("split", sort=False)}
    by_model = {
        model.name: {split: _sample(model, split, rows) for split, rows in by_split.items()} for model in models
    }
    simulated = Model(BEST_POSSIBLE, float("nan"), SCORE, "", developed=False)
    best = {split: _simulated_sample(simulated, split, rows) for split, rows in by_split.items()}
    return Samples(cases, tuple(models), by_model, best if SIMULATED_RISK in cases else {})


def _sample(model: Model, split: str, rows: pd.DataFrame) -> Scored:
    value = _values(rows, value_column(model.name, model.on))
    score_column = value_column(model.name, SCORE)
    score = _values(rows, score_column) if score_column in rows else value
    probability = _values(rows, value_column(model.name, PROBABILITY))
    return Scored(model, split, rows, _values(rows, "label"), value, probability, score)


def _simulated_sample(model: Model, split: str, rows: pd.DataFrame) -> Scored:
    risk = _values(rows, SIMULATED_RISK)
    return Scored(model, split, rows, _values(rows, "label"), risk, np.full(len(rows), np.nan), risk)


def _values(rows: pd.DataFrame, column: str) -> Floats:
    """Return a column as floats, NaN throughout when no case has it (a model without probabilities)."""
    return rows[column].to_numpy(dtype=np.float64) if column in rows else np.full(len(rows), np.nan)
