"""Table 1: the cases by split, and by label within every split."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.study.context import LABEL_WORDS
from sonomics.statistics.comparison.description import describe_levels, describe_number
from sonomics.statistics.comparison.group_tests import (
    Comparison,
    compare_counts,
    compare_numbers,
    compare_several_numbers,
    kruskal_wallis,
    mann_whitney_u,
    welch_analysis_of_variance,
    welch_t,
)

BY_SPLIT, BY_LABEL = "split", "label"
LABEL = "label"
MISSING = "missing"
OVER_ALL = ""  # the group of the test between all groups
NOT_COMPARED = Comparison("", np.nan, np.nan, np.nan)
COLUMNS = "section group variable level n missing mean sd median q1 q3 count percent test p reason"
BASELINE = COLUMNS.replace("section", "section within")


class NumberTests(NamedTuple):
    """How numbers are compared: two groups, and several."""

    two: Callable[[ArrayLike, ArrayLike], Comparison]
    several: Callable[[Sequence[ArrayLike]], Comparison]


# By `evaluate.characteristics`.
NUMBER_TESTS = {
    "both": NumberTests(compare_numbers, compare_several_numbers),
    "mean": NumberTests(welch_t, welch_analysis_of_variance),
    "median": NumberTests(mann_whitney_u, kruskal_wallis),
}


def baseline_table(
    samples: Samples,
    clinical: Sequence[str],
    label_words: Mapping[float, str] = LABEL_WORDS,
    outcomes: pd.DataFrame | None = None,
    describe: str = "both",
) -> pd.DataFrame:
    """Describe the cases that the primary model has scored, by set and, within every set, by label.

    A variable is described as a number (mean, SD, median, quartiles) unless it is text or has two values at most: then
    each level has its count and percentage of the known values, and missing ones are a level of their own.

    Parameters
    ----------
    samples : Samples
    clinical : sequence of str
        Columns to describe.
    label_words : mapping of float to str
        What each label is called, the reference first.
    outcomes : DataFrame, optional
        Times and events by which the cases were followed, as further columns; one row per case of `samples`, in its
        order.
    describe : {"both", "mean", "median"}
        Which tests compare numbers.

    Returns
    -------
    DataFrame
        `section, within, group, variable, level, n, missing, mean, sd, median, q1, q3, count, percent, test, p,
        reason`. Section "split": one group per split, p against training, and with more than two sets the group ""
        with p between all of them. Section "label": the cases of a split (`within`) by label; of two labels p against
        the first, of several classes the group "" with p between all of them. p values are descriptive and not
        adjusted.
    """
    cases = (
        samples.cases if outcomes is None else samples.cases.assign(**{str(name): outcomes[name] for name in outcomes})
    )
    variables = list(dict.fromkeys([*clinical, *map(str, outcomes if outcomes is not None else [])]))
    numeric = [name for name in variables if pd.api.types.is_numeric_dtype(cases[name]) and cases[name].nunique() > 2]
    scored = [cases.loc[sample.rows.index[sample.is_scored]] for sample in samples.primary_samples]
    splits = {
        str(rows["split"].iloc[0]): rows.assign(**{LABEL: rows[LABEL].map(dict(label_words))})
        for rows in scored
        if len(rows)
    }
    tests, words = NUMBER_TESTS[describe], list(label_words.values())
    by_split = describe_groups(BY_SPLIT, splits, TRAIN, [LABEL, *variables], numeric, tests)
    if len(splits) > 2:
        by_split += compare_groups(BY_SPLIT, splits, [LABEL, *variables], numeric, tests)
    rows = [{"within": "", **row} for row in by_split]
    for split, members in splits.items():
        groups = {name: members[members[LABEL] == name] for name in words}
        reference = words[0] if len(words) == 2 else OVER_ALL
        by_label = describe_groups(BY_LABEL, groups, reference, variables, numeric, tests)
        if len(words) > 2:
            by_label += compare_groups(BY_LABEL, groups, variables, numeric, tests)
        rows += [{"within": split, **row} for row in by_label]
    return pd.DataFrame(rows, columns=BASELINE.split())


def describe_groups(
    section: str,
    groups: Mapping[str, pd.DataFrame],
    reference: str,
    variables: Sequence[str],
    numeric: Sequence[str],
    tests: NumberTests = NUMBER_TESTS["both"],
) -> list[dict[str, object]]:
    """Describe variables in groups of cases, and compare each group with one of them.

    Parameters
    ----------
    section : str
        What the groups are made by, written into every row.
    groups : mapping of str to DataFrame
        Name to the cases of the group, with the variables as columns.
    reference : str
        The group that the others are compared with; where it is empty nothing can be compared, and "" compares none.
    variables, numeric : sequence of str
        Columns to describe, and those of them that are numbers.
    tests : NumberTests

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
            is_compared = group != reference and reference != OVER_ALL
            names = {"section": section, "group": group, "variable": variable, "level": ""}
            if variable in numeric:
                test = tests.two(against, values) if is_compared else NOT_COMPARED
                rows.append({**names, **describe_number(values)._asdict(), **_test_columns(test)})
            else:
                test = compare_counts(_counts([against, values])) if is_compared else NOT_COMPARED
                rows += [{**names, **level, **_test_columns(test)} for level in _levels(values)]
    return rows


def compare_groups(
    section: str,
    groups: Mapping[str, pd.DataFrame],
    variables: Sequence[str],
    numeric: Sequence[str],
    tests: NumberTests,
) -> list[dict[str, object]]:
    """Compare all groups with one another: one row per variable, of the group "" and without a description.

    Parameters and rows are those of `describe_groups`.
    """
    rows = []
    for variable in variables:
        values = [members[variable] for members in groups.values()]
        test = tests.several(values) if variable in numeric else compare_counts(_counts(values))
        known = sum(int(of_group.notna().sum()) for of_group in values)
        names = {"section": section, "group": OVER_ALL, "variable": variable, "level": "", "n": known}
        rows.append({**names, **_test_columns(test)})
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


def _counts(groups: Sequence[pd.Series]) -> NDArray[np.int64]:
    """Cross the levels of a variable with the groups."""
    counts = [_as_text(values).value_counts() for values in groups]
    return pd.concat(counts, axis=1).fillna(0).to_numpy(dtype=np.int64)


def _as_text(values: pd.Series) -> pd.Series:
    return values.map(lambda value: f"{value:g}" if isinstance(value, float) else str(value), na_action="ignore")


def _test_columns(test: Comparison) -> dict[str, object]:
    return {"test": test.test, "p": test.p, "reason": test.reason}
