"""What intervals are computed over, in words: patients, or clusters of patients who share a near-duplicate image."""

import pandas as pd

from sonomics.evaluate.tables.columns import Tables

# As entries and statistics write it of patients.
WORDS = {"by patient": "by cluster", "of patients": "of clusters", "two patients": "two clusters"}
COLUMNS = ("method", "reason")


def say_clusters(tables: Tables) -> Tables:
    """Say `cluster` for `patient` in the methods and reasons of all tables; for a study that counts clusters."""
    return {name: table.assign(**_rename(table)) for name, table in tables.items()}


def _rename(table: pd.DataFrame) -> dict[str, pd.Series]:
    return {column: table[column].replace(WORDS, regex=True) for column in COLUMNS if column in table}
