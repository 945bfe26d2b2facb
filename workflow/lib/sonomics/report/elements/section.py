"""A part of the page that some studies have: a title, a few sentences, tables and figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sonomics.report.elements.figures import Plate
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation


@dataclass(frozen=True)
class Section:
    """A part of the page, drawn by the macro `section`.

    Attributes
    ----------
    anchor : str
        The end of the link to it, in lower case: `readers`.
    title : str
    paragraphs : list of str
        Plain text; the page escapes it.
    tables : list of Table
    plates : list of Plate
    group : str
        Where the page and its contents list have it: "results", or "reporting" (after the methods).
    """

    anchor: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    plates: list[Plate] = field(default_factory=list)
    group: str = "results"


# From the main run's evaluation of a task, and all parameters; None when the study has nothing of the kind.
Maker = Callable[[Evaluation, Mapping[str, Any]], Section | None]
