"""Find when, on a clip's clock, the contrast agent was injected."""

import math
from pathlib import Path
from typing import cast

import pandas as pd
from pydicom.dataset import Dataset

from sonomics.clean.clips.intensity_curve import Curve
from sonomics.clean.clips.times import read_injection_s
from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import IDENTITY, OUTCOME
from sonomics.core.settings.clean import Injection
from sonomics.core.tables import read_cells

TABLE = "table"


def find_injection_s(rule: Injection, tags: Dataset, curve: Curve, listed_s: float) -> float:
    """Find the time of injection, in seconds after the clip's first frame.

    Parameters
    ----------
    rule : Injection
        `clean.injection`. `from: start` takes the clip's first frame; `tag` the file's Contrast/Bolus Start Time;
        `table` a column of the cohort; `arrival` the arrival on the intensity curve, less `delay_s`.
    tags : Dataset
    curve : Curve
        On the clip's clock.
    listed_s : float
        From the cohort.

    Returns
    -------
    float
        NaN when unknown.
    """
    match rule.from_:
        case "start":
            return 0.0
        case "tag":
            return read_injection_s(tags)
        case "table":
            return listed_s
        case "arrival":
            return curve.arrival_s - cast(float, rule.delay_s)


def read_injections(path: Path, column: str) -> dict[str, float]:
    """Read the time of injection of each case from a column of the cohort, in seconds on the clock of its clips.

    Returns
    -------
    dict of case to float
        Only cases with a number.

    Raises
    ------
    StudyError
        When the column is absent, holds anything but numbers, or is an outcome.
    """
    fix = "name the column of the cohort that holds seconds from the clip's first frame to the injection"
    where = "params.yaml, clean.injection.column"
    if column in (*IDENTITY, *OUTCOME):
        raise StudyError(where, f"the column {column} is not a time of injection", fix)
    table = read_cells(path.read_bytes(), str(path))
    if column not in table:
        raise StudyError(where, f"{path} has no column {column}", fix)
    seconds = pd.to_numeric(table[column], errors="coerce")
    refuse_rows(seconds.isna() & (table[column] != ""), column, str(path), "is not a number", fix)
    return {
        case: float(value) for case, value in zip(table["case"], seconds, strict=True) if math.isfinite(float(value))
    }
