"""Figures of the follow-up by further survival outcomes: those of any follow-up, one set an outcome."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from sonomics.evaluate.figures.forest import hazard_panels
from sonomics.evaluate.figures.panel import Panel
from sonomics.evaluate.figures.survival import survival_panels
from sonomics.evaluate.figures.treatment import treatment_panels
from sonomics.evaluate.survival.outcomes import OUTCOME

PREFIX = f"{OUTCOME}_"


def outcome_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of every outcome, whose kinds are `outcome_<name>_<kind>`."""
    of_outcomes = {name: table for name, table in tables.items() if name.startswith(PREFIX)}
    if not of_outcomes:
        return []
    names = of_outcomes["outcome_risk_groups"][OUTCOME].unique()
    return [panel for name in names for panel in _panels_of(str(name), tables, of_outcomes, primary)]


def _panels_of(
    outcome: str, tables: Mapping[str, pd.DataFrame], of_outcomes: Mapping[str, pd.DataFrame], primary: str
) -> list[Panel]:
    own = {name.removeprefix(PREFIX): table[table[OUTCOME] == outcome] for name, table in of_outcomes.items()}
    shown = {"splits": tables["splits"], **own}
    panels = [*survival_panels(shown, primary), *hazard_panels(shown, primary)]
    if "treatment" in shown:
        panels += treatment_panels(shown, primary)
    return [replace(panel, kind=f"{PREFIX}{outcome}_{panel.kind}") for panel in panels]
