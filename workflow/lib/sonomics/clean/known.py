"""What is known of a case before its images are looked at."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import TRAIN

HAS = {"1", "1.0", "true", "yes"}


def cases_with(path: Path | None, rule: Mapping[str, Any]) -> frozenset[str]:
    """List the cases known to have what a head looks for.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`.
    rule : mapping
        `clean.qc.heads.<head>`: `needs_case`, a column of the cohort (it has 1, true or yes); and `training_only`, a
        must for a column that is a label: the cases of the other splits are never listed then.

    Raises
    ------
    StudyError
        When the cohort lacks the column.
    """
    if path is None:
        raise StudyError("clean.qc", "a head asks what a case has, and the cohort is not given", "give --cohort")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    column = rule["needs_case"]
    if column not in table:
        rule_broken = f"the column {column} is missing, which a head of clean.qc asks for"
        raise StudyError(str(path), rule_broken, f"add it (columns now: {', '.join(table.columns)})")
    if rule.get("training_only", False):
        table = table[table["split"] == TRAIN]
    return frozenset(table.loc[table[column].str.strip().str.lower().isin(HAS), "case"])
