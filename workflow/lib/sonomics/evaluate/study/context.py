"""What an analysis may use of one task in one variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sonomics.core.params import MAIN
from sonomics.core.settings.evaluate import Evaluate
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import Sampling

LABEL_WORDS = {1.0: "positive", 0.0: "negative"}


@dataclass(frozen=True, kw_only=True)
class Files:
    """Files of earlier phases that single analyses read.

    Attributes
    ----------
    cohort : Path
    readers : Path
        Readings, schema READERS.
    images : Path
        Screened images, schema SCREENED.
    qc : Path or None
        Folder of the quality-control classifier.
    base_predictions : sequence of Path
        Predictions of the base models, by image or case.
    compared : mapping of str to Path
        Variant to its predictions of the primary model, for the comparison with this run.
    thresholds : mapping of str to Path
        The same variants to the frozen thresholds of these models.
    twins : sequence of (str, str)
        Networks of several tasks, each with a single one that is the same in everything else.
    """

    cohort: Path
    readers: Path
    images: Path
    qc: Path | None = None
    base_predictions: Sequence[Path] = ()
    compared: Mapping[str, Path] = field(default_factory=dict)
    thresholds: Mapping[str, Path] = field(default_factory=dict)
    twins: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Followed:
    """A time to an event, of all cases.

    Attributes
    ----------
    times : DataFrame, indexed by case
        `time` (months since the origin) and `event` (1, 0); NaN where either is unknown.
    horizons : list of float
        Months, ascending.
    """

    times: pd.DataFrame
    horizons: list[float]


@dataclass(frozen=True, kw_only=True)
class Context:
    """One task of one variant: its samples, its settings, and what lies next to them.

    Attributes
    ----------
    variant, task : str
    settings : Evaluate
        The section `evaluate` of params.
    cohort : DataFrame
        Unmasked, with the columns that the analyses of the study read.
    samples : Samples
    labels : Series of float, indexed by case
        From `reference_labels`.
    predictions : DataFrame
        Schema PREDICTIONS, of all models.
    files : Files
    seed : int
        Of the study.
    clinical : list of str
        Clinical columns of the cases.
    horizon : float
        Months of the task's own rule; NaN when its label is a column.
    parameters : int
        Number of parameters that the primary model's last step fits.
    tasks : list of str
        All tasks of the study.
    kind : str
        Of the task.
    classes : list of str
        Of the predictions; of a binary task the positive one.
    ordered : bool
        Whether the classes are.
    label_words : mapping of float to str
        What each label is called.
    schemes : mapping of str to str
        This run, and those that it is compared with, to the scheme of their folds.
    divided_by : mapping of str to str
        Scheme of folds to the column of the cohort by which it divides; empty where the run is not the main one.
    outcomes : mapping of str to Followed
        Outcomes by which the task's scores are judged (`evaluate.follow_up`), in the order of params.
    tables : dict of str to DataFrame
        The tables that earlier analyses have made.
    """

    variant: str
    task: str
    settings: Evaluate
    cohort: pd.DataFrame
    samples: Samples
    labels: pd.Series
    predictions: pd.DataFrame
    files: Files
    seed: int
    clinical: list[str]
    horizon: float
    parameters: int
    tasks: list[str]
    kind: str = "binary"
    classes: list[str] = field(default_factory=list)
    ordered: bool = False
    label_words: Mapping[float, str] = field(default_factory=lambda: dict(LABEL_WORDS))
    schemes: Mapping[str, str] = field(default_factory=dict)
    divided_by: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, Followed] = field(default_factory=dict)
    tables: Tables = field(default_factory=dict)

    @property
    def primary(self) -> Model:
        """The model that the study is about."""
        return self.samples.primary

    @property
    def sampling(self) -> Sampling:
        """How uncertainty is computed."""
        return Sampling(self.settings.level, self.settings.bootstrap, self.seed)

    @property
    def is_main(self) -> bool:
        """Whether this is the main run."""
        return self.variant == MAIN
