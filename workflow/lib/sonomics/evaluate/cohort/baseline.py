"""Table 1: the cases by split, and by label within training."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.study.context import LABEL_WORDS
from sonomics.statistics.comparison.description import describe_levels, describe_number
from sonomics.statistics.comparison.group_tests import Comparison, compare_counts, compare_numbers

BY_SPLIT, BY_LABEL = "split", "label"
LABEL = "label"
MISSING = "missing"
NOT_COMPARED = Comparison("", np.nan, np.nan, np.nan)
COLUMNS = "section group variable level n missing mean sd median q1 q3 count percent test p reason"


def baseline_table(
    samples: Samples, clinical: Sequence[str], label_words: Mapping[float, str] = LABEL_WORDS
) -> pd.DataFrame:
    """Describe the cases that the primary model has scored.

    A variable is described as a number (mean, SD, median, quartiles) unless it is text or has two values at most: then
    each level has its count and percentage of the known values, and missing ones are a level of their own.

    Parameters
    ----------
    samples : Samples
    clinical : sequence of str
        Columns to describe.
    label_words : mapping of float to str
        What each label is called, the reference first.

    Returns
    -------
    DataFrame
        `section, group, variable, level, n, missing, mean, sd, median, q1, q3, count, percent, test, p, reason`.
        Section "split": one group per split, p against training. Section "label": the training
        cases by label, p against the first. p values are descriptive and not adjusted.
    """
    scored = [sample.where(sample.is_scored) for sample in samples.primary_samples]
    splits = {
        sample.split: sample.rows.assign(**{LABEL: sample.rows[LABEL].map(dict(label_words))})
        for sample in scored
        if sample.n
    }
    training = splits.get(TRAIN, samples.cases.iloc[:0])
    labels = {name: training[training[LABEL] == name] for name in label_words.values()}
    cases = samples.cases
    numeric = [name for name in clinical if pd.api.types.is_numeric_dtype(cases[name]) and cases[name].nunique() > 2]
    rows = describe_groups(BY_SPLIT, splits, TRAIN, [LABEL, *clinical], numeric)
    rows += describe_groups(BY_LABEL, labels, next(iter(labels)), clinical, numeric)
    return pd.DataFrame(rows, columns=COLUMNS.split())


def describe_groups(
    section: str, groups: Mapping[str, pd.DataFrame], reference: str, variables: Sequence[str], numeric: Sequence[str]
) -> list[dict[str, object]]:
    """Describe variables in groups of cases, and compare each group with one of them.

    Parameters
    ----------
    section : str
        What the groups are made by, written into every row.
    groups : mapping of str to DataFrame
        Name to the cases of the group, with the variables as columns.
    reference : str
        The group that the others are compared with; where it is empty or absent nothing can be compared.
    variables, numeric : sequence of str
        Columns to describe, and those of them that are numbers.

    Returns
    -------
    list of dict
        Rows of `COLUMNS`.
    """
    rows = []
    for variable in variables:
        against = groups[reference][variable] if reference in groups else pd.Series(dtype=float)
        for group, members in groups.items():
            values = members[variable]
            names = {"section": section, "group": group, "variable": variable, "level": ""}
            if variable in numeric:
                test = NOT_COMPARED if group == reference else compare_numbers(against, values)
                rows.append({**names, **describe_number(values)._asdict(), **_test_columns(test)})
            else:
                test = NOT_COMPARED if group == reference else compare_counts(_counts(against, values))
                rows += [{**names, **level, **_test_columns(test)} for level in _levels(values)]
    return rows


def _levels(values: pd.Series) -> list[dict[str, object]]:
    known = int(values.notna().sum())
    described = describe_levels(_as_text(values))
    return [
        {
            "level": row.level or MISSING,
            "n": known,
            "missing": len(values) - known,
            "count": row.n,
            "percent": row.percent,
        }
        for row in described.itertuples()
    ]


def _counts(a: pd.Series, b: pd.Series) -> NDArray[np.int64]:
    """Cross the levels of a variable with two groups."""
    counts = [_as_text(values).value_counts() for values in (a, b)]
    return pd.concat(counts, axis=1).fillna(0).to_numpy(dtype=np.int64)


def _as_text(values: pd.Series) -> pd.Series:
    return values.map(lambda value: f"{value:g}" if isinstance(value, float) else str(value), na_action="ignore")


def _test_columns(test: Comparison) -> dict[str, object]:
    return {"test": test.test, "p": test.p, "reason": test.reason}
