"""What some studies ask for besides: serial exams before a diagnosis, and a borderline class."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonomics.evaluate.optional.borderline import borderline_table
from sonomics.evaluate.optional.serial_exams import serial_tables
from sonomics.evaluate.samples.cases import Model

SERIAL, BORDERLINE = "serial", "borderline"


def named_columns(settings: Mapping[str, Any]) -> list[str]:
    """List the columns of the cohort that these analyses need.

    Parameters
    ----------
    settings : mapping
        The `evaluate` section of params.
    """
    times = [settings[SERIAL][name] for name in ("exam_time", "diagnosis_time")] if SERIAL in settings else []
    return times + ([settings[BORDERLINE]["column"]] if BORDERLINE in settings else [])


def optional_tables(cases: pd.DataFrame, models: list[Model], settings: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Make the tables of the analyses that params name.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`, with `named_columns`.
    models : list of Model
        The primary one first.
    settings : mapping
        The `evaluate` section of params.
    """
    made: dict[str, pd.DataFrame] = {}
    if SERIAL in settings:
        made |= serial_tables(cases, models[0], settings[SERIAL], settings["level"])
    if BORDERLINE in settings:
        made[BORDERLINE] = borderline_table(cases, models, settings[BORDERLINE], settings["level"])
    return made
