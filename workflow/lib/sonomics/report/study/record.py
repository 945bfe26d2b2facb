"""A study as it stands when its report is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.schemas import PERTURBED, TRAIN
from sonomics.core.settings.by_task import every_value
from sonomics.core.settings.extract import Family
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.stack import FinalModel
from sonomics.core.settings.train import Model
from sonomics.kinds.calibrations import CALIBRATIONS, CalibrationKind
from sonomics.kinds.families import FAMILIES
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.thresholds import THRESHOLDS
from sonomics.kinds.wording import join_words
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.statements import collect_texts


class Counts(NamedTuple):
    """A set and its numbers; the same case may be unscored and have an unknown label.

    A task of several classes has no positives.
    """

    split: str
    title: str
    patients: int
    cases: int
    unscored: int
    unknown_label: int
    analysed: int
    positives: int | None


@dataclass(frozen=True)
class Record:
    """A study as it stands when its report is written.

    Attributes
    ----------
    params : Parameters
    metrics : mapping
        By phase; a phase that is not there has none.
    evaluations : list of Evaluation
        The main run's, one per task, the first task first.
    screening : DataFrame
        Schema SCREENING.
    selections : list of (str, str, mapping)
        Family, task and state of the selection on all training cases of the main run.
    """

    params: Parameters
    metrics: Mapping[str, Mapping[str, Any]]
    evaluations: list[Evaluation]
    screening: pd.DataFrame
    selections: list[tuple[str, str, Mapping[str, Any]]]

    @property
    def first(self) -> Evaluation:
        """The evaluation of the first binary task, or of the first of all where there is none."""
        return next((one for one in self.evaluations if one.is_binary), self.evaluations[0])

    @property
    def author(self) -> Mapping[str, str]:
        """What the authors state (`report.author`)."""
        return collect_texts(self.params)

    @property
    def is_simulated(self) -> bool:
        """Whether a program made the patients."""
        return SOURCES.get(self.params.export.source).is_simulated

    @property
    def sets(self) -> list[Counts]:
        """The sets of the first task, training first."""
        table = self.first.tables["splits"][list(Counts._fields)]
        return [
            Counts(
                split=str(row["split"]),
                title=str(row["title"]),
                patients=int(row["patients"]),
                cases=int(row["cases"]),
                unscored=int(row["unscored"]),
                unknown_label=int(row["unknown_label"]),
                analysed=int(row["analysed"]),
                positives=None if pd.isna(row["positives"]) else int(row["positives"]),
            )
            for row in table.to_dict("records")
        ]

    @property
    def tested_splits(self) -> list[str]:
        """The test sets that have an analysed case."""
        return [counts.split for counts in self.sets if counts.analysed and counts.split != TRAIN]

    @property
    def readings(self) -> dict[str, int]:
        """Outlined images of the main run by reader and session, as people drew them: without perturbed copies."""
        counts = self.find_metric("crop", "main", "by_reading") or {}
        return {name: count for name, count in counts.items() if not name.startswith(f"{PERTURBED} ")}

    @property
    def families(self) -> dict[str, Family]:
        """Feature families by name."""
        return self.params.extract.families

    @property
    def hand_crafted_families(self) -> dict[str, Family]:
        """Feature families that a formula computes from the pixels inside the outline."""
        families = self.families.items()
        return {name: family for name, family in families if FAMILIES.get(family.kind).is_hand_crafted}

    @property
    def final_models(self) -> dict[str, FinalModel]:
        """Final models by name."""
        return self.params.stack.models

    @property
    def models(self) -> dict[str, Model]:
        """Base models by name that a final model uses."""
        used = {base for model in self.final_models.values() for base in model.of}
        return {name: model for name, model in self.params.train.models.items() if name in used}

    @property
    def primary_models(self) -> str:
        """The primary final models of the tasks, in words."""
        return join_words(dict.fromkeys(every_value(self.params.evaluate.primary)))

    @property
    def calibrations(self) -> list[CalibrationKind]:
        """The calibrations of all tasks."""
        return [CALIBRATIONS.get(name) for name in dict.fromkeys(every_value(self.params.stack.calibration))]

    @property
    def calibration_words(self) -> str:
        """The calibrations of all tasks, as a sentence without its full stop."""
        return "; ".join(kind.describe() for kind in self.calibrations)

    @property
    def threshold_rules(self) -> str:
        """The rules of the decisions of all tasks, in words."""
        rules = dict.fromkeys(every_value(self.params.stack.threshold))
        return join_words(THRESHOLDS.get(rule).describe() for rule in rules)

    def find_metric(self, phase: str, *keys: str) -> Any:
        """Look a metric up; None when it is not there."""
        value: Any = self.metrics.get(phase)
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value
