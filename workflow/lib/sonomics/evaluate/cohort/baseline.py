"""Table 1: who was studied, by split, and by label within training."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.cases import Model, values_of
from sonomics.statistics.comparison.description import describe_levels, describe_number
from sonomics.statistics.comparison.group_tests import Comparison, compare_counts, compare_numbers

BY_SPLIT, BY_LABEL = "split", "label"
LABEL = "label"
MISSING = "missing"
NOT_COMPARED = Comparison("", np.nan, np.nan, np.nan)
COLUMNS = "section group variable level n missing mean sd median q1 q3 count percent test p reason"


def baseline_table(cases: pd.DataFrame, primary: Model, clinical: list[str]) -> pd.DataFrame:
    """Describe the cases that the primary model has scored.

    A variable is described as a number (mean, SD, median, quartiles) unless it is text or has two values at most: then
    each level has its count and percentage of the known values, and missing ones a level of their own.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    primary : Model
    clinical : list of str
        Columns to describe.

    Returns
    -------
    DataFrame
        `section, group, variable, level, n, missing, mean, sd, median, q1, q3, count, percent, test, p, reason`.
        Section "split": one group a split, p against training. Section "label": positive and negative training cases, p
        between them. p values are descriptive and not adjusted.
    """
    scored = cases[~np.isnan(values_of(cases, primary.judged))]
    labelled = scored.assign(**{LABEL: scored["label"].map({1.0: "positive", 0.0: "negative"})})
    splits = {str(split): inside for split, inside in labelled.groupby("split", sort=False)}
    training = labelled[labelled["split"] == TRAIN]
    labels = {name: training[training[LABEL] == name] for name in ("positive", "negative")}
    numeric = [name for name in clinical if pd.api.types.is_numeric_dtype(cases[name]) and cases[name].nunique() > 2]
    rows = _section(BY_SPLIT, splits, TRAIN, [LABEL, *clinical], numeric)
    rows += _section(BY_LABEL, labels, "positive", clinical, numeric)
    return pd.DataFrame(rows, columns=COLUMNS.split())


def _section(
    section: str, groups: Mapping[str, pd.DataFrame], reference: str, variables: list[str], numeric: list[str]
) -> list[dict[str, object]]:
    rows = []
    for variable in variables:
        against = groups[reference][variable] if reference in groups else pd.Series(dtype=float)
        for group, members in groups.items():
            values = members[variable]
            head = {"section": section, "group": group, "variable": variable, "level": ""}
            if variable in numeric:
                test = NOT_COMPARED if group == reference else compare_numbers(against, values)
                rows.append({**head, **describe_number(values)._asdict(), **_tested(test)})
            else:
                test = NOT_COMPARED if group == reference else compare_counts(_counts(against, values))
                rows += [{**head, **level, **_tested(test)} for level in _levels(values)]
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


def _counts(a: pd.Series, b: pd.Series) -> np.ndarray:
    one, two = (_as_text(values).value_counts() for values in (a, b))
    return pd.concat([one, two], axis=1).fillna(0).to_numpy(dtype=np.int64)


def _as_text(values: pd.Series) -> pd.Series:
    return values.map(lambda value: f"{value:g}" if isinstance(value, float) else str(value), na_action="ignore")


def _tested(test: Comparison) -> dict[str, object]:
    return {"test": test.test, "p": test.p, "reason": test.reason}
