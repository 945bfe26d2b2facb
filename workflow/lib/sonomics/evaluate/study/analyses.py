"""The analyses that one task of one variant has: their tables and their figures."""

from dataclasses import replace
from pathlib import Path

from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.kinds.analyses import Analysis, analyses_in_order, load


def applicable_analyses(context: Context) -> list[Analysis]:
    """List the analyses that a run has, in their order."""
    settings, columns, is_main = context.settings, [str(name) for name in context.cohort], context.is_main
    return [analysis for analysis in analyses_in_order() if analysis.applies(settings, columns, is_main, context.kind)]


def make_tables(context: Context) -> Tables:
    """Make the tables of all analyses of a run; an analysis sees those of the analyses before it."""
    tables: Tables = {}
    for analysis in applicable_analyses(context):
        if analysis.builder:
            tables |= load(analysis.builder)(replace(context, tables=dict(tables)))
    return tables


def draw_figures(folder: Path, context: Context, tables: Tables, simulated: bool) -> None:
    """Draw the figures of all analyses of a run into a folder, one SVG each, and as the pages of `figures.pdf`."""
    from sonomics.evaluate.figures.sheet import draw_panels  # matplotlib is slow to import

    named = [analysis.figures for analysis in applicable_analyses(context) if analysis.figures]
    panels = [panel for figures in named for panel in load(figures)(tables, context.primary.name)]
    draw_panels(folder, panels, simulated)
