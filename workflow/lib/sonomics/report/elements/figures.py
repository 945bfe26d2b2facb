"""Figures of the page, inline, each with a caption and a text alternative for every panel."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from sonomics.report.elements.pictures import inline_svg
from sonomics.report.study.evaluation import Evaluation


@dataclass(frozen=True)
class Figure:
    """One kind of figure: its title, its caption, and (text alternative, SVG) of every panel."""

    kind: str
    title: str
    caption: str
    panels: list[tuple[str, Markup]]


def gather_figure(
    evaluation: Evaluation, kind: str, title: str, caption: str, alternatives: Mapping[str, str]
) -> Figure:
    """Gather the figures of one kind, one panel per set.

    Parameters
    ----------
    evaluation : Evaluation
    kind, title, caption : str
    alternatives : mapping of split to str
        What the figure of a set shows, in words; sets that are not named have no panel.
    """
    panels = [
        (f"{set_title}: {alternatives[split]}", Markup(inline_svg(svg, f"{evaluation.task}-{kind}-{split}")))
        for split, set_title in evaluation.splits.items()
        if split in alternatives and (svg := evaluation.figures.get((kind, split)))
    ]
    return Figure(kind, title, caption, panels)
