"""Which features were kept, and the score they make, written out as a formula."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sonomics.report.elements.numbers import decimal, listed
from sonomics.report.elements.tables import Table, steps_table


@dataclass(frozen=True)
class Weighted:
    """A kept feature: coefficient on its z-scored value, its size as a share of the largest, and what scales it."""

    name: str
    coefficient: float
    share: float
    mean: float
    sd: float


@dataclass(frozen=True)
class Selection:
    """One family on one task: the steps, the features with a coefficient by its size, and the formula."""

    family: str
    task: str
    steps: Table
    weighted: list[Weighted]
    formula: str


def described(family: str, task: str, state: Mapping[str, Any]) -> Selection:
    """Describe the state of a selection (`kept, coefficients, intercept, mean, sd, steps`)."""
    coefficients = state["coefficients"]
    ranked = sorted(coefficients.items(), key=lambda item: (-abs(item[1]), item[0]))
    largest = max((abs(value) for value in coefficients.values()), default=0.0)
    mean, sd = state["mean"], state["sd"]
    weighted = [Weighted(name, value, abs(value) / largest, mean[name], sd[name]) for name, value in ranked]
    written = formula(state["intercept"], weighted, state["kept"])
    return Selection(family, task, steps_table(family, state["steps"]), weighted, written)


def formula(intercept: float | None, weighted: list[Weighted], kept: Sequence[str]) -> str:
    """Write the score as a sum; z(x) is the feature in standard deviations from the training mean."""
    if not kept:
        return "no feature was kept, so there is no score"
    if not weighted:
        return f"kept: {listed(list(kept))}; the last step gives no coefficients, so there is no score"
    start = "" if intercept is None else decimal(intercept, 4)
    terms = [
        f"{'+' if part.coefficient >= 0 else '−'} {abs(part.coefficient):.4f} × z({part.name})" for part in weighted
    ]
    return " ".join(["score =", start, *terms]).replace("  ", " ")
