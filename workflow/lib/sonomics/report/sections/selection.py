"""The features that were kept, and the score that they make, written out as a formula."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import format_decimal
from sonomics.report.elements.tables import Cell, Table


@dataclass(frozen=True)
class KeptFeature:
    """A kept feature.

    Attributes
    ----------
    name : str
    coefficient : float
        Of its z-scored value.
    share : float
        Size of the coefficient as a share of the largest.
    mean, sd : float
        Of the training rows, which scale it.
    """

    name: str
    coefficient: float
    share: float
    mean: float
    sd: float


@dataclass(frozen=True)
class Selection:
    """One family on one task: its steps, the kept features by size of their coefficient, and the formula."""

    family: str
    task: str
    steps: Table
    features: list[KeptFeature]
    formula: str


def describe_selection(family: str, task: str, state: Mapping[str, Any]) -> Selection:
    """Describe the state of a selection (`kept, coefficients, intercept, mean, sd, steps`)."""
    coefficients = state["coefficients"]
    ranked = sorted(coefficients.items(), key=lambda item: (-abs(item[1]), item[0]))
    largest = max((abs(value) for value in coefficients.values()), default=0.0)
    mean, sd = state["mean"], state["sd"]
    features = [KeptFeature(name, value, abs(value) / largest, mean[name], sd[name]) for name, value in ranked]
    formula = write_formula(state["intercept"], features, state["kept"])
    if of_classes := state.get("of_classes"):
        formula = "; ".join(_write_class(name, model, mean, sd) for name, model in of_classes.items())
    return Selection(family, task, tabulate_steps(family, state["steps"]), features, formula)


def _write_class(name: str, model: Mapping[str, Any], mean: Mapping[str, float], sd: Mapping[str, float]) -> str:
    """Write the score of one of several classes."""
    ranked = sorted(model["coefficients"].items(), key=lambda item: (-abs(item[1]), item[0]))
    features = [KeptFeature(feature, value, 1.0, mean[feature], sd[feature]) for feature, value in ranked]
    alone = f"score = {format_decimal(model['intercept'], 4)}"
    return f"{name}: {write_formula(model['intercept'], features, [name]) if features else alone}"


def tabulate_steps(family: str, steps: Sequence[Mapping[str, object]]) -> Table:
    """Tabulate how many features each step of the selection left: one row per step."""
    rows = [[Cell(str(step.get(name, ""))) for name in ("step", "in", "out", "note")] for step in steps]
    columns = ["Step", "Before", "After", "Note"]
    return Table(f"{family}: features before and after each step, on all training cases", columns, rows, "", ("Note",))


def write_formula(intercept: float | None, features: Sequence[KeptFeature], kept: Sequence[str]) -> str:
    """Write the score as a sum; z(x) is the feature in standard deviations from the training mean."""
    if not kept:
        return "no feature was kept, so there is no score"
    if not features:
        return f"kept: {join_words(list(kept))}; the last step gives no coefficients, so there is no score"
    start = "" if intercept is None else format_decimal(intercept, 4)
    terms = [
        f"{'+' if feature.coefficient >= 0 else '−'} {abs(feature.coefficient):.4f} × z({feature.name})"
        for feature in features
    ]
    return " ".join(["score =", start, *terms]).replace("  ", " ")
