"""The files of a folder of tables."""

from pathlib import Path

from sonomics.core.files import write_json
from sonomics.evaluate.tables.columns import Tables


def write_tables(folder: Path, tables: Tables) -> None:
    """Write every table as CSV, and all of them as `evaluation.json`: name to columns and rows."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.8g")
    plain = {name: {"columns": list(table), "rows": table.to_numpy(dtype=object)} for name, table in tables.items()}
    write_json(folder / "evaluation.json", plain)
