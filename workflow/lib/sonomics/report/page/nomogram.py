"""A nomogram drawn from its table of points."""

import pandas as pd

from sonomics.core.svg import FAINT, GREY, INK, Drawing
from sonomics.report.page.numbers import listed

WIDTH, LEFT, RIGHT = 420.0, 96.0, 14.0
ROW, TICK = 27.0, 3.5
VARIABLE, TOTAL, PROBABILITY = "variable", "total", "probability"
MOST = 100.0


def draw_nomogram(points: pd.DataFrame) -> str:
    """Draw the axes of a nomogram below each other.

    Parameters
    ----------
    points : DataFrame
        `kind, axis, label, points` as `sonomics.statistics.regression.nomogram` gives them.
    """
    variables = list(points.loc[points["kind"] == VARIABLE, "axis"].unique())
    drawing = Drawing(WIDTH, ROW * (len(variables) + 3) + 8)
    total = points[points["kind"] == TOTAL]
    most = float(total["points"].max())
    single = [(f"{value:g}", float(value)) for value in range(0, 101, 10)]
    _axis(drawing, 0, "Points", single, MOST)
    for place, name in enumerate(variables, start=1):
        _axis(drawing, place, name, _marks(points[points["axis"] == name]), MOST)
    _axis(drawing, len(variables) + 1, "Total points", _marks(total), most)
    _axis(drawing, len(variables) + 2, "Probability", _marks(points[points["kind"] == PROBABILITY]), most)
    return drawing.svg()


def described(points: pd.DataFrame) -> str:
    """Say in words what a nomogram shows."""
    spans = points[points["kind"] == VARIABLE].groupby("axis", sort=False)["points"].max()
    return f"nomogram; most points: {listed([f'{name} {value:.0f}' for name, value in spans.items()])}"


def _marks(rows: pd.DataFrame) -> list[tuple[str, float]]:
    return [(str(label), float(value)) for label, value in zip(rows["label"], rows["points"], strict=True)]


def _axis(drawing: Drawing, row: int, name: str, marks: list[tuple[str, float]], most: float) -> None:
    level = 16 + row * ROW
    drawing.text(LEFT - 12, level + 3, name, "end")
    if not marks:
        drawing.text(LEFT, level + 3, "beyond the probabilities shown", colour=GREY, size=7)
        return
    room = WIDTH - LEFT - RIGHT
    places = sorted((LEFT + room * value / most, label) for label, value in marks)
    drawing.line([(LEFT, level), (LEFT + room, level)], FAINT)
    drawing.line([(places[0][0], level), (places[-1][0], level)], INK, 0.8)
    free = -1.0
    for place, label in places:
        half = 2.0 * len(label) + 1
        drawing.line([(place, level), (place, level + TICK)])
        if place - half >= free:
            drawing.text(place, level + TICK + 7.5, label, "middle", size=7)
            free = place + half
