"""The final models as the page judges cases by them: which value, and at what threshold."""

from dataclasses import dataclass

from sonomics.report.study.evaluation import Evaluation

KINDS = ("probability", "score")


@dataclass(frozen=True)
class Judged:
    """A model: `column` of the table of cases holds its value, `cutoff` is the frozen threshold (NaN: none)."""

    name: str
    kind: str
    cutoff: float

    @property
    def column(self) -> str:
        """Return the name of its column in the table of cases."""
        return f"{self.name}__{self.kind}"

    def decision(self, value: float) -> str:
        """Say what the frozen threshold makes of a value; nothing where one of them is unknown."""
        if value != value or self.cutoff != self.cutoff:
            return ""
        return "positive" if value >= self.cutoff else "negative"


def judged_models(evaluation: Evaluation) -> list[Judged]:
    """List the models of an evaluation, the primary one first; one that has scored no case is left out."""
    cases, first = evaluation.tables["cases"], next(iter(evaluation.splits))
    models = []
    for name in evaluation.models:
        kind = next((kind for kind in KINDS if f"{name}__{kind}" in cases), None)
        if kind:
            models.append(Judged(name, kind, float(evaluation.statistic(name, first, "threshold")["estimate"])))
    return models
