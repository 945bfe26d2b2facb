"""Drawing of a nomogram from its table of points."""

import pandas as pd

from sonomics.core.svg import FAINT, GREY, INK, Drawing
from sonomics.kinds.wording import join_words

WIDTH, LEFT, RIGHT = 420.0, 96.0, 14.0  # of the drawing and its margins, in SVG units
ROW, TICK = 27.0, 3.5  # heights of an axis and of its ticks
VARIABLE, TOTAL, PROBABILITY = "variable", "total", "probability"
MOST_POINTS = 100.0  # of the variable with the widest effect


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
    scale = [(f"{value:g}", float(value)) for value in range(0, 101, 10)]
    _draw_axis(drawing, 0, "Points", scale, MOST_POINTS)
    for row, name in enumerate(variables, start=1):
        _draw_axis(drawing, row, name, _list_marks(points[points["axis"] == name]), MOST_POINTS)
    _draw_axis(drawing, len(variables) + 1, "Total points", _list_marks(total), most)
    _draw_axis(drawing, len(variables) + 2, "Probability", _list_marks(points[points["kind"] == PROBABILITY]), most)
    return drawing.svg()


def describe_nomogram(points: pd.DataFrame) -> str:
    """Describe what a nomogram shows, as its text alternative."""
    spans = points[points["kind"] == VARIABLE].groupby("axis", sort=False)["points"].max()
    return f"nomogram; most points: {join_words([f'{name} {value:.0f}' for name, value in spans.items()])}"


def _list_marks(rows: pd.DataFrame) -> list[tuple[str, float]]:
    return [(str(label), float(value)) for label, value in zip(rows["label"], rows["points"], strict=True)]


def _draw_axis(drawing: Drawing, row: int, name: str, marks: list[tuple[str, float]], most: float) -> None:
    """Draw one axis from 0 to `most` points; a label that would touch the one before it is left out."""
    y = 16 + row * ROW
    drawing.text(LEFT - 12, y + 3, name, "end")
    if not marks:
        drawing.text(LEFT, y + 3, "beyond the probabilities shown", colour=GREY, size=7)
        return
    length = WIDTH - LEFT - RIGHT
    positions = sorted((LEFT + length * value / most, label) for label, value in marks)
    drawing.line([(LEFT, y), (LEFT + length, y)], FAINT)
    drawing.line([(positions[0][0], y), (positions[-1][0], y)], INK, 0.8)
    free = -1.0
    for x, label in positions:
        half = 2.0 * len(label) + 1
        drawing.line([(x, y), (x, y + TICK)])
        if x - half >= free:
            drawing.text(x, y + TICK + 7.5, label, "middle", size=7)
            free = x + half
