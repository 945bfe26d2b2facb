"""Analyses of the evaluation: each is declared once, computed by `evaluate` and shown by `report`.

Unlike a model or a feature family, an analysis is not chosen by name: it runs in every study that has what it needs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sonomics.core.registry import Group, Kind
from sonomics.core.settings.base import Section
from sonomics.core.settings.evaluate import Evaluate

LAST = 1000


def no_columns(settings: Evaluate) -> list[str]:
    """Return no column: what most analyses need of the cohort is what all of them need."""
    return []


@dataclass(frozen=True, kw_only=True)
class Analysis(Kind):
    """The declaration of an analysis; its code is named as text, `module:function`, and imported where it runs.

    Attributes
    ----------
    settings : type of Section
        The section of params.yaml that it reads.
    builder : str
        `make(context) -> dict of str to DataFrame`, in `evaluate`: its tables by name. "" for a section alone.
    figures : str
        `panels(tables, primary) -> list of Panel`, in `evaluate`: its figures. "" without one.
    section : str
        `build(evaluation, params) -> Section or None`, in `report`: its section of the page. "" without one.
    tables : tuple of str
        Names of the tables that it may make.
    order : int
        Its place among the analyses: of the tables that a later one reads, and of the pages of figures.pdf.
    page : int
        The place of its section on the report page.
    setting : str
        Key of `evaluate` without which it is left out; "" where it needs none.
    needs : tuple of str
        Columns of the cohort without which it is left out.
    main_only : bool
        Whether it is for the main run alone, not for other variants.
    serves : tuple of str
        Kinds of tasks that it is for.
    columns : callable
        Returns from the settings the columns of the cohort that it reads, next to those that every study has.
    """

    settings: type[Section] = Evaluate
    builder: str = ""
    figures: str = ""
    section: str = ""
    tables: tuple[str, ...] = ()
    order: int = LAST
    page: int = LAST
    setting: str = ""
    needs: tuple[str, ...] = ()
    main_only: bool = False
    serves: tuple[str, ...] = ("binary",)
    columns: Callable[[Evaluate], list[str]] = no_columns

    def is_asked_for(self, settings: Evaluate) -> bool:
        """Tell whether the settings ask for it: most analyses need none."""
        return not self.setting or bool(getattr(settings, self.setting))

    def applies(self, settings: Evaluate, columns: Iterable[str], is_main: bool, kind: str) -> bool:
        """Tell whether a run has it.

        Parameters
        ----------
        settings : Evaluate
        columns : iterable of str
            Of the cohort.
        is_main : bool
            Whether it is the main run, not another variant.
        kind : str
            Of the task.
        """
        return (
            kind in self.serves
            and self.is_asked_for(settings)
            and set(self.needs) <= set(columns)
            and (is_main or not self.main_only)
        )


ANALYSES: Group[Analysis] = Group("analyses", "evaluate")


def analyses_in_order() -> list[Analysis]:
    """List all analyses in the order in which they run."""
    return sorted(map(ANALYSES.get, ANALYSES.names()), key=lambda analysis: (analysis.order, analysis.name))


def analyses_on_page() -> list[Analysis]:
    """List the analyses that have a section of the report, in the order of the page."""
    shown = [analysis for analysis in analyses_in_order() if analysis.section]
    return sorted(shown, key=lambda analysis: analysis.page)


def columns_of_analyses(settings: Evaluate) -> list[str]:
    """List the columns of the cohort that the analyses of a study read, next to those that every study has."""
    asked = [analysis for analysis in analyses_in_order() if analysis.is_asked_for(settings)]
    return list(dict.fromkeys(column for analysis in asked for column in analysis.columns(settings)))


def load(code: str) -> Any:
    """Import what a declaration names as `module:function`."""
    module, _, function = code.partition(":")
    return getattr(import_module(module), function)


def evaluation_files() -> list[Path]:
    """List the files of installed packages whose edit must rerun the evaluation; none for what is built in."""
    return _files_of(reference for analysis in _added() for reference in (analysis.builder, analysis.figures))


def section_files() -> list[Path]:
    """List the files of installed packages whose edit must render the page anew; none for what is built in."""
    return _files_of(analysis.section for analysis in _added())


def _added() -> list[Analysis]:
    return [ANALYSES.get(name) for name in ANALYSES.names() if name not in ANALYSES.built_in()]


def _files_of(references: Iterable[str]) -> list[Path]:
    specs = (find_spec(reference.partition(":")[0]) for reference in references if reference)
    return sorted({Path(spec.origin) for spec in specs if spec and spec.origin})
