"""What `auc` is for each kind of task that is not binary, and how two models, or two sets, are compared by it."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from sonomics.core.seeds import seed_for
from sonomics.evaluate.accuracy.comparisons import NO_SHARED_CASE
from sonomics.evaluate.samples.scored import Scored, shared_cases
from sonomics.evaluate.several_classes.cases import class_column, read_probabilities
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.entries import BOOTSTRAP, Sampling
from sonomics.statistics.estimates import Booleans, Estimate, Floats
from sonomics.statistics.resampling.bootstrap import bootstrap_statistic
from sonomics.statistics.resampling.class_auc_bootstrap import (
    MEAN_REST,
    bootstrap_class_aucs,
    bootstrap_mean_auc_difference,
)
from sonomics.statistics.survival.concordance import compare_harrell_c, harrell_c

JACKKNIFE = "infinitesimal jackknife"
PERFECT = "a concordance of 0 or 1 has no variance"
DIFFERENCE = ("difference", "lower", "upper", "p", "reason")

Row = dict[str, float | str]


class Ranking(Protocol):
    """How a kind of task measures that a model ranks cases."""

    def judge(self, sample: Scored) -> Scored:
        """Keep the cases that count."""

    def share(self, a: Scored, b: Scored) -> tuple[Scored, Scored]:
        """Cut two samples of the same cases to those that count in both."""

    def estimate(self, sample: Scored, name: str) -> Estimate:
        """Estimate the measure on cases that count, with standard error; `name` seeds a bootstrap."""

    def compare(self, a: Scored, b: Scored, against: str) -> Row:
        """Compare two samples that share their cases: `auc, auc_against`, `DIFFERENCE` and `method`."""

    def count(self, sample: Scored) -> float:
        """Count the events; NaN where there are none to count."""

    def fewest_of(self, sample: Scored, whole: Scored) -> int:
        """Count what a group must have enough of, as the whole set has it."""

    def judge_decisions(self, sample: Scored) -> Booleans | None:
        """Tell which decisions are right; None where a model decides nothing."""

    def name_method(self, sample: Scored) -> str:
        """Name how the interval is found."""

    def replace_values(self, sample: Scored, predictions: pd.DataFrame) -> Scored:
        """Replace the model's values by those of a table of predictions (rows of cases, out of sample)."""


@dataclass(frozen=True)
class ClassRanking:
    """The mean AUC of several classes, each against the rest, over resampled patients."""

    classes: list[str]
    sampling: Sampling

    def judge(self, sample: Scored) -> Scored:
        """Keep the cases with a known class and all probabilities."""
        return sample.analysed

    def share(self, a: Scored, b: Scored) -> tuple[Scored, Scored]:
        """Keep the cases with a known class and the probabilities of both."""
        return shared_cases(a, b)

    def estimate(self, sample: Scored, name: str) -> Estimate:
        """Estimate the mean AUC with its percentile interval."""
        sampling = self.sampling
        seed = seed_for(sampling.seed, "mean_auc", sample.model.name, sample.split, name)
        arrays = (sample.y, self._values(sample), sample.clusters)
        table = bootstrap_class_aucs(*arrays, sampling.resamples, seed, sampling.level).set_index("measure")
        row = table.loc[MEAN_REST]
        estimate, lower, upper, se = (float(row[name]) for name in ("estimate", "lower", "upper", "se"))
        return Estimate(estimate, lower, upper, se, str(row["reason"]))

    def compare(self, a: Scored, b: Scored, against: str) -> Row:
        """Compare the mean AUCs by the paired bootstrap of patients."""
        if not a.n:
            return {"method": "", "reason": NO_SHARED_CASE}
        sampling = self.sampling
        seed = seed_for(sampling.seed, "comparison", a.model.name, against, a.split)
        arrays = (a.y, self._values(a), self._values(b), a.clusters)
        result = bootstrap_mean_auc_difference(*arrays, sampling.resamples, seed, sampling.level)._asdict()
        areas: Row = {"auc": result["auc_a"], "auc_against": result["auc_b"], "method": f"{BOOTSTRAP}, paired"}
        return {**areas, **{name: result[name] for name in DIFFERENCE}}

    def count(self, sample: Scored) -> float:
        """Count nothing: no class is the positive one."""
        return np.nan

    def fewest_of(self, sample: Scored, whole: Scored) -> int:
        """Count the cases of the rarest of the classes that the whole set has."""
        present = np.unique(whole.y)
        return min((int((sample.y == place).sum()) for place in present), default=0)

    def judge_decisions(self, sample: Scored) -> Booleans | None:
        """Compare the class that the model decides with the true one."""
        return np.asarray(sample.model.decide(self._values(sample)) == sample.y)

    def name_method(self, sample: Scored) -> str:
        """Name the bootstrap."""
        return BOOTSTRAP

    def replace_values(self, sample: Scored, predictions: pd.DataFrame) -> Scored:
        """Replace the probabilities of all classes."""
        of_class = predictions[predictions["kind"] == "probability"]
        wide = of_class.pivot(index="case", columns="class", values="value").reindex(columns=self.classes)
        values = wide.reindex(sample.rows["case"])
        columns = {class_column(sample.model.name, name): values[name].to_numpy() for name in self.classes}
        is_scored = values.notna().all(axis=1).to_numpy()
        return replace(
            sample.with_value(np.where(is_scored, values.max(axis=1), np.nan)), rows=sample.rows.assign(**columns)
        )

    def _values(self, sample: Scored) -> Floats:
        return read_probabilities(sample.rows, sample.model.name, self.classes)


