"""Which features were kept, and the score they make, written out as a formula."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sonomics.report.numbers import decimal
from sonomics.report.tables import Table, steps_table


@dataclass(frozen=True)
class Weighted:
    """A kept feature: coefficient on its z-scored value, and its size as a share of the largest."""

    name: str
    coefficient: float
    share: float


@dataclass(frozen=True)
class Selection:
    """One family on one task: the steps, the kept features by size of coefficient, and the formula."""

    family: str
    task: str
    steps: Table
    kept: list[Weighted]
    formula: str


def described(family: str, task: str, state: Mapping[str, Any]) -> Selection:
    """Describe the state of a selection (`kept, coefficients, intercept, steps`)."""
    coefficients = state["coefficients"]
    ranked = sorted(coefficients.items(), key=lambda item: (-abs(item[1]), item[0]))
    largest = max((abs(value) for value in coefficients.values()), default=0.0)
    kept = [Weighted(name, value, abs(value) / largest if largest else 0.0) for name, value in ranked]
    return Selection(family, task, steps_table(family, state["steps"]), kept, formula(state["intercept"], kept))


def formula(intercept: float | None, kept: list[Weighted]) -> str:
    """Write the score as a sum; z(x) is the feature in standard deviations from the training mean."""
    if not kept:
        return "no feature was kept, so there is no score"
    start = "" if intercept is None else decimal(intercept, 4)
    terms = [f"{'+' if part.coefficient >= 0 else '−'} {abs(part.coefficient):.4f} × z({part.name})" for part in kept]
    return " ".join(["score =", start, *terms]).replace("  ", " ")
