"""Read what the cohort says of a case that a QC head depends on."""

from pathlib import Path

import numpy as np

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.clean import Head
from sonomics.core.tables import missing_column, read_cells
from sonomics.core.words import read_yes_no


def list_cases_with(path: Path | None, rule: Head) -> frozenset[str]:
    """List the cases that have what a head looks for, by a column of the cohort.

    Parameters
    ----------
    path : Path
        `data/cohort.csv`.
    rule : Head
        `clean.qc.heads.<head>`: `needs_case`, a column of the cohort (1, true or yes); and `training_only`, required
        for a column that is a label: cases of the other splits are then never listed.

    Raises
    ------
    StudyError
        When the cohort lacks the column, or a cell is neither yes nor no.
    """
    if path is None:
        raise StudyError("clean.qc", "a head depends on the cohort, which is not given", "give --cohort")
    table = read_cells(path.read_bytes(), str(path))
    column = str(rule.needs_case)
    if column not in table:
        raise missing_column(f"{path} (a head of clean.qc asks for it)", column, table)
    answers = read_yes_no(table[column]).where((table["split"] == TRAIN) | (not rule.training_only))
    fix = "write 1 or 0, or leave the cell empty if it is unknown"
    is_wrong = answers.isin([np.inf])
    refuse_rows(is_wrong, column, str(path), "is neither yes nor no, as a head of clean.qc asks for,", fix)
    return frozenset(table.loc[answers == 1.0, "case"])
