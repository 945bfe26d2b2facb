"""Drawing of a nomogram from its table of points."""

import pandas as pd

from sonomics.core.svg import FAINT, GREY, INK, Drawing
from sonomics.kinds.wording import join_words

WIDTH, LEFT, RIGHT = 420.0, 96.0, 14.0  # of the drawing and its least margins, in SVG units
LETTER, GAP = 4.4, 12.0  # about the width of a letter of a name, and the space between names and axes
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
    shown = points[points["kind"] == VARIABLE]
    total, read = points[points["kind"] == TOTAL], points[points["kind"] == PROBABILITY]
    scales = list(read["axis"].unique()) or ["Probability"]
    most = float(total["points"].max())
    axes = [("Points", [(f"{value:g}", float(value)) for value in range(0, 101, 10)], MOST_POINTS)]
    axes += [(name, _list_marks(shown[shown["axis"] == name]), MOST_POINTS) for name in shown["axis"].unique()]
    axes.append(("Total points", _list_marks(total), most))
    axes += [(name, _list_marks(read[read["axis"] == name]), most) for name in scales]
    left = max([LEFT, *(GAP + 4 + LETTER * len(name) for name, _, _ in axes)])
    drawing = Drawing(WIDTH - LEFT + left, ROW * len(axes) + 8)
    for row, (name, marks, reach) in enumerate(axes):
        _draw_axis(drawing, left, row, name, marks, reach)
    return drawing.svg()


def describe_nomogram(points: pd.DataFrame) -> str:
    """Describe what a nomogram shows, as its text alternative."""
    spans = points[points["kind"] == VARIABLE].groupby("axis", sort=False)["points"].max()
    return f"nomogram; most points: {join_words([f'{name} {value:.0f}' for name, value in spans.items()])}"


def _list_marks(rows: pd.DataFrame) -> list[tuple[str, float]]:
    return [(str(label), float(value)) for label, value in zip(rows["label"], rows["points"], strict=True)]


def _draw_axis(drawing: Drawing, left: float, row: int, name: str, marks: list[tuple[str, float]], most: float) -> None:
    """Draw one axis from 0 to `most` points; a label that would touch the one before it is left out."""
    y = 16 + row * ROW
    drawing.text(left - GAP, y + 3, name, "end")
    if not marks:
        drawing.text(left, y + 3, "beyond the probabilities shown", colour=GREY, size=7)
        return
    length = drawing.width - left - RIGHT
    positions = sorted((left + length * value / most, label) for label, value in marks)
    drawing.line([(left, y), (left + length, y)], FAINT)
    drawing.line([(positions[0][0], y), (positions[-1][0], y)], INK, 0.8)
    free = -1.0
    for x, label in positions:
        half = 2.0 * len(label) + 1
        drawing.line([(x, y), (x, y + TICK)])
        if x - half >= free:
            drawing.text(x, y + TICK + 7.5, label, "middle", size=7)
            free = x + half
