"""What is known of a case before its images are looked at."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sonomics.core.errors import StudyError
from sonomics.core.schemas import TRAIN
from sonomics.core.tables import read_cells

HAS, HAS_NOT = {"1", "1.0", "true", "yes"}, {"", "0", "0.0", "false", "no"}


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
        When the cohort lacks the column, or says something else there than yes or no.
    """
    if path is None:
        raise StudyError("clean.qc", "a head asks what a case has, and the cohort is not given", "give --cohort")
    table = read_cells(path.read_bytes(), str(path))
    column = rule["needs_case"]
    if column not in table:
        rule_broken = f"the column {column} is missing, which a head of clean.qc asks for"
        raise StudyError(str(path), rule_broken, f"add it (columns now: {', '.join(table.columns)})")
    if rule.get("training_only", False):
        table = table[table["split"] == TRAIN]
    said = table[column].str.lower()
    for case in table["case"][~said.isin(HAS | HAS_NOT)]:
        rule_broken = f"the column {column}, which a head of clean.qc asks for, says neither yes nor no"
        raise StudyError(f"{path}, case {case}", rule_broken, "write 1 or 0, or leave the cell empty if it is unknown")
    return frozenset(table.loc[said.isin(HAS), "case"])
