"""The style of every figure: journal widths, 8-point type, colours that colour-blind readers can distinguish."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sonomics.evaluate.figures.panel import Panel

MILLIMETRE = 1 / 25.4
COLUMN = 85

# Okabe M, Ito K, Color Universal Design, 2008; its yellow is too pale for lines on white.
BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9"
PALETTE = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY)
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
INK, GREY, FAINT = "#222222", "#767676", "#D9D9D9"

STYLE: Any = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "lines.linewidth": 1.3,
    "pdf.fonttype": 42,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "sonomics",
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.color": INK,
    "ytick.labelsize": 7,
    "ytick.major.width": 0.6,
}


@contextmanager
def open_pdf(path: Path) -> Iterator[PdfPages]:
    """Open a PDF for figures in this style, undated, so that its bytes are the same each time."""
    with plt.rc_context(STYLE), PdfPages(path, metadata={"CreationDate": None, "ModDate": None}) as pages:
        yield pages


def draw_panel(folder: Path, add_page: Callable[[Figure], None], panel: Panel, simulated: bool) -> None:
    """Draw one figure, as wide as a journal's column: an SVG in a folder, and a page of a PDF.

    Parameters
    ----------
    folder : Path
    add_page : callable
        Adds a figure to a PDF.
    panel : Panel
    simulated : bool
        Whether the figure must say that its data are simulated.
    """
    layout = ConstrainedLayoutEngine(rect=(0, 0.045, 1, 0.955) if simulated else (0, 0, 1, 1))
    figure = plt.figure(figsize=(COLUMN * MILLIMETRE, panel.height * MILLIMETRE), layout=layout)
    panel.draw(figure)
    if simulated:
        figure.text(0.99, 0.012, "simulated data", ha="right", va="bottom", size=6, color=GREY)
    figure.savefig(folder / f"{panel.name}.svg", metadata={"Date": None})
    figure.set_layout_engine("none")  # laid out by now; once is enough
    add_page(figure)
    plt.close(figure)


def set_unit_square(axes: Axes, xlabel: str, ylabel: str, title: str) -> None:
    """Set up axes that run from 0 to 1 both ways."""
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.015), aspect="equal", xlabel=xlabel, ylabel=ylabel, title=title)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])


def replace_missing_glyphs(text: str) -> str:
    """Replace characters that the font lacks by an empty box; an emoji in a name must not stop a figure."""
    return "".join(character if _has_glyph(character) else "\u25a1" for character in text)


def _has_glyph(character: str) -> bool:
    return bool(get_font(findfont("DejaVu Sans")).get_char_index(ord(character)))


def write_not_estimable(axes: Axes, reason: str) -> None:
    """Write in the middle of empty axes why nothing is drawn."""
    axes.text(0.5, 0.5, f"not estimable:\n{reason}", transform=axes.transAxes, ha="center", va="center", color=GREY)
