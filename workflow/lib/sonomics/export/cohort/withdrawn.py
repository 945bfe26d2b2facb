"""The patients who withdrew: pseudonym and day, so that no query lists them again."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from sonomics.core.schemas import Table
from sonomics.core.tables import empty_table, read_table, write_table

FORGOTTEN = Path("data", "forgotten.csv")
TABLE = Table("forgotten patients", {"patient": "str", "forgotten_on": "str"}, key=("patient",))


def read_forgotten(study: Path) -> set[str]:
    """List the pseudonyms of the patients who withdrew."""
    return set(_read_withdrawn(study)["patient"])


def record_forgotten(patient: str, study: Path) -> None:
    """Record, once, that a patient withdrew today."""
    table = _read_withdrawn(study)
    if patient not in set(table["patient"]):
        row = pd.DataFrame([{"patient": patient, "forgotten_on": datetime.now(UTC).date().isoformat()}])
        write_table(pd.concat([table, row], ignore_index=True), study / FORGOTTEN, TABLE)


def _read_withdrawn(study: Path) -> pd.DataFrame:
    path = study / FORGOTTEN
    return read_table(path, TABLE) if path.exists() else empty_table(TABLE)
