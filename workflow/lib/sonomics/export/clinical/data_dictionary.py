"""Describe the clinical columns of a cohort, and count missing values by column and split."""

from typing import Any, cast

import pandas as pd

from sonomics.core.schemas import OUTCOME
from sonomics.core.settings.clinical import Clinical, ClinicalColumn
from sonomics.export.clinical.cells import read_vocabulary

MEANINGS = {
    "time": "Time from the start of follow-up to the event, or to the last contact",
    "event": "Whether the event was seen",
}
MISSING_COLUMNS = ["column", "split", "cases", "known", "missing", "share", "reasons"]


def describe_columns(cohort: pd.DataFrame, settings: Clinical) -> pd.DataFrame:
    """Describe the clinical columns of a cohort.

    Parameters
    ----------
    cohort : DataFrame of str
        With the columns, "" where unknown.
    settings : Clinical
        `export.clinical` of params.

    Returns
    -------
    DataFrame
        `column, meaning, unit, type, values, source, known, cases`, in the order of params; `values` lists words, or
        gives the plausible range; `source` is `<table>.<column>`.
    """
    rows = [_describe(name, rule) for name, rule in settings.columns.items()]
    if (follow_up := settings.follow_up) is not None:
        source = f"{follow_up.start} to {follow_up.event} or {follow_up.last_contact}"
        types = {"time": ("month", "number", ">= 0"), "event": ("", "word", "1; 0")}
        rows += [(name, MEANINGS[name], *types[name], source) for name in OUTCOME]
    table = pd.DataFrame(rows, columns=["column", "meaning", "unit", "type", "values", "source"])
    known = [int((cohort[name] != "").sum()) for name in table["column"]]
    return table.assign(known=known, cases=len(cohort))


def count_missing(reasons: pd.DataFrame, splits: "pd.Series[str]") -> pd.DataFrame:
    """Count known and missing values of every column in every split; known + missing = cases.

    Parameters
    ----------
    reasons : DataFrame of str
        Indexed by case, one column per clinical column: "" where the value is known, else why it is not.
    splits : Series of str
        Split of each case, indexed by case.

    Returns
    -------
    DataFrame
        `column, split, cases, known, missing, share` (of missing, four decimals) and `reasons`, with their counts.
    """
    rows = []
    for column in reasons:
        for split, of_split in reasons[column].groupby(splits.reindex(reasons.index), sort=True):
            counts = of_split[of_split != ""].value_counts()
            listed = "; ".join(f"{reason} {counts[reason]}" for reason in sorted(counts.index))
            missing = int(counts.sum())
            share = round(missing / len(of_split), 4)
            rows.append((column, split, len(of_split), len(of_split) - missing, missing, share, listed))
    return pd.DataFrame(rows, columns=MISSING_COLUMNS)


def arrange_missing_metrics(missing: pd.DataFrame) -> dict[str, Any]:
    """Arrange the missing values for `dvc metrics`: column, split, then `cases`, `missing`, `share`."""
    return {
        str(column): {str(row["split"]): {name: row[name] for name in ("cases", "missing", "share")} for row in rows}
        for column, rows in ((name, group.to_dict("records")) for name, group in missing.groupby("column"))
    }


def _describe(name: str, rule: ClinicalColumn) -> tuple[str, str, str, str, str, str]:
    if rule.values is not None:  # noqa: PD011
        return name, rule.meaning, "", "word", "; ".join(read_vocabulary(rule)), rule.from_
    span = "" if rule.range is None else "{} to {}".format(*rule.range)
    if rule.date is not None:
        return name, rule.meaning, rule.date.unit, "time from the exam", span, rule.from_
    return name, rule.meaning, cast(str, rule.to), "number", span, rule.from_
