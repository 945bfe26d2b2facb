"""Small charts as SVG text, the same bytes each time.

matplotlib, which draws the evaluation, takes a second to import and 0.2 s for a chart (0.1 ms here), and writes two to
seven times as many bytes into the report.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
INK, GREY, FAINT = "#222222", "#767676", "#D9D9D9"
# Okabe M, Ito K, Color Universal Design, 2008; its yellow is too pale for lines on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9")
SIZE = 8.0
# In points of 1/72 inch: 85 mm, the width of a journal's column.
WIDTH = 241.0


@dataclass
class Drawing:
    """Shapes on a white sheet, in points from its top left corner."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def line(
        self, points: Iterable[tuple[float, float]], colour: str = INK, width: float = 0.6, dash: str = ""
    ) -> None:
        """Draw a line through points."""
        places = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Fill a box."""
        self.parts.append(f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{colour}"/>')

    def dot(self, x: float, y: float, colour: str, radius: float = 1.4) -> None:
        """Fill a small disc."""
        self.parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}" fill="{colour}"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        anchor: str = "start",
        colour: str = INK,
        size: float = SIZE,
        turn: int = 0,
    ) -> None:
        """Write words; `y` is their base line, `turn` an angle in degrees about their place."""
        turned = f' transform="rotate({turn} {x:.2f} {y:.2f})"' if turn else ""
        style = f'text-anchor="{anchor}" fill="{colour}" font-size="{size:g}"{turned}'
        self.parts.append(f'<text x="{x:.2f}" y="{y:.2f}" {style}>{escape(words)}</text>')

    def svg(self) -> str:
        """Return the file's text."""
        size = f'width="{self.width:g}pt" height="{self.height:g}pt" viewBox="0 0 {self.width:g} {self.height:g}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">'
        return "\n".join([head, *self.parts, "</svg>"]) + "\n"


@dataclass(frozen=True)
class Axes:
    """Axes on a drawing: the ranges of the values, and the box in points that they fill."""

    drawing: Drawing
    x: tuple[float, float]
    y: tuple[float, float]
    left: float = 38.0
    right: float = 8.0
    top: float = 14.0
    bottom: float = 30.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a pair of values."""
        width = self.drawing.width - self.left - self.right
        height = self.drawing.height - self.top - self.bottom
        across, up = _share(x, self.x), _share(y, self.y)
        return self.left + across * width, self.top + (1 - up) * height

    def frame(self, xlabel: str, ylabel: str) -> None:
        """Draw both axes with their ticks and names."""
        drawing = self.drawing
        (x0, y0), (x1, y1) = self.at(self.x[0], self.y[0]), self.at(self.x[1], self.y[1])
        drawing.line([(x0, y1), (x0, y0), (x1, y0)])
        for value in ticks(*self.x):
            place = self.at(value, self.y[0])[0]
            drawing.line([(place, y0), (place, y0 + 3)])
            drawing.text(place, y0 + 11, f"{value:g}", "middle", size=7)
        for value in ticks(*self.y):
            place = self.at(self.x[0], value)[1]
            drawing.line([(x0 - 3, place), (x0, place)])
            drawing.text(x0 - 5, place + 2.5, f"{value:g}", "end", size=7)
        drawing.text((x0 + x1) / 2, drawing.height - 5, xlabel, "middle")
        drawing.text(9, (y0 + y1) / 2, ylabel, "middle", turn=-90)

    def curve(
        self, xs: Sequence[float], ys: Sequence[float], colour: str = INK, width: float = 1.2, dash: str = ""
    ) -> None:
        """Draw a line through values."""
        self.drawing.line([self.at(x, y) for x, y in zip(xs, ys, strict=True)], colour, width, dash)

    def mark(self, x: float, words: str, level: int = 0) -> None:
        """Draw a dashed upright line and write what it is above it."""
        place, top = self.at(x, self.y[1])
        self.drawing.line([(place, self.at(x, self.y[0])[1]), (place, top)], GREY, 0.7, "2 2")
        self.drawing.text(place, top - 3 + 8 * level, words, "middle", GREY, 7)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Choose about `wanted` round values between two others."""
    if high <= low:
        return [low]
    raw = (high - low) / wanted
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 12) + 0.0 for number in range(first, last + 1)]


def covering(low: float, high: float) -> list[float]:
    """Choose round values that reach from at most `low` to at least `high`."""
    inside = ticks(low, high)
    if len(inside) < 2:
        return inside
    step = inside[1] - inside[0]
    before = [inside[0] - step] if inside[0] > low else []
    after = [inside[-1] + step] if inside[-1] < high else []
    return [round(value, 12) for value in (*before, *inside, *after)]


def bars(rows: Sequence[tuple[str, float, str]], most: float, left: float = 96.0) -> Drawing:
    """Draw horizontal bars, one a row of (name, value, words beside it), `most` filling the width."""
    line = 13.0
    drawing = Drawing(WIDTH, line * len(rows) + 6)
    room = WIDTH - left - 44
    for number, (name, value, words) in enumerate(rows):
        top = 3 + number * line
        long = room * value / most if most else 0.0
        drawing.text(left - 4, top + 9, name, "end", size=7)
        drawing.box(left, top + 2, max(long, 0.5), line - 4, PALETTE[0])
        drawing.text(left + long + 4, top + 9, words, size=7)
    return drawing


def _share(value: float, span: tuple[float, float]) -> float:
    low, high = span
    return (value - low) / (high - low) if high > low else 0.5
