"""The linkage table: which pseudonym is which patient. The user says where it is stored, outside every repository."""

import os
import re
from pathlib import Path

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.private import keep_private
from sonomics.core.schemas import Table
from sonomics.core.tables import read_table, write_table
from sonomics.export.deidentify.pseudonyms import Pseudonyms

LINKAGE = "SONOMICS_LINKAGE"
TABLE = Table(
    "linkage",
    dict.fromkeys(("case", "patient_id", "study_uid", "accession", "exam", "date"), "str"),
    key=("case", "exam"),
    more="issuer",
    more_type="str",
)
ISSUER = "issuer"  # of patient_id, where the PACS states one; tables drafted by earlier versions lack the column
_DRAFTED = re.compile(r"P[A-Z2-7]{10}")
_HOW = f"`export {LINKAGE}=<a .csv on the hospital's protected drive>`"


def linkage_path(study: Path) -> Path:
    """Find the linkage table.

    Raises
    ------
    StudyError
        When no path is named, or one inside the study or a repository: identities must not get into Git or DVC.
    """
    named = os.environ.get(LINKAGE, "")
    if not named:
        raise StudyError(f"${LINKAGE}", "it is not set, so there is no path for the linkage table", _HOW)
    path = Path(named).expanduser().resolve()
    if path.suffix != ".csv":
        raise StudyError(f"${LINKAGE}", f"{path} is not a .csv", _HOW)
    if study.resolve() in path.parents or any((parent / ".git").exists() for parent in path.parents):
        raise StudyError(f"${LINKAGE}", f"{path} lies inside a study or a repository", _HOW)
    return path


def read_linkage(path: Path, pseudonyms: Pseudonyms) -> pd.DataFrame:
    """Read the linkage table.

    Returns
    -------
    DataFrame of str
        `case, patient_id, study_uid, accession, exam, date`, and `issuer` if it was asked for; one row an exam, sorted.

    Raises
    ------
    StudyError
        When it is missing, or was drafted with another key.
    """
    linkage = read_table(path, TABLE)
    is_other = pd.Series(
        [
            bool(_DRAFTED.fullmatch(case)) and case != pseudonyms.case(patient_id)
            for case, patient_id in zip(linkage["case"], linkage["patient_id"], strict=True)
        ],
        dtype=bool,
    )
    rule = "was named with another key than the one at hand, or its patient_id was changed since,"
    fix = "name the key that `sonomics query` ran with; spreadsheet programs drop leading zeros of patient_id"
    refuse_rows(is_other, "case", str(path), rule, fix)
    return linkage


def write_linkage(linkage: pd.DataFrame, path: Path) -> None:
    """Write the linkage table, readable by its owner alone."""
    with keep_private():
        write_table(linkage, path, TABLE)
