"""The final models as the page applies them to single cases: their values and their frozen thresholds."""

import math
from dataclasses import dataclass

from sonomics.report.study.evaluation import Evaluation

KINDS = ("probability", "score", "risk")


@dataclass(frozen=True)
class FrozenModel:
    """A final model with its frozen threshold (NaN where there is none)."""

    name: str
    kind: str
    threshold: float

    @property
    def column(self) -> str:
        """The name of its column in the table of cases."""
        return f"{self.name}__{self.kind}"

    def decide(self, value: float) -> str:
        """Return "positive" or "negative" by the frozen threshold; "" where value or threshold is NaN."""
        if math.isnan(value) or math.isnan(self.threshold):
            return ""
        return "positive" if value >= self.threshold else "negative"


def list_models(evaluation: Evaluation) -> list[FrozenModel]:
    """List the models of an evaluation that have scored a case, the primary one first."""
    cases, first = evaluation.tables["cases"], next(iter(evaluation.splits))
    models = []
    for name in evaluation.models:
        kind = next((kind for kind in KINDS if f"{name}__{kind}" in cases), None)
        if kind:
            threshold = float(evaluation.find_statistic(name, first, "threshold")["estimate"])
            models.append(FrozenModel(name, kind, threshold))
    return models