@dataclass(frozen=True)
class RiskRanking:
    """Harrell's C, with the standard error of the infinitesimal jackknife, or over resampled patients.

    The jackknife takes cases for independent; where a patient has several, patients are resampled.
    """

    sampling: Sampling

    def judge(self, sample: Scored) -> Scored:
        """Keep the cases with follow-up and a risk."""
        return sample.followed

    def share(self, a: Scored, b: Scored) -> tuple[Scored, Scored]:
        """Keep the cases with follow-up and the risk of both."""
        shared = a.has_follow_up & a.is_scored & b.is_scored
        return a.where(shared).without_copies, b.where(shared).without_copies

    def estimate(self, sample: Scored, name: str) -> Estimate:
        """Estimate C with its interval."""
        sampling, (time, event, value) = self.sampling, (sample.time, sample.event, sample.value)
        if sample.has_independent_cases:
            return harrell_c(time, event, value, sampling.level)

        def of_rows(rows: np.ndarray) -> float:
            return harrell_c(time[rows], event[rows], value[rows]).estimate

        seed = seed_for(sampling.seed, "harrell_c", sample.model.name, sample.split, name)
        result = bootstrap_statistic(of_rows, sample.clusters, sampling.resamples, seed, sampling.level)
        return Estimate(result.estimate, result.lower, result.upper, result.se, result.reason)

    def compare(self, a: Scored, b: Scored, against: str) -> Row:
        """Compare the concordances by the influence of every case on both; without a test where one is 0 or 1."""
        if not a.n:
            return {"method": "", "reason": NO_SHARED_CASE}
        if not a.has_independent_cases:
            return {"method": "", "reason": "a patient has several cases, which the test takes for independent"}
        result = compare_harrell_c(a.time, a.event, a.value, b.value, self.sampling.level)._asdict()
        areas: Row = {"auc": result["c_a"], "auc_against": result["c_b"], "method": f"{JACKKNIFE}, paired"}
        if {result["c_a"], result["c_b"]} & {0.0, 1.0}:
            return {**areas, "difference": result["difference"], "reason": PERFECT}
        return {**areas, **{name: result[name] for name in DIFFERENCE}}

    def count(self, sample: Scored) -> float:
        """Count the events."""
        return float(sample.event.sum())

    def fewest_of(self, sample: Scored, whole: Scored) -> int:
        """Count the events."""
        return int(sample.event.sum())

    def judge_decisions(self, sample: Scored) -> Booleans | None:
        """Judge nothing: a risk group is neither right nor wrong."""
        return None

    def name_method(self, sample: Scored) -> str:
        """Name the jackknife, or the bootstrap where a patient has several cases."""
        return JACKKNIFE if sample.has_independent_cases else BOOTSTRAP

    def replace_values(self, sample: Scored, predictions: pd.DataFrame) -> Scored:
        """Replace the risks."""
        risks = predictions[predictions["kind"] == sample.model.on].set_index("case")["value"]
        return sample.with_value(sample.rows["case"].map(risks).to_numpy(dtype=np.float64))


def ranking_of(context: Context) -> Ranking:
    """Return how the task of a run, one of several classes or of survival, ranks cases."""
    if context.kind == "classes":
        return ClassRanking(context.classes, context.sampling)
    return RiskRanking(context.sampling)
