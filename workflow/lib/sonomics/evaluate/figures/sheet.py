"""The figures of an evaluation: one SVG each, and all of them as the pages of one PDF."""

from collections.abc import Sequence
from pathlib import Path

from sonomics.core.jobs import progress
from sonomics.evaluate.figures.panel import Panel
from sonomics.evaluate.figures.style import draw_panel, open_pdf


def draw_panels(folder: Path, panels: Sequence[Panel], simulated: bool) -> None:
    """Draw figures into a folder: one SVG each, and all of them as pages of `figures.pdf`.

    Parameters
    ----------
    folder : Path
    panels : sequence of Panel
        In the order of the pages.
    simulated : bool
        Whether the figures must say that their data are simulated.
    """
    with open_pdf(folder / "figures.pdf") as pages:
        for panel in progress(panels, "figures"):
            draw_panel(folder, pages.savefig, panel, simulated)
