"""What the rules look at, and what they answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.schemas import PERTURBED, TRAIN
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.statements import stated

REPORTED, PARTLY, MISSING, NOT_APPLICABLE = "reported", "partly", "missing", "not applicable"
STATUSES = (REPORTED, PARTLY, MISSING, NOT_APPLICABLE)
HAND_CRAFTED = ("texture", "pyradiomics", "mazda", "lexicon")


@dataclass(frozen=True)
class Finding:
    """A rule's answer: a status of STATUSES, where the evidence stands, and what it says or why there is none."""

    status: str
    place: str = ""
    value: str = ""


class Counts(NamedTuple):
    """A set and its numbers: unscored and unknown label may overlap."""

    split: str
    title: str
    patients: int
    cases: int
    unscored: int
    unknown_label: int
    analysed: int
    positives: int


@dataclass(frozen=True)
class Record:
    """A study as it stands when its report is written.

    Attributes
    ----------
    params : mapping
        All sections of params.yaml.
    metrics : mapping
        By phase; a phase that is not there has none.
    evaluations : list of Evaluation
        The main run's, one a task, the first task first.
    screening : DataFrame
        Schema SCREENING.
    selections : list of (str, str, mapping)
        Family, task and state of the selection on all training cases of the main run.
    """

    params: Mapping[str, Any]
    metrics: Mapping[str, Mapping[str, Any]]
    evaluations: list[Evaluation]
    screening: pd.DataFrame
    selections: list[tuple[str, str, Mapping[str, Any]]]

    @property
    def first(self) -> Evaluation:
        """The evaluation of the first task."""
        return self.evaluations[0]

    @property
    def author(self) -> Mapping[str, str]:
        """What the authors state (`report.author`)."""
        return stated(self.params)

    @property
    def simulated(self) -> bool:
        """Whether a program made the patients."""
        return self.params["export"]["source"] == "simulator"

    @property
    def sets(self) -> list[Counts]:
        """The sets of the first task, training first."""
        table = self.first.tables["splits"][list(Counts._fields)]
        return [Counts(str(row[0]), str(row[1]), *map(int, row[2:])) for row in table.to_numpy().tolist()]

    @property
    def unseen(self) -> list[str]:
        """The test sets that have an analysed case."""
        return [one.split for one in self.sets if one.analysed and one.split != TRAIN]

    def metric(self, phase: str, *keys: str) -> Any:
        """Look a metric up; None when it is not there."""
        value: Any = self.metrics.get(phase)
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    @property
    def readings(self) -> dict[str, int]:
        """Outlined images of the main run by reader and session, as people drew them: without perturbed copies."""
        counts = self.metric("crop", "main", "by_reading") or {}
        return {name: count for name, count in counts.items() if not name.startswith(f"{PERTURBED} ")}

    def families(self, *kinds: str) -> dict[str, Mapping[str, Any]]:
        """Feature families by name, those of some kinds."""
        families = self.params["extract"]["families"]
        return {name: family for name, family in families.items() if family["kind"] in kinds}

    def models(self, *kinds: str) -> dict[str, Mapping[str, Any]]:
        """Base models by name that a final model uses, those of some kinds or all."""
        used = {base for model in self.params["stack"]["models"].values() for base in model["of"]}
        models = self.params["train"]["models"]
        return {name: model for name, model in models.items() if name in used and (not kinds or model["kind"] in kinds)}


Rule = Callable[[Record], Finding]


def named(*rules: Rule) -> dict[str, Rule]:
    """Map rules by their names, as the YAML files of the standards call them."""
    return {rule.__name__: rule for rule in rules}


def reported(place: str, value: str) -> Finding:
    """Say that something stands in the report, where, and what."""
    return Finding(REPORTED, place, value)


def partly(place: str, value: str) -> Finding:
    """Say that some of it stands in the report."""
    return Finding(PARTLY, place, value)


def missing(reason: str) -> Finding:
    """Say that it is not there, and what is lacking."""
    return Finding(MISSING, "", reason)


def not_applicable(reason: str) -> Finding:
    """Say why the question does not arise."""
    return Finding(NOT_APPLICABLE, "", reason)
