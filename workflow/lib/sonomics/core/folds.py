"""Who is left out when: the folds that `select` made once for the whole study."""

from pathlib import Path

import pandas as pd

from sonomics.core.schemas import FOLDS
from sonomics.core.tables import read_table


def read_folds(path: Path) -> pd.Series:
    """Read the fold of each training patient.

    Returns
    -------
    Series of str, indexed by patient
        Text, as the folders of folds are named.
    """
    return read_table(path, FOLDS).set_index("patient")["fold"].astype(str)


def read_groups(path: Path) -> pd.Series:
    """Read who stays together: near-duplicates of each other, or patients whom the cohort groups.

    Returns
    -------
    Series of str, indexed by patient
        Name of the group of each training patient; one who is alone is a group.
    """
    return read_table(path, FOLDS).set_index("patient")["group"]
