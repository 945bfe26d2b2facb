"""Tables at the edge of a job: Parquet or CSV, checked against their schema both ways."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.files import replacing
from sonomics.core.schemas import Table

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

DTYPES = {"str": "str", "int": "int64", "float": "float64", "bool": "bool"}


def write_table(frame: pd.DataFrame, path: Path, table: Table) -> None:
    """Check, sort and write a table; `.csv` or `.parquet` by the suffix of `path`.

    Raises
    ------
    StudyError
        When the frame breaks the schema.
    """
    checked = _checked(frame, table, str(path)).sort_values(list(table.key), kind="stable", ignore_index=True)
    with replacing(path) as temporary:
        if path.suffix == ".csv":
            checked.to_csv(temporary, index=False, lineterminator="\n")
        else:
            checked.to_parquet(temporary, index=False)


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """Read and check a table.

    Raises
    ------
    StudyError
        When the file is missing or breaks the schema.
    """
    path = Path(path)
    if not path.exists():
        raise StudyError(str(path), f"the table of {table.name} is missing", "run the phase that writes it")
    if path.suffix == ".csv":
        numeric = [name for name, kind in table.columns.items() if kind != "str"]
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values={name: [""] for name in numeric})
        frame = frame.astype({name: DTYPES[table.columns[name]] for name in numeric if name in frame})
    else:
        frame = pd.read_parquet(path)
    return _checked(frame, table, str(path))


def read_tables(paths: Iterable[Path], table: Table) -> pd.DataFrame:
    """Read several tables of one kind and put them one below the other, sorted by key."""
    frames = [read_table(path, table) for path in paths]
    if not frames:
        return empty_table(table)
    joined = pd.concat(frames, ignore_index=True)
    return joined.sort_values(list(table.key), kind="stable", ignore_index=True)


def empty_table(table: Table) -> pd.DataFrame:
    """Make a table without rows."""
    return pd.DataFrame({name: pd.Series(dtype=DTYPES[kind]) for name, kind in table.columns.items()})


def _checked(frame: pd.DataFrame, table: Table, where: str) -> pd.DataFrame:
    from pandera.errors import SchemaErrors

    frame = frame.reset_index(drop=True)
    for name, kind in table.columns.items():
        if kind == "str" and name in frame and frame[name].isna().any():
            raise _wrong(where, table, f"column {name} has missing values (text is never missing, write an empty one)")
    further = [name for name in frame.columns if name not in table.columns]
    for name in further:
        if not (table.more and re.fullmatch(table.more, name)):
            raise _wrong(where, table, f"there is no column {name}")
        # Wide tables have thousands of columns of one type: looked at here, for pandera takes seconds.
        if table.more_type == "float" and frame[name].dtype.kind not in "fiu":
            raise _wrong(where, table, f"column {name} is not numeric")
    try:
        checked: pd.DataFrame = _schema(table.name).validate(frame[[n for n in table.columns if n in frame]], lazy=True)
    except SchemaErrors as error:
        first = error.failure_cases.iloc[0]
        column = first["column"] or first["failure_case"]
        raise _wrong(where, table, f"column {column} breaks {first['check']} ({first['failure_case']})") from None
    return checked.join(frame[further].astype(dict.fromkeys(further, DTYPES[table.more_type])))


def _wrong(where: str, table: Table, rule: str) -> StudyError:
    return StudyError(where, f"not a table of {table.name}: {rule}", "see its columns in docs/architecture.md")


@lru_cache
def _schema(name: str) -> "DataFrameSchema":
    from pandera.pandas import Check, Column, DataFrameSchema

    from sonomics.core import schemas

    table = next(value for value in vars(schemas).values() if isinstance(value, Table) and value.name == name)
    columns = {
        column: Column(
            DTYPES[kind],
            checks=[Check.str_matches(f"^(?:{table.allowed[column]})$")] if column in table.allowed else [],
            nullable=kind == "float",
            coerce=True,
        )
        for column, kind in table.columns.items()
    }
    return DataFrameSchema(columns, strict=True, ordered=False, unique=list(table.key), name=name)
