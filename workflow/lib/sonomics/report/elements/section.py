"""A part of the page that some studies have: a title, a few sentences, tables and figures."""

from dataclasses import dataclass, field

from sonomics.report.elements.figures import Figure
from sonomics.report.elements.tables import Table


@dataclass(frozen=True)
class Section:
    """A part of the page, drawn by the macro `section`.

    Attributes
    ----------
    anchor : str
        The beginning of its id on the page, in lower case: `readers`.
    title : str
    paragraphs : list of str
        Plain text; the page escapes it.
    tables : list of Table
    figures : list of Figure
    group : str
        Where the page and its list of contents show it: "results", or "reporting" (after the methods).
    """

    anchor: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    group: str = "results"
